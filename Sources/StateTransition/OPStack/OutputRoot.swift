import Cryptography
public import Primitives

/// What a proposal on L1 commits to (OP Stack specification, proposals, L2 output commitment construction).
public struct OutputRoot: Equatable, Sendable {
    public var stateRoot: Hash256
    /// The storage root of the message passer, which withdrawals are proven against.
    public var messagePasserRoot: Hash256
    public var blockHash: Hash256

    public init(stateRoot: Hash256, messagePasserRoot: Hash256, blockHash: Hash256) {
        self.stateRoot = stateRoot
        self.messagePasserRoot = messagePasserRoot
        self.blockHash = blockHash
    }

    /// Of a block since Isthmus, whose header has the storage root of the message passer; nil before.
    ///
    /// - Parameter hash: of the header.
    public init?(_ header: BlockHeader, hash: Hash256) {
        guard let root = header.withdrawalsRoot else { return nil }
        self.init(stateRoot: header.stateRoot, messagePasserRoot: root, blockHash: hash)
    }

    /// The commitment, version 0.
    public var hash: Hash256 {
        Keccak256.hash(Hash256().bytes + stateRoot.bytes + messagePasserRoot.bytes + blockHash.bytes)
    }
}
