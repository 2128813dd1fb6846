import SQLStore

/// A change of a rollup's life that is carried out whatever happens to the process that does it.
public struct Job: Equatable, Sendable {
    public enum Kind: String, CaseIterable, Sendable, Codable {
        case launch
        /// Of how a rollup's processes run, while they do.
        case change
        /// Close, last state, proof, archive.
        case dissolve
        /// Of what a failed launch has left.
        case remove
    }

    public enum State: String, Sendable, Codable {
        /// To be done, or being done.
        case open
        case done
        case failed
    }

    public var id: String
    public var rollup: String
    public var kind: Kind
    public var state: State
    /// What is being done, for people.
    public var step: String
    /// How often it has failed in a row, and was to be tried again.
    public var failures: Int64
    /// How often somebody has taken it up.
    public var claims: Int64
    public var failure: String?
    /// Milliseconds since the Unix epoch.
    public var createdAt: Int64
    public var finishedAt: Int64?
    /// Grows with each taking up: who has an older number has lost the job, and writes nothing more.
    var fence: Int64
}

/// Who works on a job: what it writes counts only as long as the job is its.
struct JobLease: Equatable, Sendable {
    let job: String
    let holder: String
    let fence: Int64
}

/// The jobs of a platform, within a transaction.
struct JobTable {
    let connection: any SQLConnection

    /// - Throws: `conflict` where the rollup has an open one.
    /// - Parameter isAgain: whether an earlier job may have sent something of what this one does.
    func insert(
        _ kind: Job.Kind, for rollup: String, id: String, isAgain: Bool = false
    ) throws(SQLStoreError) {
        try connection.execute(
            """
            INSERT INTO jobs (id, rollup, kind, state, step, failures, claims, not_before, fence, lease_until, created_at)
            VALUES ($1, $2, $3, 'open', 'waiting', 0, $5, 0, 0, 0, $4)
            """,
            [
                .text(id), .text(rollup), .text(kind.rawValue), .integer(try connection.now()),
                .integer(isAgain ? 1 : 0),
            ])
    }

    func find(_ id: String) throws(SQLStoreError) -> Job? {
        try connection.query("SELECT * FROM jobs WHERE id = $1", [.text(id)]).first.map { row throws(SQLStoreError) in
            try Self.job(row)
        }
    }

    /// The newest of a rollup.
    func newest(of rollup: String) throws(SQLStoreError) -> Job? {
        try connection.query(
            "SELECT * FROM jobs WHERE rollup = $1 ORDER BY created_at DESC, id DESC LIMIT 1", [.text(rollup)]
        ).first.map { row throws(SQLStoreError) in try Self.job(row) }
    }

    /// The rollups that have an open job of a kind.
    func rollups(with kind: Job.Kind) throws(SQLStoreError) -> Set<String> {
        var names: Set<String> = []
        for row in try connection.query(
            "SELECT rollup FROM jobs WHERE state = 'open' AND kind = $1", [.text(kind.rawValue)])
        {
            names.insert(try row.text("rollup"))
        }
        return names
    }

    func openCount() throws(SQLStoreError) -> Int {
        Int(try connection.query("SELECT count(*) AS number FROM jobs WHERE state = 'open'")[0].integer("number"))
    }

    /// Jobs by kind and state, and the mean time from their order to their end.
    func times() throws(SQLStoreError) -> [(kind: String, state: String, count: Int, seconds: Double)] {
        let rows = try connection.query(
            """
            SELECT kind, state, count(*) AS number,
                CAST(sum(COALESCE(finished_at, created_at) - created_at) AS BIGINT) AS time
            FROM jobs GROUP BY kind, state ORDER BY kind, state
            """)
        return try rows.map { row throws(SQLStoreError) in
            let count = try row.integer("number")
            let seconds = Double(try row.integer("time")) / 1_000 / Double(max(1, count))
            return (try row.text("kind"), try row.text("state"), Int(count), seconds)
        }
    }

    /// Takes up the open job that nobody works on and that has been due for longest; those that were never left, first.
    ///
    /// - Parameter length: of the lease, milliseconds.
    func claim(by holder: String, length: Int64) throws(SQLStoreError) -> (job: Job, lease: JobLease)? {
        let now = try connection.now()
        // Asked again where it is written: another process may have been faster.
        let row = try connection.query(
            """
            UPDATE jobs SET holder = $1, fence = fence + 1, claims = claims + 1, lease_until = $2
            WHERE id = (SELECT id FROM jobs WHERE state = 'open' AND lease_until <= $3 AND not_before <= $3
                        ORDER BY not_before, created_at, id LIMIT 1)
                AND state = 'open' AND lease_until <= $3
            RETURNING *
            """,
            [.text(holder), .integer(now + length), .integer(now)]
        ).first
        guard let row else { return nil }
        let job = try Self.job(row)
        return (job, JobLease(job: job.id, holder: holder, fence: job.fence))
    }

    /// Makes sure that the job is still this holder's, for so many milliseconds more where that is said.
    ///
    /// - Returns: false where somebody else has it.
    func hold(_ lease: JobLease, for length: Int64? = nil) throws(SQLStoreError) -> Bool {
        let until: Int64? = if let length { try connection.now() + length } else { nil }
        return try connection.execute(
            """
            UPDATE jobs SET lease_until = COALESCE($4, lease_until)
            WHERE id = $1 AND holder = $2 AND fence = $3 AND state = 'open'
            """,
            [.text(lease.job), .text(lease.holder), .integer(lease.fence), SQLValue(until)]) == 1
    }

    /// Notes what is being done.
    func note(step: String, _ lease: JobLease) throws(SQLStoreError) {
        try connection.execute(
            "UPDATE jobs SET step = $2 WHERE id = $1 AND step <> $2",
            [.text(lease.job), .text(step)])
    }

    func finish(_ lease: JobLease, _ state: Job.State, failure: String? = nil) throws(SQLStoreError) {
        try connection.execute(
            "UPDATE jobs SET state = $2, failure = $3, finished_at = $4, holder = NULL, lease_until = 0 WHERE id = $1",
            [.text(lease.job), .text(state.rawValue), SQLValue(failure), .integer(try connection.now())])
    }

    /// Gives a job back, to be taken up again after so many milliseconds.
    ///
    /// - Parameters:
    ///   - failure: why it has failed; nil where it has not.
    ///   - isWell: whether what failed before is over.
    func release(_ lease: JobLease, failure: String?, isWell: Bool = false, after pause: Int64) throws(SQLStoreError) {
        let time = try connection.now() + pause
        try connection.execute(
            """
            UPDATE jobs SET holder = NULL, lease_until = 0, not_before = $2, failure = $3, failures = failures * $4 + $5
            WHERE id = $1
            """,
            [
                .text(lease.job), .integer(time), SQLValue(failure), .integer(isWell ? 0 : 1),
                .integer(failure == nil ? 0 : 1),
            ])
    }

    private static func job(_ row: SQLRow) throws(SQLStoreError) -> Job {
        guard let kind = Job.Kind(rawValue: try row.text("kind")) else { throw .malformed(column: "kind") }
        guard let state = Job.State(rawValue: try row.text("state")) else { throw .malformed(column: "state") }
        return Job(
            id: try row.text("id"), rollup: try row.text("rollup"), kind: kind, state: state,
            step: try row.text("step"), failures: try row.integer("failures"), claims: try row.integer("claims"),
            failure: try row.optionalText("failure"), createdAt: try row.integer("created_at"),
            finishedAt: try row.optionalInteger("finished_at"), fence: try row.integer("fence"))
    }
}
