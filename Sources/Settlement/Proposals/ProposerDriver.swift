import Derivation
public import Layers
import Primitives

/// Has a rollup's outputs become final on L1, by whatever security model the rollup has.
public struct ProposerDriver: Sendable {
    /// What happened, for whoever watches.
    public enum Report: Sendable, Equatable {
        case did(SecurityStep)
        /// The newest output that is final is another than before.
        case final(OutputClaim)
        /// Somebody has to do something about it, and soon. Told once.
        case alarm(String)
        /// It is tried again.
        case failed(String)
        /// It works again.
        case recovered
    }

    private let security: any SecurityModel

    public init(_ security: any SecurityModel) { self.security = security }

    /// Goes on until the task is cancelled, or the rollup has ended and nothing is left to do.
    ///
    /// - Parameter pause: from one look at the chains to the next where there was nothing to do.
    /// - Throws: what only a person can mend.
    public func run(
        pause: Duration = .seconds(2), report: @Sendable (Report) -> Void
    ) async throws(LayerError) {
        var failures = 0
        var final: OutputClaim?
        var alarms: [String] = []
        while !Task.isCancelled {
            var mayLookAgain = false
            do throws(LayerError) {
                let newest = try await security.finalOutput()
                if newest != final { report(.final(newest)) }
                final = newest
                if let step = try await security.advance() {
                    report(.did(step))
                    mayLookAgain = true
                }
                if failures > 0 { report(.recovered) }
                failures = 0
                if !mayLookAgain, await security.isFinished() { return }
            } catch {
                if Task.isCancelled { return }
                if error.severity == .fatal { throw error }
                failures += 1
                report(.failed(error.message))
                // What was found out does not hold any more: it is found out anew, at once the first time.
                mayLookAgain = error.severity == .reset && failures == 1
            }
            let now = await security.alarms()
            for alarm in now where !alarms.contains(alarm) { report(.alarm(alarm)) }
            alarms = now
            if mayLookAgain { continue }
            let longer = failures == 0 ? pause : min(pause * (1 << min(failures, 5)), .seconds(60))
            guard (try? await Task.sleep(for: longer)) != nil else { return }
        }
    }
}
