package import Blockchain
package import JSONRPC
import Primitives

extension BlockTag {
    /// Reads a tag, a number, or a hash (execution-apis, BlockNumberOrTagOrHash), or an object with `blockNumber`, or
    /// `blockHash` and `requireCanonical` (EIP-1898).
    package static func read(_ reader: inout JSONReader) throws(JSONError) -> BlockTag {
        if reader.peek() == .object { return try readObject(&reader) }
        return try readText(&reader, allowsHash: true)
    }

    /// Reads a tag or a number (execution-apis, BlockNumberOrTag).
    package static func readNumberOrTag(_ reader: inout JSONReader) throws(JSONError) -> BlockTag {
        try readText(&reader, allowsHash: false)
    }

    private static func readText(_ reader: inout JSONReader, allowsHash: Bool) throws(JSONError) -> BlockTag {
        var ahead = reader
        let text = try ahead.readString()
        let tag: BlockTag
        switch text {
        case "latest": tag = .latest
        case "pending": tag = .pending
        case "safe": tag = .safe
        case "finalized": tag = .finalized
        case "earliest": tag = .earliest
        default:
            if allowsHash, text.raw.count == 66 {
                return .hash(try reader.readHash(), requiresCanonical: false)
            }
            let start = reader.position
            let number = try reader.readQuantity()
            // The common clients count blocks in 63 bits.
            guard number <= UInt64(Int64.max) else { throw JSONError(.numberTooLarge, at: start) }
            return .number(number)
        }
        reader = ahead
        return tag
    }

    private static func readObject(_ reader: inout JSONReader) throws(JSONError) -> BlockTag {
        let start = reader.position
        var number: BlockTag?
        var hash: Hash256?
        var requiresCanonical = false
        try reader.beginObject()
        while let key = try reader.nextKey() {
            if try reader.readNull() { continue }
            switch key {
            case "blockNumber": number = try readText(&reader, allowsHash: false)
            case "blockHash": hash = try reader.readHash()
            case "requireCanonical": requiresCanonical = try reader.readBoolean()
            default: try reader.skipValue()
            }
        }
        switch (number, hash) {
        case (let number?, nil): return number
        case (nil, let hash?): return .hash(hash, requiresCanonical: requiresCanonical)
        default: throw JSONError(.expectedOneBlock, at: start)
        }
    }
}

extension Parameters {
    /// Reads a block; the head where it is absent or null.
    package mutating func block() throws(RPCError) -> BlockTag { try optional(BlockTag.read) ?? .latest }
}
