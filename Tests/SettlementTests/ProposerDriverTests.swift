import Derivation
import Layers
import Primitives
import Settlement
import Synchronization
import Testing

/// The driver over a security model that does what a test says.
@Suite struct ProposerDriverTests {
    /// Each outcome in turn, and then a failure that ends it.
    private final class Scripted: SecurityModel {
        private let outcomes: Mutex<[Result<SecurityStep?, LayerError>]>
        private let steps = Atomic<UInt64>(0)

        init(_ outcomes: [Result<SecurityStep?, LayerError>]) { self.outcomes = Mutex(outcomes.reversed()) }

        func finalOutput() async throws(LayerError) -> OutputClaim {
            OutputClaim(blockNumber: steps.load(ordering: .relaxed), root: Hash256())
        }

        func advance() async throws(LayerError) -> SecurityStep? {
            guard let outcome = outcomes.withLock({ $0.popLast() }) else {
                throw LayerError(.security, .fatal, "the contract is another: update mayfly")
            }
            let step = try outcome.get()
            if step != nil { steps.add(1, ordering: .relaxed) }
            return step
        }

        /// From the first step on.
        func alarms() async -> [String] { steps.load(ordering: .relaxed) == 0 ? [] : ["look at it"] }
    }

    private func claim(_ number: UInt64) -> OutputClaim { OutputClaim(blockNumber: number, root: Hash256()) }

    @Test func doesWhatSeveritiesSay() async throws {
        let step = SecurityStep(action: "vote", subject: "block 7", l1Block: 3)
        let model = Scripted([
            .success(step), .failure(LayerError(.security, .reset, "L1 went back")), .success(nil),
            .failure(LayerError(.security, .retry, "busy")), .failure(LayerError(.security, .retry, "busy")),
            .success(step),
        ])
        let reports = Mutex<[ProposerDriver.Report]>([])
        let start = ContinuousClock.now
        await #expect(throws: LayerError(.security, .fatal, "the contract is another: update mayfly")) {
            try await ProposerDriver(model).run(pause: .milliseconds(20)) { report in
                reports.withLock { $0.append(report) }
            }
        }
        #expect(
            reports.withLock { $0 } == [
                .final(claim(0)), .did(step), .alarm("look at it"), .final(claim(1)), .failed("L1 went back"),
                .recovered,
                .failed("busy"),
                .failed("busy"), .did(step), .recovered, .final(claim(2)),
            ])
        // 20 ms where there was nothing to do, then 40 and 80; none after the reset.
        #expect(start.duration(to: .now) >= .milliseconds(140))
    }
}
