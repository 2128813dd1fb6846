import ArgumentParser
import Layers
import Platform

/// How long a platform keeps records of what is over.
struct RetentionOptions: ParsableArguments {
    @Option(
        name: .customLong("keep-events"),
        help: ArgumentHelp("How long events are kept that every webhook has: 30d, 12h.", valueName: "time"))
    var events = "90d"

    @Option(
        name: .customLong("keep-audit"), help: ArgumentHelp("How long the audit log is kept.", valueName: "time"))
    var audit = "365d"

    @Option(
        name: .customLong("keep-jobs"),
        help: ArgumentHelp("How long finished jobs and ended alerts are kept.", valueName: "time"))
    var jobs = "90d"

    @Option(
        name: .customLong("keep-requests"),
        help: ArgumentHelp("How long a launch's Idempotency-Key is known.", valueName: "time"))
    var requests = "7d"

    func validate() throws { _ = try retention() }

    func retention() throws -> Retention {
        var retention = Retention()
        retention.events = try Self.milliseconds(events, "--keep-events")
        retention.audit = try Self.milliseconds(audit, "--keep-audit")
        retention.jobs = try Self.milliseconds(jobs, "--keep-jobs")
        retention.requests = try Self.milliseconds(requests, "--keep-requests")
        return retention
    }

    /// Of an hour to a hundred years.
    private static func milliseconds(_ text: String, _ option: String) throws -> Int64 {
        guard let seconds = LifetimeText.duration(text), (3_600...3_153_600_000).contains(seconds) else {
            throw ValidationError("\(option) takes a time of 1h or more, as 12h or 30d, and not \(text).")
        }
        return Int64(seconds) * 1_000
    }
}
