public import Primitives

/// A block by number and hash.
public struct BlockID: Equatable, Sendable {
    public var number: UInt64
    public var hash: Hash256

    public init(number: UInt64, hash: Hash256) {
        self.number = number
        self.hash = hash
    }
}

/// What derivation knows a block of L1 by.
public struct L1BlockReference: Equatable, Sendable {
    public var number: UInt64
    public var hash: Hash256
    public var parentHash: Hash256
    /// Seconds since the Unix epoch.
    public var timestamp: UInt64

    public init(number: UInt64, hash: Hash256, parentHash: Hash256, timestamp: UInt64) {
        self.number = number
        self.hash = hash
        self.parentHash = parentHash
        self.timestamp = timestamp
    }

    public var id: BlockID { BlockID(number: number, hash: hash) }
}

/// What derivation knows a block of the rollup by.
public struct L2BlockReference: Equatable, Sendable {
    public var number: UInt64
    public var hash: Hash256
    public var parentHash: Hash256
    /// Seconds since the Unix epoch.
    public var timestamp: UInt64
    public var l1Origin: BlockID
    /// Its place among the blocks with the same L1 origin, from zero.
    public var sequenceNumber: UInt64

    public init(
        number: UInt64, hash: Hash256, parentHash: Hash256, timestamp: UInt64, l1Origin: BlockID,
        sequenceNumber: UInt64
    ) {
        self.number = number
        self.hash = hash
        self.parentHash = parentHash
        self.timestamp = timestamp
        self.l1Origin = l1Origin
        self.sequenceNumber = sequenceNumber
    }

    public var id: BlockID { BlockID(number: number, hash: hash) }
}
