import Derivation
import EthereumClient
import JSONRPC
import Layers
import Lifecycles
import Primitives
@testable import Settlement
import StateTransition
import Synchronization
import Testing

/// Brings a rollup to its end by several accounts, as far as it takes no node.
private final class Runs: Sendable {
    private let rollup: RollupConfiguration
    private let senders: [TransactionSender]
    private let told = Mutex<[RollupDissolution.Report]>([])

    init(rollup: RollupConfiguration, senders: [TransactionSender]) {
        self.rollup = rollup
        self.senders = senders
    }

    var reports: [RollupDissolution.Report] { told.withLock { $0 } }

    func run(by index: Int) async throws(SettlementError) {
        let dissolution = try RollupDissolution(rollup, sender: senders[index], depth: .safe) { report in
            self.told.withLock { $0.append(report) }
        }
        _ = try await dissolution.run(
            node: { () throws(SettlementError) in throw .rule("a node is wanted") }, pause: .milliseconds(20),
            check: { () throws(SettlementError) in })
    }
}

/// The end of a rollup on an embedded L1, as far as it takes no node of the rollup.
@Suite struct DissolutionTests {
    private func launch(_ bench: SettlementBench, life: UInt64 = 3_600) async throws -> Launch.Launched {
        var options = bench.options()
        options.manifest.lifetime = .duration(life)
        options.manifest.ending.drainBlocks = 2
        return try await Launch(options, sender: bench.sender(), directory: bench.files()).run()
    }

    private func expect(_ part: String, _ body: () async throws -> Void) async {
        do {
            try await body()
            Issue.record("it was done")
        } catch {
            let message = (error as? SettlementError)?.message ?? "\(error)"
            #expect(message.contains(part), "\(message)")
        }
    }

    @Test func theEndIsPutOffByTheOwnerInTime() async throws {
        try await SettlementBench.run { bench in
            let launched = try await launch(bench)
            let reader = LifecycleReader(client: bench.client, contract: launched.plan.contracts.lifecycle)
            #expect(try await reader.owner() == bench.sender().address)
            let before = try await reader.facts()
            #expect(before.state == .active && before.expiresAt == launched.plan.expiresAt && before.due == nil)
            #expect(before.drainBlocks == 2 && before.idleBlocks == 0 && before.budget == nil && before.closing == nil)
            let after = try await reader.extend(by: bench.sender()) { $0 + 100 }
            #expect(after.expiresAt == before.expiresAt + 100)
            await expect("owner") { _ = try await reader.extend(by: bench.sender(3)) { $0 + 100 } }
            await expect("only be put off") { _ = try await reader.extend(by: bench.sender()) { $0 } }
            await expect("ten years") { _ = try await reader.extend(by: bench.sender()) { $0 + 315_360_000 } }
            await expect("ten years") { _ = try await reader.extend(by: bench.sender()) { _ in .max } }
            try await bench.wait(seconds: 3_700)
            #expect(try await reader.facts().due == .expired)
            await expect("has expired") { _ = try await reader.extend(by: bench.sender()) { $0 + 9_000 } }
            try await bench.sender(3).perform(TransactionRequest(Lifecycle.close(), to: reader.contract))
            let closed = try await reader.facts()
            #expect(closed.state == .closing && closed.closing?.reason == .expired)
            #expect(closed.closing?.block == closed.l1Block && closed.closing?.drainEnd == closed.l1Block + 2)
            await expect("for good") { _ = try await reader.extend(by: bench.sender()) { $0 + 9_000 } }
        }
    }

    /// Whoever runs it, nobody closes twice; the node is wanted when it is time for it, and not before.
    @Test func closesWhereItIsDueAndWaits() async throws {
        try await SettlementBench.run { bench in
            let launched = try await launch(bench)
            let runs = Runs(rollup: launched.genesis.rollup, senders: (0..<6).map { bench.sender($0) })
            let client = bench.client
            await expect("it is too early") { try await runs.run(by: 4) }
            #expect(runs.reports.isEmpty)
            try await bench.wait(seconds: 3_600)
            let mining = Task {
                while !Task.isCancelled {
                    try await Task.sleep(for: .milliseconds(50))
                    try await client.call("evm_mine", read: { reader in try reader.skipValue() })
                }
            }
            let messages = await withTaskGroup(of: String.self) { group in
                for index in [4, 5] {
                    group.addTask {
                        do throws(SettlementError) {
                            try await runs.run(by: index)
                            return ""
                        } catch {
                            return error.message
                        }
                    }
                }
                var messages: [String] = []
                for await message in group { messages.append(message) }
                return messages
            }
            mining.cancel()
            _ = await mining.result
            #expect(messages == ["a node is wanted", "a node is wanted"])
            let closings = runs.reports.compactMap { report in
                if case .closed(let closing, let isOwn) = report { (closing, isOwn) } else { nil }
            }
            #expect(closings.count == 2 && closings[0].0 == closings[1].0)
            #expect(closings.count { $0.1 } == 1)
            let reader = LifecycleReader(client: bench.client, contract: launched.plan.contracts.lifecycle)
            #expect(try await reader.facts().state == .settling)
        }
    }

    @Test func aPermanentRollupHasNoEnd() async throws {
        try await SettlementBench.run { bench in
            let launched = try await bench.launch()
            #expect(launched.genesis.rollup.lifecycleContract == nil)
            #expect(throws: SettlementError.self) {
                try RollupDissolution(launched.genesis.rollup, sender: bench.sender(), depth: .safe) { _ in }
            }
            let reader = LifecycleReader(client: bench.client, contract: launched.plan.contracts.lifecycle)
            #expect(try await reader.facts().isPermanent)
            await expect("permanent") { _ = try await reader.extend(by: bench.sender()) { $0 + 100 } }
        }
    }
}
