import Derivation
public import EthereumClient
import JSONRPC
import Primitives
import StateTransition

/// Looks for deposits on L1 to rollups that sleep, for all of them at once, and has them woken.
public struct ForcedDepositWatch: Sendable {
    private let client: EthereumClient
    private let gateway: Gateway

    /// L1 blocks of one question.
    private static let span: UInt64 = 2_000
    /// Portals of one question.
    private static let portalLimit = 500
    /// L1 blocks that are looked at again with each new one: they may have become others.
    private static let overlap: UInt64 = 16

    public init(_ client: EthereumClient, _ gateway: Gateway) {
        self.client = client
        self.gateway = gateway
    }

    /// Looks until it is cancelled.
    ///
    /// - Parameter report: is told of trouble, once, and nil when it is over.
    public func run(every interval: Duration, report: @Sendable (String?) -> Void) async {
        /// How far was looked for each rollup.
        var seen: [String: UInt64] = [:]
        var last: HashedHeader?
        var hasFailed = false
        while !Task.isCancelled {
            do throws(EthereumClientError) {
                let head = try await client.header(.latest)
                let sleepers = await gateway.sleepers()
                let isNews = last?.hash != head.hash || sleepers.contains { seen[$0.name] == nil }
                if isNews { try await look(for: sleepers, upTo: head.header.number, &seen) }
                // Who wakes is looked for from anew when it sleeps again.
                let names = Set(sleepers.map { $0.name })
                seen = seen.filter { names.contains($0.key) }
                last = head
                if hasFailed { report(nil) }
                hasFailed = false
            } catch {
                if !hasFailed && !Task.isCancelled { report(error.message) }
                hasFailed = true
            }
            try? await Task.sleep(for: interval)
        }
    }

    private func look(
        for sleepers: [Gateway.Sleeper], upTo head: UInt64, _ seen: inout [String: UInt64]
    ) async throws(EthereumClientError) {
        var first: [String: UInt64] = [:]
        for sleeper in sleepers {
            let begin = seen[sleeper.name].map { $0 > Self.overlap ? $0 - Self.overlap : 0 } ?? 0
            first[sleeper.name] = max(sleeper.firstUnreadL1Block, begin)
        }
        var start = first.values.min() ?? head + 1
        while start <= head {
            let end = min(head, start + Self.span - 1)
            let asked = sleepers.filter { first[$0.name] ?? 0 <= end }
            var index = 0
            while index < asked.count {
                let part = asked[index..<min(index + Self.portalLimit, asked.count)]
                for (portal, number) in try await deposits(part.map { $0.portal }, start, end) {
                    gateway.deposit(to: portal, in: number)
                }
                index += Self.portalLimit
            }
            start = end + 1
        }
        for sleeper in sleepers { seen[sleeper.name] = head }
    }

    /// The deposits of some portals in some blocks.
    private func deposits(
        _ portals: [Address], _ first: UInt64, _ last: UInt64
    ) async throws(EthereumClientError) -> [(portal: Address, block: UInt64)] {
        try await client.call("eth_getLogs") { parameters in
            parameters.beginObject()
            parameters.key("fromBlock")
            parameters.quantity(first)
            parameters.key("toBlock")
            parameters.quantity(last)
            parameters.key("address")
            parameters.beginArray()
            for portal in portals { parameters.data(portal) }
            parameters.endArray()
            parameters.key("topics")
            parameters.beginArray()
            parameters.data(DepositLog.topic)
            parameters.endArray()
            parameters.endObject()
        } read: { reader in
            try reader.readArray { (reader) throws(JSONError) in
                var (portal, block) = (Address(), 0 as UInt64)
                try reader.beginObject()
                while let key = try reader.nextKey() {
                    switch key {
                    case "address": portal = try reader.readAddress()
                    case "blockNumber": block = try reader.readQuantity()
                    default: try reader.skipValue()
                    }
                }
                return (portal: portal, block: block)
            }
        }
    }
}
