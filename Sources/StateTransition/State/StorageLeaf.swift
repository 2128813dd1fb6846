import Cryptography
public import Primitives

/// A slot as the storage trie of its account has it (Yellow Paper, appendix D).
public enum StorageLeaf {
    /// keccak256 of the slot's number.
    public static func key(of slot: UInt256) -> Hash256 { Keccak256.hash(Hash256(slot)) }

    /// The RLP of the value; empty for zero, which is not in the trie.
    public static func value(_ value: UInt256) -> [UInt8] {
        var writer = RLPWriter(minimumCapacity: 33)
        if !value.isZero { writer.append(value) }
        return writer.bytes
    }
}
