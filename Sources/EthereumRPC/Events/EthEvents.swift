import Blockchain
package import JSONRPC
import NIOCore
import Primitives

/// `eth_getLogs`, filters that are polled, and subscriptions.
package struct EthEvents: Sendable {
    private let context: NodeContext
    private let feed: EventFeed

    /// One value is to be made for a chain: it holds the filters and subscriptions.
    package init(_ context: NodeContext) {
        self.context = context
        feed = EventFeed(context)
    }

    package func add(to methods: inout Methods) {
        addLogs(to: &methods)
        addFilters(to: &methods)
        addSubscriptions(to: &methods)
    }

    // MARK: Logs

    private func addLogs(to methods: inout Methods) {
        methods.add("eth_getLogs") { [self] call, json throws(RPCError) in
            let query = try LogQuery(&call.parameters)
            try call.parameters.finish()
            try search(query, call, to: &json)
        }
        methods.add("eth_getFilterLogs") { [self] call, json throws(RPCError) in
            try search(try feed.filters.query(try Self.filterID(&call.parameters)), call, to: &json)
        }
    }

    private func search(_ query: LogQuery, _ call: borrowing Call, to json: inout JSONWriter) throws(RPCError) {
        let view = try asking { () throws(ChainError) in try context.chain.view() }
        let (peer, deadline) = (call.peer, call.deadline)
        let search = LogSearch(view, context.settings) { peer.isClosed || .now() > deadline }
        try search.write(query, to: &json)
    }

    // MARK: Filters

    private func addFilters(to methods: inout Methods) {
        methods.addInline("eth_newFilter") { [feed] call, json throws(RPCError) in
            let query = try LogQuery(&call.parameters)
            try call.parameters.finish()
            json.string(feed.filters.install(.logs(query, try query.comingBlocks())).description)
        }
        methods.addInline("eth_newBlockFilter") { [feed] call, json throws(RPCError) in
            try call.parameters.finish()
            json.string(feed.filters.install(.blocks).description)
        }
        methods.addInline("eth_newPendingTransactionFilter") { [feed] call, json throws(RPCError) in
            let isFull = try call.parameters.optional { reader throws(JSONError) in try reader.readBoolean() }
            try call.parameters.finish()
            json.string(feed.filters.install(.pendingTransactions(full: isFull ?? false)).description)
        }
        methods.add("eth_getFilterChanges") { [feed] call, json throws(RPCError) in
            let id = try Self.filterID(&call.parameters)
            // What the client knows of by other ways should not be missing here.
            feed.settle()
            try feed.filters.writeChanges(id, to: &json)
        }
        methods.addInline("eth_uninstallFilter") { [feed] call, json throws(RPCError) in
            let text = try call.parameters.required { reader throws(JSONError) in try reader.readString().string }
            try call.parameters.finish()
            json.boolean(PolledFilters.ID(text).map { feed.filters.uninstall($0) } ?? false)
        }
    }

    private static func filterID(_ parameters: inout Parameters) throws(RPCError) -> PolledFilters.ID {
        let text = try parameters.required { reader throws(JSONError) in try reader.readString().string }
        try parameters.finish()
        guard let id = PolledFilters.ID(text) else { throw .filterNotFound }
        return id
    }

    // MARK: Subscriptions

    /// They run on the connection's loop, so that the answer with a subscription's name goes out before its first
    /// notification.
    private func addSubscriptions(to methods: inout Methods) {
        methods.addInline("eth_subscribe") { [feed] call, json throws(RPCError) in
            guard let subscriber = call.peer.subscriber else { throw .notificationsUnsupported }
            let kind = try Self.kind(&call.parameters)
            try call.parameters.finish()
            json.string(try feed.subscriptions.open(kind, for: subscriber).description)
        }
        methods.addInline("eth_unsubscribe") { call, json throws(RPCError) in
            guard let subscriber = call.peer.subscriber else { throw .notificationsUnsupported }
            let text = try call.parameters.required { reader throws(JSONError) in try reader.readString().string }
            try call.parameters.finish()
            guard let id = SubscriptionID(text), subscriber.cancel(id) else {
                throw RPCError(code: -32_000, message: "subscription not found")
            }
            json.boolean(true)
        }
    }

    private static func kind(_ parameters: inout Parameters) throws(RPCError) -> Subscriptions.Kind {
        let name = try parameters.required { reader throws(JSONError) in try reader.readString().string }
        switch name {
        case "newHeads": return .newHeads
        case "logs":
            let query = try LogQuery(optional: &parameters)
            return .logs(query.filter, try query.comingBlocks())
        case "newPendingTransactions":
            let isFull = try parameters.optional { reader throws(JSONError) in try reader.readBoolean() }
            return .pendingTransactions(full: isFull ?? false)
        case "newFlashblocks": return .flashblocks
        case "syncing": return .syncing
        default: throw RPCError(code: -32_601, message: "no \"\(name.prefix(64))\" subscription in eth namespace")
        }
    }
}
