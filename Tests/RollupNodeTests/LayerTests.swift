import DataAvailability
import Derivation
import EthereumClient
import Foundation
import Layers
import Primitives
import RollupNode
import Synchronization
import Testing

/// The verifier over layers of other kinds, and over such that fail.
@Suite struct LayerTests {
    private func settlement(_ rollup: RollupOnL1) throws -> EthereumSettlement {
        EthereumSettlement(try EthereumClient([try Endpoint(rollup.served.url)]))
    }

    /// Derives until everything is derived that L1's newest block gives, or it stops.
    ///
    /// - Returns: the last safe block, and what was reported: nil where trouble was over.
    @discardableResult
    private func verify(
        _ rollup: RollupOnL1, over execution: any ExecutionLayer, _ settlement: any SettlementLayer
    ) async throws -> (safe: L2BlockReference, reports: [String?]) {
        let path = NSTemporaryDirectory() + "layers-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: path) }
        let source = L1Source(settlement)
        try await source.refresh()
        let verifier = Verifier(
            execution, rollup.configuration, l1: source, log: try SafeHeadLog(path: path),
            data: DataLayers([CalldataAvailability()]), followsLostFinality: true)
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
        await waiting.value
        await source.close()
        try result.get()
        return (try #require(verifier.status.value?.safe), reports.withLock { $0 })
    }

    /// A chain of deposits alone, which needs no particular hashes of blocks.
    private func emptyRollup() async throws -> RollupOnL1 {
        let rollup = try await RollupOnL1(sequencingWindow: 10)
        for _ in 0..<18 { try rollup.growL1(publishing: false) }
        return rollup
    }

    @Test func derivesOverAnExecutionOfAnotherKind() async throws {
        let rollup = try await emptyRollup()
        let ledger = LedgerExecution(rollup.configuration)
        let onLedger = try await verify(rollup, over: ledger, try settlement(rollup))
        let chain = try rollup.node("evm").chain
        let onEVM = try await verify(rollup, over: chain, try settlement(rollup))
        #expect(onLedger.safe.number == onEVM.safe.number && onEVM.safe.number >= 3)
        for block in await ledger.all {
            let made = try #require(try chain.reference(block.number))
            #expect(block.timestamp == made.timestamp && block.l1Origin == made.l1Origin)
            #expect(block.sequenceNumber == made.sequenceNumber)
        }
        // L1 goes another way: so does the ledger.
        let before = await ledger.all
        try rollup.loseL1(8)
        for _ in 0..<10 { try rollup.growL1(publishing: false) }
        let after = try await verify(rollup, over: ledger, try settlement(rollup))
        #expect(after.safe.number > onLedger.safe.number)
        #expect(await ledger.all.starts(with: before.prefix { $0.l1Origin.number <= 6 }))
        await rollup.stop()
    }

    @Test func whatMayPassIsTriedAgain() async throws {
        let rollup = try await emptyRollup()
        let errors = (0..<5).map { LayerError(.settlement, .retry, "L1 is tired (\($0))") }
        let failures = Failures(errors)
        let execution = FailingExecution(LedgerExecution(rollup.configuration), at: .max, Failures([]))
        let settlement = FailingSettlement(layer: try settlement(rollup), number: 4, failures: failures)
        let (safe, reports) = try await verify(rollup, over: execution, settlement)
        #expect(failures.isOver && safe.number >= 3)
        // Told once, with what is the matter, and once when it is over; nothing was begun anew.
        #expect(reports.count == 2 && reports.first??.contains("L1 is tired") == true && reports.last == .some(nil))
        #expect(execution.looks.load(ordering: .relaxed) == 2)
        await rollup.stop()
    }

    @Test func whatDoesNotHoldAnyMoreBeginsAnew() async throws {
        let rollup = try await emptyRollup()
        let ledger = LedgerExecution(rollup.configuration)
        let failures = Failures([LayerError(.execution, .reset, "another head")])
        let execution = FailingExecution(ledger, at: 3, failures)
        let (safe, _) = try await verify(rollup, over: execution, try settlement(rollup))
        #expect(failures.isOver && execution.looks.load(ordering: .relaxed) == 4)
        let straight = try await verify(
            rollup, over: LedgerExecution(rollup.configuration), try settlement(rollup))
        #expect(safe == straight.safe)
        #expect(await ledger.all.count == Int(safe.number) + 1)
        await rollup.stop()
    }

    @Test func aChainThatForgetsIsDerivedAgain() async throws {
        let rollup = try await emptyRollup()
        for _ in 0..<12 { try rollup.growL1(publishing: false) }
        let path = NSTemporaryDirectory() + "layers-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: path) }
        let ledger = LedgerExecution(rollup.configuration)
        let source = L1Source(FinalSettlement(layer: try settlement(rollup)))
        // On an L1 that does not take back what it has called final.
        let verifier = Verifier(
            ledger, rollup.configuration, l1: source, log: try SafeHeadLog(path: path),
            data: DataLayers([CalldataAvailability()]))
        try await source.refresh()
        let work = Task { try await verifier.run { _ in } }
        try await eventually { verifier.status.value?.isCurrent == true }
        let before = await ledger.all
        #expect(verifier.status.value?.finalized.number ?? 0 > 0)
        await ledger.forget()
        for _ in 0..<3 { try rollup.growL1(publishing: false) }
        try await source.refresh()
        try await eventually { await ledger.all.count > before.count }
        #expect(await ledger.all.starts(with: before))
        work.cancel()
        try await work.value
        await source.close()
        await rollup.stop()
    }

    private func eventually(_ condition: () async -> Bool) async throws {
        for _ in 0..<500 {
            if await condition() { return }
            try await Task.sleep(for: .milliseconds(20))
        }
        Issue.record("it did not come to pass in ten seconds")
    }

    @Test(arguments: [LayerError.Layer.execution, .settlement])
    func whatOnlyAPersonCanMendStopsIt(_ layer: LayerError.Layer) async throws {
        let rollup = try await emptyRollup()
        let error = LayerError(layer, .fatal, "the secret is another: give --jwt")
        let settlement = try settlement(rollup)
        let execution = FailingExecution(
            LedgerExecution(rollup.configuration), at: layer == .execution ? 2 : .max, Failures([error]))
        await #expect(throws: DerivationFailure.layer(error)) {
            try await verify(
                rollup, over: execution,
                layer == .execution
                    ? settlement
                    // What is read ahead fails first, and then what is asked for.
                    : FailingSettlement(layer: settlement, number: 4, failures: Failures([error, error])))
        }
        #expect(DerivationFailure.layer(error).message == "the secret is another: give --jwt")
        await rollup.stop()
    }
}
