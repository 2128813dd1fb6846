import SQLStore

/// How long a platform keeps what is over; what is still needed is kept however old it is.
public struct Retention: Sendable, Equatable {
    /// Milliseconds.
    public var events: Int64 = 90 * day
    public var audit: Int64 = 365 * day
    /// Jobs that are finished and alerts that have ended.
    public var jobs: Int64 = 90 * day
    /// What was answered to requests with an idempotency key.
    public var requests: Int64 = 7 * day

    private static let day: Int64 = 86_400_000

    public init() {}
}

/// Removes the records of a platform that are over, within a transaction.
struct RecordPruning {
    let connection: any SQLConnection

    /// Rows of each table that one transaction removes at most: others wait for it no longer than a moment.
    static let batch: Int64 = 500

    /// What has a table of its own.
    enum Kind: CaseIterable {
        case events, audit, jobs, alerts, requests
    }

    /// Removes a batch of records of one kind.
    ///
    /// - Returns: whether there may be more.
    func prune(_ kind: Kind, _ retention: Retention, batch: Int64 = batch) throws(SQLStoreError) -> Bool {
        let (sql, age) =
            switch kind {
            case .events: (Self.events, retention.events)
            case .audit: (Self.audit, retention.audit)
            case .jobs: (Self.jobs, retention.jobs)
            case .alerts: (Self.alerts, retention.jobs)
            case .requests: (Self.requests, retention.requests)
            }
        // Several platforms may do it at once: what another has removed is not found any more.
        return try connection.execute(sql, [.integer(try connection.now() - age), .integer(batch)]) >= batch
    }

    /// Not what a webhook has still to send, and not the newest, which new webhooks begin after.
    private static let events = """
        DELETE FROM events WHERE sequence IN (
            SELECT sequence FROM events WHERE time < $1 AND sequence < (SELECT max(sequence) FROM events)
                AND NOT EXISTS (SELECT 1 FROM webhooks WHERE webhooks.organisation = events.organisation
                                AND webhooks.disabled_at IS NULL AND webhooks.cursor < events.sequence)
            ORDER BY time LIMIT $2)
        """

    private static let audit = """
        DELETE FROM audit WHERE sequence IN (SELECT sequence FROM audit WHERE time < $1 ORDER BY time LIMIT $2)
        """

    /// Not a rollup's newest: its state and what may be tried again follow from that.
    private static let jobs = """
        DELETE FROM jobs WHERE id IN (
            SELECT id FROM jobs WHERE state <> 'open' AND finished_at < $1
                AND EXISTS (SELECT 1 FROM jobs AS later WHERE later.rollup = jobs.rollup
                            AND (later.created_at > jobs.created_at
                                 OR (later.created_at = jobs.created_at AND later.id > jobs.id)))
            ORDER BY finished_at LIMIT $2)
        """

    private static let alerts = """
        DELETE FROM alerts WHERE id IN (SELECT id FROM alerts WHERE resolved_at < $1 ORDER BY resolved_at LIMIT $2)
        """

    /// Not that of a launch that is under way: its client may ask once more.
    private static let requests = """
        DELETE FROM requests WHERE (organisation, idempotency_key) IN (
            SELECT organisation, idempotency_key FROM requests WHERE created_at < $1
                AND NOT EXISTS (SELECT 1 FROM jobs WHERE jobs.rollup = requests.subject AND jobs.state = 'open')
            ORDER BY created_at LIMIT $2)
        """
}

/// Removes what is over, again and again.
struct RecordKeeper: Sendable {
    let database: any SQLDatabase
    let retention: Retention
    let report: @Sendable (String) -> Void

    private static let interval = Duration.seconds(600)
    /// From one batch to the next, where there is more.
    private static let pause = Duration.milliseconds(200)

    /// Runs until it is cancelled.
    func run() async {
        var hasFailed = false
        while !Task.isCancelled {
            var hasMore = false
            do throws(SQLStoreError) {
                // Each in a transaction of its own: who writes waits for one of them at most.
                for kind in RecordPruning.Kind.allCases {
                    let isLeft = try await database.write { [retention] connection throws(SQLStoreError) in
                        try RecordPruning(connection: connection).prune(kind, retention)
                    }
                    hasMore = hasMore || isLeft
                }
                hasFailed = false
            } catch {
                if !hasFailed, !Task.isCancelled { report("old records are not removed: \(error.message)") }
                hasFailed = true
            }
            try? await Task.sleep(for: hasMore ? Self.pause : Self.interval)
        }
    }
}
