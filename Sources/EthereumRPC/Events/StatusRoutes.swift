import Blockchain
public import JSONRPC
import NIOCore
import Primitives
import Sequencing
import StateTransition
import Storage
import Spans

/// What a node has to say of itself besides its chain.
public struct StatusNotes: Sendable {
    /// A figure of `/metrics`.
    public struct Figure: Sendable {
        public var name: String
        public var help: String
        public var value: Int
        /// Whether it only grows while the process runs.
        public var isCounter: Bool

        public init(_ name: String, _ help: String, _ value: Int, isCounter: Bool = false) {
            self.name = name
            self.help = help
            self.value = value
            self.isCounter = isCounter
        }
    }

    public var figures: [Figure]
    /// What `/ready` says beside that the node is ready, for people; nil for nothing.
    public var notice: String?
    /// What the node waits for before it can do its work; `/ready` says 503 with it. Nil for nothing.
    public var obstacle: String?

    public init(figures: [Figure] = [], notice: String? = nil, obstacle: String? = nil) {
        self.figures = figures
        self.notice = notice
        self.obstacle = obstacle
    }
}

/// What a node says of itself to those who watch over it: `/health`, `/ready` and `/metrics`.
public enum StatusRoutes {
    /// The three routes of a node. They need no token, so that what watches needs none.
    ///
    /// - Parameters:
    ///   - server: whose connections and messages are counted; nil for none.
    ///   - notes: asked each time.
    public static func all(
        _ context: NodeContext, server: Server? = nil,
        notes: @escaping @Sendable () -> StatusNotes = { StatusNotes() }
    ) -> [HTTPRoute] {
        let throughput = Throughput(context.chain)
        return [
            health(context.settings.clientVersion),
            HTTPRoute("/ready", needsAuthorisation: false) { _ in
                do throws(ChainError) { return ready(notes(), try context.chain.view().head) } catch {
                    return notReady(error.message)
                }
            },
            HTTPRoute("/metrics", needsAuthorisation: false) { [weak server] _ in
                var text = MetricsText()
                add(context.chain, to: &text)
                let (transactions, gas) = throughput.totals
                text.add("mayfly_transactions_total", .counter, "Transactions of blocks since the start.", transactions)
                text.add("mayfly_gas_used_total", .counter, "Gas of blocks since the start.", gas)
                return metrics(&text, server, notes().figures)
            },
        ]
    }

    /// The three routes of a process that has no chain of its own.
    ///
    /// - Parameters:
    ///   - version: of the program, with its name.
    ///   - server: whose connections and messages are counted; nil for none.
    ///   - notes: asked each time.
    public static func all(
        version: String, server: Server? = nil, notes: @escaping @Sendable () -> StatusNotes
    ) -> [HTTPRoute] {
        [
            health(version),
            HTTPRoute("/ready", needsAuthorisation: false) { _ in ready(notes(), nil) },
            HTTPRoute("/metrics", needsAuthorisation: false) { [weak server] _ in
                var text = MetricsText()
                return metrics(&text, server, notes().figures)
            },
        ]
    }

    /// It is this process that answers, so it is alive.
    private static func health(_ version: String) -> HTTPRoute {
        HTTPRoute("/health", isInline: true, needsAuthorisation: false) { _ in
            .json { json in
                json.beginObject()
                json.key("status")
                json.raw("\"ok\"")
                json.key("version")
                json.string(version)
                json.endObject()
            }
        }
    }

    /// 200 where nothing stands in the way, with the head where there is a chain; 503 with the reason otherwise.
    private static func ready(_ notes: StatusNotes, _ head: BlockReference?) -> HTTPAnswer {
        if let obstacle = notes.obstacle { return notReady(obstacle) }
        return .json { json in
            json.beginObject()
            json.key("ready")
            json.boolean(true)
            if let notice = notes.notice {
                json.key("notice")
                json.string(notice)
            }
            if let head {
                json.key("head")
                json.beginObject()
                json.key("number")
                json.number(Int64(clamping: head.number))
                json.key("hash")
                json.data(head.hash)
                json.endObject()
            }
            json.endObject()
        }
    }

    private static func notReady(_ reason: String) -> HTTPAnswer {
        .json(status: 503) { json in
            json.beginObject()
            json.key("ready")
            json.boolean(false)
            json.key("reason")
            json.string(reason)
            json.endObject()
        }
    }

    private static func add(_ chain: Chain, to text: inout MetricsText) {
        if let view = try? chain.view() {
            text.add("mayfly_head_block", .gauge, "Number of the newest block.", view.head.number)
            text.add("mayfly_safe_block", .gauge, "Number of the safe block.", view.safe?.number ?? 0)
            text.add("mayfly_finalized_block", .gauge, "Number of the final block.", view.finalized?.number ?? 0)
            text.add("mayfly_oldest_state_block", .gauge, "Oldest block whose state is kept.", view.oldestState)
            if let header = try? view.headHeader {
                text.add("mayfly_head_timestamp_seconds", .gauge, "Time of the newest block.", header.timestamp)
                text.add("mayfly_head_gas_used", .gauge, "Gas used by the newest block.", header.gasUsed)
                text.add(
                    "mayfly_head_base_fee_wei", .gauge, "Base fee of the newest block.", header.baseFee?.limb0 ?? 0)
            }
        }
        let pool = chain.pool.withPool { $0.status }
        text.add(
            "mayfly_pool_transactions", .gauge, "Transactions in the pool.", label: "state",
            [("pending", pool.pending), ("queued", pool.queued)])
        text.add("mayfly_database_bytes", .gauge, "Size of the database file.", chain.database.fileSize)
        text.add("mayfly_disk_free_bytes", .gauge, "Free bytes of the database's disk.", chain.database.freeBytes)
    }

    private static func metrics(
        _ text: inout MetricsText, _ server: Server?, _ figures: [StatusNotes.Figure]
    ) -> HTTPAnswer {
        if let server {
            text.add("mayfly_rpc_connections", .gauge, "Open connections.", server.connectionCount)
            text.add("mayfly_rpc_messages_total", .counter, "JSON-RPC messages received.", server.messageCount)
        }
        for figure in figures { text.add(figure.name, figure.isCounter ? .counter : .gauge, figure.help, figure.value) }
        text.add(
            "mayfly_trace_spans_dropped_total", .counter, "Recorded spans that no collector got.",
            ProcessTracing.droppedCount)
        let usage = ProcessUsage()
        text.add("process_resident_memory_bytes", .gauge, "Resident memory.", usage.residentBytes)
        text.add("process_cpu_seconds_total", .counter, "Processor time.", usage.processorSeconds)
        text.add("process_open_fds", .gauge, "Open file descriptors.", usage.openFiles)
        return HTTPAnswer(contentType: "text/plain; version=0.0.4; charset=utf-8", body: text.buffer)
    }
}
