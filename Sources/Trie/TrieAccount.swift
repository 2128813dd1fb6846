public import Cryptography
public import Primitives

/// An account as the state trie holds it (yellow paper, section 4.1).
public struct TrieAccount: Equatable, Sendable {
    public var nonce: UInt64
    /// Wei.
    public var balance: UInt256
    public var storageRoot: Hash256
    public var codeHash: Hash256

    /// An account without storage or code, unless given.
    public init(
        nonce: UInt64 = 0, balance: UInt256 = 0, storageRoot: Hash256 = Keccak256.emptyTrie,
        codeHash: Hash256 = Keccak256.emptyBytes
    ) {
        self.nonce = nonce
        self.balance = balance
        self.storageRoot = storageRoot
        self.codeHash = codeHash
    }

    /// Decodes `rlp([nonce, balance, storageRoot, codeHash])`.
    public init(decoding bytes: [UInt8]) throws(RLPError) {
        var reader = RLPReader(bytes)
        var fields = try reader.readList()
        try reader.expectEnd()
        nonce = try fields.readUInt64()
        balance = try fields.readUInt256()
        storageRoot = try fields.readHash()
        codeHash = try fields.readHash()
        try fields.expectEnd()
    }

    /// `rlp([nonce, balance, storageRoot, codeHash])`, at most 112 bytes.
    public var encoded: [UInt8] {
        var writer = RLPWriter(minimumCapacity: 112)
        writer.appendList {
            $0.append(nonce)
            $0.append(balance)
            $0.append(storageRoot)
            $0.append(codeHash)
        }
        return writer.bytes
    }
}
