import Cryptography
import Foundation
import Hummingbird
import NIOCore
import Primitives
import Settlement
import Spans

/// What a rollup's processes measure at the moment; nil for what nobody says.
struct RollupMetricsResource: Encodable {
    struct Account: Encodable {
        var role, address: String
        /// Digits, as a wei amount does not fit JSON's numbers.
        var balanceWei: String
    }

    var name, state, place: String
    /// RFC 3339; rates are those between two of these.
    var measuredAt: String?
    var headBlock, headTime, safeBlock, safeTime, finalizedBlock, l1OriginBlock: Int64?
    /// Of blocks since the node was started, deposits included.
    var transactionsTotal, gasUsedTotal: Int64?
    var pendingTransactions, unpublishedBytes, residentBytes, databaseBytes: Int64?
    var accounts: [Account]

    init(_ rollup: RollupRecord, _ place: PlaceState, _ figures: RollupFigures.Figures?) {
        (name, state, self.place) = (rollup.name, rollup.state.rawValue, place.rawValue)
        // What was seen a moment ago is not so any more where nothing runs now.
        let runs = ![.idle, .resting, .closed].contains(place)
        let node = runs ? figures?.node ?? [:] : [:]
        measuredAt = node.isEmpty ? nil : figures.map { RollupResource.time($0.time) }
        func value(_ key: String) -> Int64? { node[key].flatMap { Int64(exactly: $0) } }
        (headBlock, headTime) = (value("mayfly_head_block"), value("mayfly_head_timestamp_seconds"))
        (safeBlock, safeTime) = (value("mayfly_safe_block"), value("mayfly_safe_timestamp_seconds"))
        (finalizedBlock, l1OriginBlock) = (value("mayfly_finalized_block"), value("mayfly_l1_origin_block"))
        transactionsTotal = value("mayfly_transactions_total")
        gasUsedTotal = value("mayfly_gas_used_total")
        pendingTransactions = value("mayfly_pool_transactions{state=\"pending\"}")
        unpublishedBytes = value("mayfly_unpublished_bytes")
        residentBytes = value("process_resident_memory_bytes")
        databaseBytes = value("mayfly_database_bytes")
        accounts = (figures?.accounts ?? []).map {
            Account(role: $0.role, address: $0.address.checksummed, balanceWei: Wei.digits($0.balance))
        }
    }
}

extension PlatformAPI {
    /// Figures of a rollup's node that the platform's own page tells of all rollups, each with what it says.
    private static let nodeFigures = [
        ("head_block", "gauge", "Number of the newest block."),
        ("head_timestamp_seconds", "gauge", "Time of the newest block."),
        ("safe_block", "gauge", "Number of the newest block that is on L1."),
        ("safe_timestamp_seconds", "gauge", "Time of the newest block that is on L1."),
        ("finalized_block", "gauge", "Number of the newest block that L1 calls final."),
        ("l1_origin_block", "gauge", "L1 block that the newest block knows."),
        ("transactions_total", "counter", "Transactions of blocks since the node was started, deposits included."),
        ("gas_used_total", "counter", "Gas of blocks since the node was started."),
        ("unpublished_bytes", "gauge", "Bytes of transactions that are not on L1 yet; -1 until they are counted."),
        ("database_bytes", "gauge", "Size of the database file."),
        ("disk_free_bytes", "gauge", "Free bytes of the database's disk."),
    ]

    func metrics(_ request: APIRequest) async throws(PlatformProblem) -> APIAnswer {
        let rollup = try await service.rollup(request.name("name"), for: request.caller)
        return .json(
            RollupMetricsResource(
                rollup, await service.place(of: rollup.name), service.figures.figures(of: rollup.name)))
    }

    /// The page for Prometheus.
    func metricsPage() async -> Response {
        do throws(PlatformProblem) {
            let (rollups, jobs, alerts) = try await service.counts()
            let times = try await service.jobTimes()
            var text = FigureText()
            text.add(
                "mayfly_platform_rollups", "gauge", "Rollups by state.",
                RollupRecord.State.allCases.map { ([("state", $0.rawValue)], Double(rollups[$0] ?? 0)) })
            text.add(
                "mayfly_platform_alerts", "gauge", "Alerts that last, by kind.",
                Alert.Kind.allCases.map { ([("kind", $0.rawValue)], Double(alerts[$0] ?? 0)) })
            text.add("mayfly_platform_open_jobs", "gauge", "Changes of rollups' lives that are not done.", Double(jobs))
            text.add(
                "mayfly_platform_jobs", "gauge",
                "Changes of rollups' lives that are in the records, by what came of them.",
                times.map { ([("kind", $0.kind), ("state", $0.state)], Double($0.count)) })
            text.add(
                "mayfly_platform_job_duration_seconds", "gauge", "Mean time of jobs in the records, from the order on.",
                times.filter { $0.state != "open" }.map { ([("kind", $0.kind), ("state", $0.state)], $0.seconds) })
            text.add("mayfly_platform_event_streams", "gauge", "Open streams of events.", Double(streams.count))
            text.add(
                "mayfly_platform_http_requests_total", "counter", "Requests of REST by the status of their answers.",
                service.meters.requests.map { ([("status", "\($0.status)")], Double($0.count)) })
            let database = service.meters.database
            text.add(
                "mayfly_platform_database_transactions_total", "counter", "Transactions of the database.",
                database.map { ([("kind", $0.kind)], Double($0.count)) })
            text.add(
                "mayfly_platform_database_seconds_total", "counter", "Time that they took, with waiting.",
                database.map { ([("kind", $0.kind)], $0.seconds) })
            let l1 = service.figures.l1Standing
            text.add("mayfly_platform_l1_block", "gauge", "L1's newest block.", Double(l1.block))
            text.add(
                "mayfly_platform_l1_answer_timestamp_seconds", "gauge", "When L1 answered last; 0 for never.",
                Double(l1.answered))
            text.add(
                "mayfly_trace_spans_dropped_total", "counter", "Recorded spans that no collector got.",
                Double(ProcessTracing.droppedCount))
            add(service.figures.all, to: &text)
            return Response(
                status: .ok, headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
                body: ResponseBody(byteBuffer: ByteBuffer(string: text.text)))
        } catch {
            return Self.problem(error)
        }
    }

    private func add(_ rollups: [(name: String, figures: RollupFigures.Figures)], to text: inout FigureText) {
        for (name, kind, help) in Self.nodeFigures {
            text.add(
                "mayfly_rollup_" + name, kind, help,
                rollups.compactMap { rollup in
                    rollup.figures.node["mayfly_" + name].map { ([("rollup", rollup.name)], $0) }
                })
        }
        text.add(
            "mayfly_rollup_resident_memory_bytes", "gauge", "Resident memory of its node.",
            rollups.compactMap { rollup in
                rollup.figures.node["process_resident_memory_bytes"].map { ([("rollup", rollup.name)], $0) }
            })
        text.add(
            "mayfly_rollup_proposals", "gauge", "Proposals of its outputs that L1 has.",
            rollups.compactMap { rollup in rollup.figures.proposals.map { ([("rollup", rollup.name)], Double($0)) } })
        text.add(
            "mayfly_rollup_account_balance_ether", "gauge", "What an account that acts for it has on L1.",
            rollups.flatMap { rollup in
                rollup.figures.accounts.map {
                    ([("rollup", rollup.name), ("role", $0.role)], Self.ether($0.balance))
                }
            })
    }

    /// Near enough for a chart.
    private static func ether(_ wei: UInt256) -> Double {
        (Double(wei.limb0) + Double(wei.limb1) * 18_446_744_073_709_551_616) / 1e18
    }
}
