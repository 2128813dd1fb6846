import Blockchain
import JSONRPC

/// What `eth_feeHistory` is asked for.
struct FeeHistoryQuery {
    /// More blocks are not looked at in one call.
    static let blockLimit: UInt64 = 1_024
    private static let percentileLimit = 100

    var blockCount: UInt64
    var newest: BlockTag
    /// Ascending, 0 to 100; nil where no rewards are wanted.
    var percentiles: [Double]?

    init(_ parameters: inout Parameters) throws(RPCError) {
        let count = try parameters.required { reader throws(JSONError) in try Self.count(&reader) }
        blockCount = min(count, Self.blockLimit)
        newest = try parameters.required(BlockTag.readNumberOrTag)
        percentiles = try parameters.optional { reader throws(JSONError) in
            try reader.readArray { reader throws(JSONError) in
                let start = reader.position
                let text = String(decoding: try reader.readNumber(), as: UTF8.self)
                guard let number = Double(text) else { throw JSONError(.invalidNumber, at: start) }
                return number
            }
        }
        try parameters.finish()
        if percentiles?.isEmpty == true { percentiles = nil }
        guard let percentiles, blockCount > 0 else { return }
        guard percentiles.count <= Self.percentileLimit else {
            throw RPCError(code: -32_000, message: "invalid reward percentile: over the query limit 100")
        }
        var last: Double?
        for percentile in percentiles {
            guard (0...100).contains(percentile) else {
                throw RPCError(code: -32_000, message: "invalid reward percentile: \(percentile)")
            }
            if let last, percentile <= last {
                throw RPCError(
                    code: -32_000, message: "invalid reward percentile: \(last) is before \(percentile)")
            }
            last = percentile
        }
    }

    /// A count as a quantity, or as a number as older clients write it.
    private static func count(_ reader: inout JSONReader) throws(JSONError) -> UInt64 {
        if reader.peek() == .number { return try reader.readUInt64() }
        var ahead = reader
        let text = try ahead.readString().string
        if let number = UInt64(text) {
            reader = ahead
            return number
        }
        return try reader.readQuantity()
    }
}
