import Blockchain
public import JSONRPC
import NIOCore
import Primitives
import Sequencing
import StateTransition
import Storage

/// What a node says of itself to those who watch over it: `/health`, `/ready` and `/metrics`.
public enum StatusRoutes {
    /// The three routes. They need no token, so that what watches needs none.
    ///
    /// - Parameter server: whose connections and messages are counted; nil for none.
    public static func all(_ context: NodeContext, server: Server? = nil) -> [HTTPRoute] {
        [
            // It is this process that answers, so it is alive.
            HTTPRoute("/health", isInline: true, needsAuthorisation: false) { _ in
                .json { json in
                    json.beginObject()
                    json.key("status")
                    json.raw("\"ok\"")
                    json.key("version")
                    json.string(context.settings.clientVersion)
                    json.endObject()
                }
            },
            HTTPRoute("/ready", needsAuthorisation: false) { _ in ready(context) },
            HTTPRoute("/metrics", needsAuthorisation: false) { [weak server] _ in metrics(context, server) },
        ]
    }

    /// 200 with the head where the chain can be read, 503 with the reason where it cannot.
    private static func ready(_ context: NodeContext) -> HTTPAnswer {
        do throws(ChainError) {
            let head = try context.chain.view().head
            return .json { json in
                json.beginObject()
                json.key("ready")
                json.boolean(true)
                json.key("head")
                json.beginObject()
                json.key("number")
                json.number(Int64(clamping: head.number))
                json.key("hash")
                json.data(head.hash)
                json.endObject()
                json.endObject()
            }
        } catch {
            return .json(status: 503) { json in
                json.beginObject()
                json.key("ready")
                json.boolean(false)
                json.key("reason")
                json.string(error.message)
                json.endObject()
            }
        }
    }

    private static func metrics(_ context: NodeContext, _ server: Server?) -> HTTPAnswer {
        var text = MetricsText()
        if let view = try? context.chain.view() {
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
        let pool = context.chain.pool.withPool { $0.status }
        text.add(
            "mayfly_pool_transactions", .gauge, "Transactions in the pool.", label: "state",
            [("pending", pool.pending), ("queued", pool.queued)])
        text.add(
            "mayfly_database_bytes", .gauge, "Size of the database file.", context.chain.database.fileSize)
        if let server {
            text.add("mayfly_rpc_connections", .gauge, "Open connections.", server.connectionCount)
            text.add("mayfly_rpc_messages_total", .counter, "JSON-RPC messages received.", server.messageCount)
        }
        let usage = ProcessUsage()
        text.add("process_resident_memory_bytes", .gauge, "Resident memory.", usage.residentBytes)
        text.add("process_cpu_seconds_total", .counter, "Processor time.", usage.processorSeconds)
        text.add("process_open_fds", .gauge, "Open file descriptors.", usage.openFiles)
        return HTTPAnswer(contentType: "text/plain; version=0.0.4; charset=utf-8", body: text.buffer)
    }
}
