public import Primitives

/// Why the bytes of a batch are none.
public enum BatchError: Error, Equatable, Sendable {
    case empty
    case unknownVersion(UInt8)
    case rlp(RLPError)
    /// The bytes end too early, or a varint or bit list is malformed.
    case truncated
    /// A span batch without blocks.
    case noBlocks
    /// Over `ProtocolConstant.largestSpanBatch` blocks or transactions.
    case tooManyElements
    /// Not of a type that a batch can carry, or malformed.
    case transaction(index: Int)
}

/// One block's sequenced transactions (OP Stack specification, derivation, batch format, version 0).
public struct SingularBatch: Equatable, Sendable {
    public var parentHash: Hash256
    /// Its L1 origin.
    public var epoch: BlockID
    /// Seconds since the Unix epoch.
    public var timestamp: UInt64
    /// In their canonical form.
    public var transactions: [[UInt8]]

    public init(parentHash: Hash256, epoch: BlockID, timestamp: UInt64, transactions: [[UInt8]]) {
        self.parentHash = parentHash
        self.epoch = epoch
        self.timestamp = timestamp
        self.transactions = transactions
    }

    static var version: UInt8 { 0 }

    /// Reads what follows the version byte; more than the batch may follow it.
    init(content: ArraySlice<UInt8>) throws(BatchError) {
        do throws(RLPError) {
            var reader = RLPReader(content)
            var fields = try reader.readList()
            parentHash = try fields.readHash()
            let number = try fields.readUInt64()
            epoch = BlockID(number: number, hash: try fields.readHash())
            timestamp = try fields.readUInt64()
            var list = try fields.readList()
            try fields.expectEnd()
            transactions = []
            while !list.isAtEnd && transactions.count <= Int(ProtocolConstant.largestSpanBatch) {
                transactions.append(Array(try list.readBytes()))
            }
        } catch {
            throw .rlp(error)
        }
        guard transactions.count <= Int(ProtocolConstant.largestSpanBatch) else { throw .tooManyElements }
    }

    /// The batch with its version byte.
    public var encoded: [UInt8] {
        var writer = RLPWriter(minimumCapacity: 128 + transactions.reduce(0) { $0 + $1.count + 4 })
        writer.appendEncoded(CollectionOfOne(Self.version))
        writer.appendList { list in
            list.append(parentHash)
            list.append(epoch.number)
            list.append(epoch.hash)
            list.append(timestamp)
            list.appendList { items in for transaction in transactions { items.append(transaction) } }
        }
        return writer.bytes
    }
}
