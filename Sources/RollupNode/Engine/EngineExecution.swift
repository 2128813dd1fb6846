public import Derivation
import EVM
public import EthereumClient
import JSONRPC
public import Layers
import Primitives
public import StateTransition

/// Another execution client, driven through the Engine API (OP Stack specification, execution engine): it executes the
/// blocks, and keeps them.
///
/// Headers and transactions that it gives hash to what they were asked for by. Whether a block is valid is its word: it is
/// the execution of this rollup.
public struct EngineExecution: ExecutionLayer {
    let client: EthereumClient
    private let configuration: RollupConfiguration
    private let ownParameters: BaseFeeParameters

    /// - Parameters:
    ///   - client: of the engine's endpoint, with the token that it asks for.
    ///   - ownParameters: the chain's own base-fee parameters, which zeros in attributes stand for.
    public init(_ client: EthereumClient, _ configuration: RollupConfiguration, ownParameters: BaseFeeParameters) {
        self.client = client
        self.configuration = configuration
        self.ownParameters = ownParameters
    }

    /// Checks that the client has the rollup's chain.
    ///
    /// - Throws: of severity fatal where it has another.
    public func check() async throws(LayerError) {
        let (chainID, genesis) = try await asking { () async throws(EthereumClientError) in
            (try await client.chainID(), try await client.header(.number(configuration.genesis.l2.number)).hash)
        }
        guard chainID == configuration.l2ChainID else {
            throw LayerError(
                .execution, .fatal,
                "the engine has chain \(chainID), and the rollup is chain \(configuration.l2ChainID)")
        }
        guard genesis == configuration.genesis.l2.hash else {
            throw LayerError(
                .execution, .fatal,
                "the engine's chain begins with block \(genesis), and the rollup with \(configuration.genesis.l2.hash): "
                    + "give it the rollup's genesis.json")
        }
    }

    public func heads() async throws(LayerError) -> ExecutionHeads {
        let head = try await asking { () async throws(EthereumClientError) in try await client.header(.latest) }
        return ExecutionHeads(
            head: BlockID(number: head.header.number, hash: head.hash), safe: try await marked(.safe),
            finalized: try await marked(.finalized))
    }

    public func block(_ number: UInt64) async throws(LayerError) -> L2BlockReference? {
        guard let block = try await known(.number(number)) else { return nil }
        return try reference(block)
    }

    public func contains(_ block: BlockID) async throws(LayerError) -> Bool {
        do throws(EthereumClientError) {
            return try await client.header(.number(block.number)).hash == block.hash
        } catch {
            if case .notFound = error { return false }
            throw LayerError(.execution, error)
        }
    }

    public func systemConfig(of block: BlockID) async throws(LayerError) -> SystemConfig {
        guard let found = try await known(.hash(block.hash)),
            let config = configuration.systemConfig(header: found.header, firstTransaction: found.transactions.first)
        else { throw Self.lost(block) }
        return config
    }

    public func output(of number: UInt64) async throws(LayerError) -> ExecutedOutput? {
        guard let block = try await known(.number(number)), let output = OutputRoot(block.header, hash: block.hash)
        else { return nil }
        return ExecutedOutput(block: try reference(block), output: output)
    }

    public func apply(_ derived: DerivedAttributes) async throws(LayerError) -> AppliedAttributes {
        if let present = try await known(.number(derived.parent.number + 1)) {
            // Since Isthmus a block's withdrawals are empty, whatever else its header says.
            let block = Block(header: present.header, transactions: present.transactions, withdrawals: [])
            if derived.attributes.mismatch(with: block, after: derived.parent.hash, ownParameters: ownParameters) == nil
            {
                return .present(try reference(present))
            }
        }
        return try await make(derived)
    }

    public func insert(_ blocks: [Block], movingHeadFrom head: BlockID) async throws(LayerError) {
        guard let last = blocks.last else { return }
        for block in blocks {
            let hash = block.header.hash
            let status = try await submit(
                block.header.parentBeaconBlockRoot, { json in json.payload(block, hash: hash) })
            switch status.verdict {
            case .valid: continue
            case .invalid(let why):
                throw LayerError(.execution, .retry, "the engine refuses block \(block.header.number): \(why)")
            case .waiting: throw Self.busy
            }
        }
        if try await heads().head == head { try await choose(last.header.hash) }
    }

    public func mark(safe: BlockID, finalized: BlockID) async throws(LayerError) {
        try await choose(try await heads().head.hash, safe: safe.hash, finalized: finalized.hash)
    }

    public func rewind(to number: UInt64) async throws(LayerError) {
        guard let block = try await known(.number(number)) else {
            throw LayerError(.execution, .reset, "the engine has no block \(number)")
        }
        try await choose(block.hash)
    }

    public func close() async { await client.close() }

    // MARK: Asking

    private func marked(_ name: BlockName) async throws(LayerError) -> BlockID? {
        do throws(EthereumClientError) {
            let header = try await client.header(name)
            return BlockID(number: header.header.number, hash: header.hash)
        } catch {
            switch error {
            // There is none yet, in the words of one client or another.
            case .notFound, .refused: return nil
            default: throw LayerError(.execution, error)
            }
        }
    }

    private func known(_ name: BlockName) async throws(LayerError) -> FetchedBlock? {
        do throws(EthereumClientError) {
            return try await client.block(name)
        } catch {
            if case .notFound = error { return nil }
            throw LayerError(.execution, error)
        }
    }

    private func reference(_ block: FetchedBlock) throws(LayerError) -> L2BlockReference {
        let reference = configuration.reference(
            header: block.header, hash: block.hash, firstTransaction: block.transactions.first)
        guard let reference else {
            throw LayerError(
                .execution, .fatal,
                "block \(block.header.number) of the engine is none of this rollup: is it the right one?")
        }
        return reference
    }

    func asking<Result>(
        _ body: () async throws(EthereumClientError) -> Result
    ) async throws(LayerError) -> Result {
        do throws(EthereumClientError) { return try await body() } catch { throw Self.failure(error) }
    }

    static func lost(_ block: BlockID) -> LayerError {
        LayerError(.execution, .reset, "the engine does not have block \(block.number) (\(block.hash)) any more")
    }

    static let busy = LayerError(.execution, .retry, "the engine is busy with blocks from before")
}
