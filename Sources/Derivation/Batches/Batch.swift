import Primitives

/// A batch of either form.
public enum Batch: Equatable, Sendable {
    case singular(SingularBatch)
    case span(SpanBatch)

    /// Reads a batch: its version byte and what follows.
    public init(decoding bytes: ArraySlice<UInt8>, chainID: UInt64) throws(BatchError) {
        guard let version = bytes.first else { throw .empty }
        switch version {
        case SingularBatch.version: self = .singular(try SingularBatch(content: bytes.dropFirst()))
        case SpanBatch.version: self = .span(try SpanBatch(content: bytes.dropFirst(), chainID: chainID))
        default: throw .unknownVersion(version)
        }
    }

    /// The batch with its version byte.
    public func encoded(chainID: UInt64) throws(BatchError) -> [UInt8] {
        switch self {
        case .singular(let batch): batch.encoded
        case .span(let batch): try batch.encoded(chainID: chainID)
        }
    }
}

/// Reads the batches of a channel one after another (OP Stack specification, derivation, channel format).
public struct ChannelReader: Sendable {
    private var reader: RLPReader
    private let chainID: UInt64

    /// A reader of a channel's decompressed data.
    public init(decompressed: [UInt8], chainID: UInt64) {
        reader = RLPReader(decompressed)
        self.chainID = chainID
    }

    /// The next batch; nil at the end.
    ///
    /// After an error the rest of the channel is worth nothing.
    public mutating func next() throws(BatchError) -> Batch? {
        guard !reader.isAtEnd else { return nil }
        let bytes: ArraySlice<UInt8>
        do throws(RLPError) {
            bytes = try reader.readBytes()
        } catch {
            throw .rlp(error)
        }
        return try Batch(decoding: bytes, chainID: chainID)
    }

    /// The data of a channel with these encoded batches, before compression.
    public static func encode(_ batches: [[UInt8]]) -> [UInt8] {
        var writer = RLPWriter(minimumCapacity: batches.reduce(0) { $0 + $1.count + 9 })
        for batch in batches { writer.append(batch) }
        return writer.bytes
    }
}
