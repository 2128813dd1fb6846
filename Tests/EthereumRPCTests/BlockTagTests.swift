import Blockchain
import EthereumRPC
import JSONRPC
import Primitives
import Testing

@Suite struct BlockTagTests {
    private static let one = "0x" + String(repeating: "0", count: 63) + "1"
    private static let hash = Hash256(UInt256(1))

    private static func read(_ text: String) throws -> BlockTag {
        try Array(text.utf8).withUnsafeBytes { bytes in
            var reader = JSONReader(bytes)
            let tag = try BlockTag.read(&reader)
            try reader.finish()
            return tag
        }
    }

    static let readable: [(String, BlockTag)] = [
        (#""latest""#, .latest), (#""pending""#, .pending), (#""safe""#, .safe), (#""finalized""#, .finalized),
        (#""earliest""#, .earliest), (#""0x0""#, .number(0)), (#""0x7fffffffffffffff""#, .number(UInt64(Int64.max))),
        ("\"\(one)\"", .hash(hash, requiresCanonical: false)),
        ("{\"blockHash\":\"\(one)\"}", .hash(hash, requiresCanonical: false)),
        ("{\"requireCanonical\":true,\"blockHash\":\"\(one)\"}", .hash(hash, requiresCanonical: true)),
        (#"{"blockNumber":"0x2"}"#, .number(2)), (#"{"blockNumber":"latest","blockHash":null}"#, .latest),
    ]

    @Test(arguments: readable)
    func reads(_ text: String, _ tag: BlockTag) throws {
        #expect(try Self.read(text) == tag)
    }

    @Test(arguments: [
        #""2""#, #""0x""#, #""0x01""#, #""0x10000000000000000""#, #""LATEST""#, "2", "{}", "[]", "true",
        "{\"blockHash\":\"\(one)\",\"blockNumber\":\"0x1\"}", #"{"blockHash":"0x1"}"#,
    ])
    func refuses(_ text: String) {
        #expect(throws: JSONError.self) { try Self.read(text) }
    }
}
