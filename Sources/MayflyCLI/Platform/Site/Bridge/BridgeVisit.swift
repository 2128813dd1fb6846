import Cryptography
import Dashboard
import Derivation
import EthereumClient
import Foundation
import HTTPTypes
import Hummingbird
import Platform
import Primitives
import Settlement

/// What a page of a rollup's assets is asked for.
struct BridgeVisit: Sendable {
    let rollup: RollupRecord
    let caller: Caller
    let path: [String: String]
    let form: FormBody
    /// As it was asked for.
    let place: String

    /// What was typed, without white space at its ends; nil for nothing.
    func typed(_ name: String) -> String? {
        let text = (form[name] ?? "").trimmingCharacters(in: .whitespacesAndNewlines)
        return text.isEmpty ? nil : String(text.prefix(200))
    }

    var notFound: DashboardSite.Outcome { .page(ErrorView.notFound(place), status: .notFound) }
}

extension DashboardSite {
    /// How long a page waits for a rollup's node, with what wakes one that sleeps.
    private static let nodePatience = Duration.seconds(10)

    func addBridge<Context: RequestContext>(to router: Router<Context>) {
        visit(router, "bridge") { try await bridge($0, .deposit) }
        visit(router, "bridge/withdraw") { try await bridge($0, .withdraw) }
        visit(router, "deposits/{hash}", deposit)
        visit(router, "withdrawals") { visit in
            guard let hash = visit.typed("transaction"), ExplorerHash(text: hash) != nil else {
                return .seeOther(Links.withdraw(visit.rollup.name))
            }
            return .seeOther(Links.withdrawal(visit.rollup.name, hash))
        }
        visit(router, "withdrawals/{hash}", withdrawal)
        visit(router, "claims", claims)
    }

    private func visit<Context: RequestContext>(
        _ router: Router<Context>, _ path: String, _ work: @escaping @Sendable (BridgeVisit) async throws -> Outcome
    ) {
        router.get(RouterPath("/rollups/{name}/" + path)) { request, context in
            await answer(request) { caller in
                let path = Self.values(context)
                let rollup = try await service.rollup(path["name"] ?? "", for: caller)
                guard let form = FormBody(Array((request.uri.query ?? "").utf8)) else {
                    return .page(ErrorView.notFound(request.uri.path), status: .notFound)
                }
                let visit = BridgeVisit(
                    rollup: rollup, caller: caller, path: path, form: form, place: request.uri.path)
                do { return try await work(visit) } catch let error as SettlementError {
                    return .page(
                        ErrorView(
                            status: 503, title: "L1 or the rollup does not say", text: Self.sentence(error.message),
                            advice: "Nothing was sent. Load the page again."), status: .serviceUnavailable)
                }
            }
        }
    }

    /// With a capital letter and a full stop.
    static func sentence(_ text: String) -> String { text.prefix(1).uppercased() + text.dropFirst() + "." }

    /// Runs `body` with the rollup's contracts on L1 and, where it has a node, that one.
    func withBridge<Result>(
        _ rollup: RollupRecord, hasNode: Bool = true, _ body: (Bridge) async throws -> Result
    ) async throws -> Result {
        let configuration = try RollupConfigurationFile.read(service.directory(of: rollup.name) + "/rollup.json")
        guard hasNode else { return try await body(try await Bridge(configuration, l1: service.l1)) }
        var settings = EthereumClient.Settings()
        (settings.requestTimeout, settings.patience) = (Self.nodePatience, Self.nodePatience)
        let node: EthereumClient
        do throws(EthereumClientError) {
            node = try EthereumClient([try Endpoint(service.endpoint(of: rollup.name))], settings: settings)
        } catch { throw SettlementError.client(error) }
        do {
            let result = try await body(try await Bridge(configuration, l1: service.l1, l2: node))
            await node.close()
            return result
        } catch {
            await node.close()
            throw error
        }
    }

    /// A transaction for a wallet.
    static func call(
        _ id: String, _ title: String, _ request: TransactionRequest, on chain: WalletChain
    ) -> WalletCall {
        var call = WalletCall(
            id: id, title: title, chain: chain, to: request.to?.checksummed ?? "", value: request.value,
            data: Hex.encode(request.input))
        call.gasLimit = request.gasLimit
        return call
    }

    /// L1 as a wallet is asked to be on it.
    var l1Chain: WalletChain { WalletChain(id: service.l1ChainID, name: l1Name, rpcURL: l1URL) }

    func chain(_ rollup: RollupRecord) -> WalletChain {
        WalletChain(id: rollup.chainID, name: rollup.name, rpcURL: service.urls(of: rollup.name).http)
    }

    /// A command with what says which rollup it is about.
    func command(_ words: String, _ rollup: RollupRecord) -> String {
        "mayfly \(words) --rollup \(service.directory(of: rollup.name))/rollup.json --l1 \(l1URL ?? "URL")"
    }
}
