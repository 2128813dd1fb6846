import Blockchain
import DataAvailability
import Derivation
import DevL1
import EthereumClient
import Foundation
import Layers
import Primitives
import RollupNode
import Storage
import Synchronization
import Testing

/// L1's endpoints that deny a block: one of them alone does not end a node.
@Suite struct LostL1Tests {
    /// An L1 whose preferred endpoint has other blocks for so many questions.
    private final class Denying: SettlementLayer {
        private let layer: any SettlementLayer
        private let denials: Mutex<Int>
        /// Whether another endpoint has them.
        private let isElsewhere: Bool

        init(_ layer: any SettlementLayer, denials: Int, isElsewhere: Bool) {
            self.layer = layer
            self.denials = Mutex(denials)
            self.isElsewhere = isElsewhere
        }

        func reference(_ tag: SettlementTag) async throws(LayerError) -> L1BlockReference? {
            try await layer.reference(tag)
        }

        func block(_ number: UInt64) async throws(LayerError) -> L1Block? { try await layer.block(number) }

        func hash(of number: UInt64) async throws(LayerError) -> Hash256? {
            let denies = denials.withLock { left in
                left -= 1
                return left >= 0
            }
            return denies ? Hash256() : try await layer.hash(of: number)
        }

        func has(_ block: BlockID) async throws(LayerError) -> Bool { isElsewhere }
    }

    private func run(
        _ rollup: RollupOnL1, denials: Int, isElsewhere: Bool
    ) async throws -> (safe: UInt64, reports: [String?]) {
        let path = NSTemporaryDirectory() + "lost-l1-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: path) }
        let layer = EthereumSettlement(try EthereumClient([try Endpoint(rollup.served.url)]))
        let source = L1Source(Denying(layer, denials: denials, isElsewhere: isElsewhere))
        try await source.refresh()
        let verifier = Verifier(
            LedgerExecution(rollup.configuration), rollup.configuration, l1: source, log: try SafeHeadLog(path: path),
            data: DataLayers([CalldataAvailability()]))
        let reports = Mutex<[String?]>([])
        let work = Task { () async throws in
            try await verifier.run { report in reports.withLock { $0.append(report) } }
        }
        let waiting = Task {
            for await status in verifier.status.values() where status.isCurrent { break }
            work.cancel()
        }
        let result = await work.result
        waiting.cancel()
        await source.close()
        await layer.close()
        try result.get()
        return (verifier.status.value?.safe.number ?? 0, reports.withLock { $0 })
    }

    @Test func aGenesisThatOneEndpointDeniesIsLookedForAgain() async throws {
        let rollup = try await RollupOnL1(sequencingWindow: 10)
        for _ in 0..<18 { try rollup.growL1(publishing: false) }
        let (safe, reports) = try await run(rollup, denials: 3, isElsewhere: true)
        #expect(safe >= 3)
        #expect(reports.count == 2 && reports.first??.contains("says that it has not") == true, "\(reports)")
        await #expect(throws: DerivationFailure.derivation(.genesisNotOnL1(rollup.configuration.genesis.l1))) {
            try await run(rollup, denials: 1, isElsewhere: false)
        }
        await rollup.stop()
    }

    @Test func whatOneOfSeveralEndpointsHasIsThere() async throws {
        let (own, other) = (try await RollupOnL1(), try await RollupOnL1())
        for _ in 0..<3 { try own.growL1(publishing: false) }
        let newest = try own.served.l1.chain.view().head
        let block = BlockID(number: newest.number, hash: newest.hash)
        for (urls, expected) in [
            ([other.served.url, own.served.url], true), ([other.served.url], false),
        ] {
            let settlement = EthereumSettlement(try EthereumClient(try urls.map { try Endpoint($0) }))
            #expect(try await settlement.has(block) == expected)
            await settlement.close()
        }
        // Who does not answer may have it.
        let settlement = EthereumSettlement(
            try EthereumClient([try Endpoint(other.served.url), try Endpoint("http://127.0.0.1:1")]))
        await #expect(throws: LayerError.self) { try await settlement.has(block) }
        await settlement.close()
        await own.stop()
        await other.stop()
    }
}
