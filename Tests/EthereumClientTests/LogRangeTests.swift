import EthereumClient
import Foundation
import JSONRPC
import Primitives
import StateTransition
import Synchronization
import Testing

/// Endpoints take ranges of logs of different lengths, and say only that one was too long.
@Suite struct LogRangeTests {
    /// An endpoint with a log in each block, or with several, that refuses what is longer than it likes.
    private final class Ranges: Sendable {
        /// Blocks of one range, at most.
        let limit: UInt64
        private let asked = Mutex<[ClosedRange<UInt64>]>([])

        /// Of the refusal: EIP-1474's for an exceeded limit, or another.
        let code: Int

        init(limit: UInt64, code: Int = -32_005) { (self.limit, self.code) = (limit, code) }

        var all: [ClosedRange<UInt64>] { asked.withLock { $0 } }
        var answered: [ClosedRange<UInt64>] { all.filter { UInt64($0.count) <= limit } }

        var methods: Methods {
            var methods = Methods()
            methods.add("eth_getLogs") { call, json throws(RPCError) in
                let (first, last) = try call.parameters.required { reader throws(JSONError) in
                    var bounds = (UInt64.max, UInt64(0))
                    try reader.beginObject()
                    while let key = try reader.nextKey() {
                        switch key {
                        case "fromBlock": bounds.0 = try reader.readQuantity()
                        case "toBlock": bounds.1 = try reader.readQuantity()
                        default: try reader.skipValue()
                        }
                    }
                    return bounds
                }
                self.asked.withLock { $0.append(first...last) }
                guard last - first < self.limit else {
                    throw RPCError(code: self.code, message: "not more than \(self.limit) blocks")
                }
                json.beginArray()
                for number in first...last { Self.write(number, &json) }
                json.endArray()
            }
            return methods
        }

        private static func write(_ number: UInt64, _ json: inout JSONWriter) {
            json.beginObject()
            json.key("address")
            json.data(Address(truncating: 7))
            json.key("topics")
            json.beginArray()
            json.data(Hash256(9))
            json.endArray()
            json.key("data")
            json.data([UInt8(truncatingIfNeeded: number)])
            json.key("blockNumber")
            json.quantity(number)
            json.key("transactionHash")
            json.data(Hash256(UInt256(number)))
            json.endObject()
        }
    }

    private func logs(_ ranges: Ranges, in blocks: ClosedRange<UInt64>, patience: Duration = .seconds(30)) async throws
        -> [PlacedLog]
    {
        let node = try await ServedAnswers(ranges.methods)
        var settings = EthereumClient.Settings()
        settings.patience = patience
        let client = try EthereumClient([Endpoint(node.url)], settings: settings)
        let result = await Result { () async throws in
            try await client.logs(of: [Address(truncating: 7)], topics: [Hash256(9)], in: blocks)
        }
        await client.close()
        await node.stop()
        return try result.get()
    }

    @Test(arguments: [1, 7, 16, 99, 10_000] as [UInt64], [1, 2, 100] as [UInt64])
    func halvesWhatIsRefused(limit: UInt64, count: UInt64) async throws {
        let blocks = 1_000...(999 + count)
        let ranges = Ranges(limit: limit, code: count == 2 ? -32_000 : -32_005)
        let found = try await logs(ranges, in: blocks)
        // Each once, in order, with what belongs to it.
        #expect(found.map(\.blockNumber) == Array(blocks))
        #expect(found.allSatisfy { $0.log.data == [UInt8(truncatingIfNeeded: $0.blockNumber)] })
        #expect(ranges.answered.flatMap { Array($0) } == Array(blocks))
        // The whole first; then no more questions than halving takes, and none that was answered already.
        #expect(ranges.all.first == blocks && Set(ranges.all).count == ranges.all.count)
        #expect(ranges.all.count == 2 * ranges.answered.count - 1)
    }

    /// What is refused for another reason than its length is refused at last.
    @Test func givesUpWithASingleBlock() async throws {
        let ranges = Ranges(limit: 0, code: -32_602)
        await #expect(throws: EthereumClientError.refused(code: -32_602, message: "not more than 0 blocks", data: nil))
        {
            _ = try await logs(ranges, in: 5...12)
        }
        #expect(ranges.all == [5...12, 5...8, 5...6, 5...5])
    }

    /// A single block cannot be made smaller: the endpoint is asked too often, and asked again.
    @Test func waitsWhereASingleBlockIsTooMuch() async throws {
        let ranges = Ranges(limit: 0)
        let error = await #expect(throws: EthereumClientError.self) {
            _ = try await logs(ranges, in: 5...6, patience: .seconds(3))
        }
        guard case .unreachable? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(ranges.all.first == 5...6 && Set(ranges.all.dropFirst()) == [5...5] && ranges.all.count > 2)
    }
}
