import Dashboard
import HTTPTypes
import Hummingbird
import Platform
import Primitives

/// What a page of the explorer is asked for.
struct ExplorerVisit: Sendable {
    let rollup: String
    let node: ExplorerNode
    let path: [String: String]
    let query: String
    /// As it was asked for.
    let place: String

    /// - Returns: nil where the query does not have it, or is none.
    func asked(_ name: String) -> String? { FormBody(Array(query.utf8))?[name] }

    /// What there is no page for.
    var notFound: DashboardSite.Outcome { .page(ErrorView.notFound(place), status: .notFound) }
}

extension DashboardSite {
    /// Characters of a search that are looked at.
    private static let searchLimit = 200

    /// Adds the explorer's pages to a router.
    func addExplorer<Context: RequestContext>(to router: Router<Context>) {
        explore(router, "blocks", blocks)
        explore(router, "blocks/{block}", block)
        explore(router, "transactions/{hash}", transaction)
        explore(router, "accounts/{address}", account)
        explore(router, "search", search)
    }

    private func explore<Context: RequestContext>(
        _ router: Router<Context>, _ path: String, _ work: @escaping @Sendable (ExplorerVisit) async throws -> Outcome
    ) {
        router.get(RouterPath("/rollups/{name}/" + path)) { request, context in
            await answer(request) { caller in
                let path = Self.values(context)
                let rollup = try await service.rollup(path["name"] ?? "", for: caller)
                if let refusal = Self.refusal(rollup) { return refusal }
                let visit = ExplorerVisit(
                    rollup: rollup.name, node: ExplorerNode(url: service.endpoint(of: rollup.name)), path: path,
                    query: request.uri.query ?? "", place: request.uri.path)
                do { return try await work(visit) } catch let failure as ExplorerFailure {
                    return Self.page(of: failure, rollup.name)
                }
            }
        }
    }

    /// Why a rollup has no node to ask; nil where it has one.
    private static func refusal(_ rollup: RollupRecord) -> Outcome? {
        let view: ErrorView
        switch rollup.state {
        case .active, .closing, .settling: return nil
        case .launching:
            view = ErrorView(
                status: 409, title: "Not launched yet",
                text: "\(rollup.name) is being launched: it has no blocks yet.",
                advice: "Load the page again when the launch is done.")
        case .dissolved:
            view = ErrorView(
                status: 410, title: "Its node is gone",
                text: "\(rollup.name) is dissolved: its node is gone, and its last state is in the archive.",
                advice: "The archive is in the platform's files; mayfly exits and mayfly claim read it.")
        case .failed:
            view = ErrorView(
                status: 410, title: "Its node is gone",
                text: "The launch of \(rollup.name) has failed: its node is gone. "
                    + "A last state, where it had one, is in the archive.",
                advice: "Its page says why the launch has failed.")
        }
        return .page(view, status: .init(integerLiteral: view.status))
    }

    private static func page(of failure: ExplorerFailure, _ rollup: String) -> Outcome {
        switch failure {
        case .noAnswer:
            .page(
                ErrorView(
                    status: 503, title: "No answer",
                    text: "The node of \(rollup) does not answer, or not as a node does.",
                    advice: "Load the page again; if it fails again, look at the rollup's logs."),
                status: .serviceUnavailable)
        case .tooLarge:
            .page(
                ErrorView(
                    status: 502, title: "Too much for a page",
                    text: "What the node of \(rollup) answers is longer than a page shows.",
                    advice: "Ask the node itself: its JSON-RPC has all."), status: .badGateway)
        }
    }

    private func account(_ visit: ExplorerVisit) async throws -> Outcome {
        guard let address = ExplorerAddress(text: visit.path["address"] ?? "")?.text else { return visit.notFound }
        let node = visit.node
        let (account, latest) = (ExplorerNode.Parameter.text(address), ExplorerNode.Parameter.text("latest"))
        async let balance = node.ask("eth_getBalance", account, latest, as: ExplorerAmount.self)
        async let nonce = node.ask("eth_getTransactionCount", account, latest, as: ExplorerNumber.self)
        async let code = node.ask("eth_getCode", account, latest, as: ExplorerBytes.self)
        guard let balance = try await balance, let nonce = try await nonce, let code = try await code else {
            throw ExplorerFailure.noAnswer
        }
        var view = AccountView(
            rollup: visit.rollup, address: address, balance: balance.value, nonce: nonce.value,
            codeSize: UInt64(code.bytes.count))
        view.note = "This version keeps no list of an account's transactions."
        return .page(view)
    }

    // MARK: Search

    private func search(_ visit: ExplorerVisit) async throws -> Outcome {
        let text = (visit.asked("q") ?? "").prefix(Self.searchLimit).trimmed
        var view = SearchView(rollup: visit.rollup, query: text, isUnderstood: true)
        let prefixed = text.hasPrefix("0x") ? text : "0x" + text
        if let number = Self.blockNumber(text.replacing(",", with: "")) {
            let head = try await heads(visit).latest.number.value
            return number <= head ? .seeOther(Links.block(visit.rollup, String(number))) : .page(view)
        }
        if let address = ExplorerAddress(text: prefixed)?.text {
            return .seeOther(Links.account(visit.rollup, address))
        }
        if let hash = ExplorerHash(text: prefixed)?.text {
            let node = visit.node
            if try await node.ask("eth_getTransactionByHash", .text(hash), as: ExplorerTransaction.self) != nil {
                return .seeOther(Links.transaction(visit.rollup, hash))
            }
            if try await node.ask("eth_getBlockByHash", .text(hash), .flag(false), as: ExplorerBlock.self) != nil {
                return .seeOther(Links.block(visit.rollup, hash))
            }
            return .page(view)
        }
        view.isUnderstood = text.isEmpty
        return .page(view)
    }

    /// Decimal digits, and nothing else.
    static func blockNumber(_ text: String) -> UInt64? {
        text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ? UInt64(text) : nil
    }
}

extension Substring {
    /// Without white space at its ends.
    fileprivate var trimmed: String {
        var rest = self
        while let first = rest.first, first.isWhitespace { rest.removeFirst() }
        while let last = rest.last, last.isWhitespace { rest.removeLast() }
        return String(rest)
    }
}
