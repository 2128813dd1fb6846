public import Primitives

/// Keccak-256 as Ethereum uses it: the Keccak submission's padding, not that of SHA-3.
public struct Keccak256 {
    /// The bytes that one permutation takes in.
    @usableFromInline static let rate = 136

    private var lanes: [UInt64]
    private var filled: Int

    public init() {
        lanes = [UInt64](repeating: 0, count: 25)
        filled = 0
    }

    /// Takes in more of the message.
    public mutating func update(_ bytes: UnsafeRawBufferPointer) {
        var filled = self.filled
        lanes.withUnsafeMutableBytes { state in
            for byte in bytes {
                state[filled] ^= byte
                filled += 1
                if filled == Self.rate {
                    KeccakPermutation.apply(state.baseAddress!.assumingMemoryBound(to: UInt64.self))
                    filled = 0
                }
            }
        }
        self.filled = filled
    }

    /// Takes in more of the message.
    public mutating func update(_ bytes: [UInt8]) { bytes.withUnsafeBytes { update($0) } }

    /// The hash of everything taken in; the state is spent.
    public mutating func finalize() -> Hash256 {
        lanes.withUnsafeMutableBytes { state in
            state[filled] ^= 0x01
            state[Self.rate - 1] ^= 0x80
            KeccakPermutation.apply(state.baseAddress!.assumingMemoryBound(to: UInt64.self))
            return Hash256(copying: state.baseAddress!)
        }
    }

    /// The hash of `bytes`.
    public static func hash(_ bytes: UnsafeRawBufferPointer) -> Hash256 {
        var state = Keccak256()
        state.update(bytes)
        return state.finalize()
    }

    /// The hash of `bytes`.
    public static func hash(_ bytes: [UInt8]) -> Hash256 { bytes.withUnsafeBytes { hash($0) } }

    /// The hash of the 20 bytes of an address.
    public static func hash(_ address: Address) -> Hash256 {
        withUnsafeBytes(of: address) { hash(UnsafeRawBufferPointer(rebasing: $0.prefix(20))) }
    }

    /// The hash of 32 bytes.
    public static func hash(_ word: Hash256) -> Hash256 { withUnsafeBytes(of: word) { hash($0) } }

    /// The hash of no bytes.
    public static var emptyBytes: Hash256 {
        Hash256(UInt256(limbs: 0x7BFAD8045D85A470, 0xE500B653CA82273B, 0x927E7DB2DCC703C0, 0xC5D2460186F7233C))
    }

    /// The hash of the empty trie's root node, the empty string in RLP.
    public static var emptyTrie: Hash256 {
        Hash256(UInt256(limbs: 0x01622FB5E363B421, 0x5B48E01B996CADC0, 0xFF8345E692C0F86E, 0x56E81F171BCC55A6))
    }
}
