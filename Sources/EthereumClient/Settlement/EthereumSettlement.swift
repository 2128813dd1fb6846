public import Derivation
public import Layers
public import Primitives
import StateTransition

/// Any Ethereum chain as the L1 of a rollup, asked by JSON-RPC.
///
/// Headers hash to what they were asked for by, transactions and receipts to the roots of their headers; which block is the
/// newest, safe or final is the endpoints' word.
public struct EthereumSettlement: SettlementLayer {
    public let client: EthereumClient

    public init(_ client: EthereumClient) { self.client = client }

    public func reference(_ tag: SettlementTag) async throws(LayerError) -> L1BlockReference? {
        let name: BlockName =
            switch tag {
            case .latest: .latest
            case .safe: .safe
            case .finalized: .finalized
            }
        do throws(EthereumClientError) {
            let header = try await client.header(name)
            return L1BlockReference(
                number: header.header.number, hash: header.hash, parentHash: header.header.parentHash,
                timestamp: header.header.timestamp)
        } catch {
            switch error {
            case .notFound where tag != .latest, .refused where tag != .latest: return nil
            default: throw LayerError(.settlement, error)
            }
        }
    }

    public func block(_ number: UInt64) async throws(LayerError) -> L1Block? {
        try await known { () async throws(EthereumClientError) in
            let block = try await client.block(.number(number))
            let receipts = try await client.receipts(of: HashedHeader(block.header))
            return L1Block(
                header: block.header, hash: block.hash, transactions: block.transactions, receipts: receipts)
        }
    }

    public func hash(of number: UInt64) async throws(LayerError) -> Hash256? {
        try await known { () async throws(EthereumClientError) in try await client.header(.number(number)).hash }
    }

    public func has(_ block: BlockID) async throws(LayerError) -> Bool {
        var trouble: EthereumClientError?
        for endpoint in client.separately {
            do throws(EthereumClientError) {
                if try await endpoint.header(.number(block.number)).hash == block.hash { return true }
            } catch {
                if case .notFound = error { continue }
                trouble = error
            }
        }
        if let trouble { throw LayerError(.settlement, trouble) }
        return false
    }

    public func close() async { await client.close() }

    /// Nil for what L1 does not have.
    private func known<Result>(
        _ body: () async throws(EthereumClientError) -> Result
    ) async throws(LayerError) -> Result? {
        do throws(EthereumClientError) {
            return try await body()
        } catch {
            if case .notFound = error { return nil }
            throw LayerError(.settlement, error)
        }
    }
}

extension LayerError {
    /// What became of a question to a node, as the layer that asked it says it.
    ///
    /// A node that does not know a method, or has other parameters for it, will not learn them; what else it refuses may
    /// pass.
    public init(_ layer: Layer, _ error: EthereumClientError) {
        let severity: Severity =
            switch error {
            case .endpoint, .refused(-32_601, _, _), .refused(-32_602, _, _): .fatal
            case .refused, .unreachable, .malformed, .unproven, .notFound: .retry
            }
        self.init(layer, severity, error.message)
    }
}
