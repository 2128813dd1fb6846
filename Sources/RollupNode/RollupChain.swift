public import Blockchain
public import Derivation
import Dispatch
import EVM
public import Primitives
public import StateTransition
public import Storage

/// A rollup's chain as derivation speaks of it; what takes long runs on a thread of its own.
public struct RollupChain: Sendable {
    public let chain: Chain
    /// As it is known by now: L1 says some of it.
    private let known = Latest<RollupConfiguration>()
    private let file: RollupConfiguration
    private let queue = DispatchQueue(label: "mayfly.rollup", qos: .userInitiated)

    /// Why a chain does not go with a rollup's configuration.
    public enum Mismatch: Error, Equatable, Sendable {
        case chainID(chain: UInt64, rollup: UInt64)
        case genesis(chain: Hash256, rollup: Hash256)
        case noRollup
    }

    /// - Throws: where the chain is not the one that the configuration is of.
    public init(_ chain: Chain, _ configuration: RollupConfiguration) throws(Mismatch) {
        guard chain.configuration.opStack != nil else { throw .noRollup }
        guard chain.configuration.chainID == configuration.l2ChainID else {
            throw .chainID(chain: chain.configuration.chainID, rollup: configuration.l2ChainID)
        }
        guard chain.database.genesis.hash == configuration.genesis.l2.hash else {
            throw .genesis(chain: chain.database.genesis.hash, rollup: configuration.genesis.l2.hash)
        }
        self.chain = chain
        file = configuration
    }

    /// The rollup's, with what L1 has said.
    public var configuration: RollupConfiguration { known.value ?? file }

    /// Learns what the rollup's file does not say of L1.
    func complete(_ configuration: RollupConfiguration) { known.set(configuration) }

    /// Runs what takes long away from the threads that others wait for.
    public func run<Result: Sendable>(
        _ body: @escaping @Sendable () throws(ChainError) -> Result
    ) async throws(ChainError) -> Result {
        let result: Swift.Result<Result, ChainError> = await withCheckedContinuation { continuation in
            queue.async { continuation.resume(returning: Swift.Result { () throws(ChainError) in try body() }) }
        }
        return try result.get()
    }

    // MARK: Reading

    /// The block of the chain with a number, as derivation knows it; nil where there is none.
    public func reference(_ number: UInt64) throws(ChainError) -> L2BlockReference? {
        let view = try chain.view()
        guard let block = try view.reference(.number(number)) else { return nil }
        return try reference(block, view)
    }

    /// What derivation knows a block by.
    public func reference(_ block: BlockReference, _ view: ChainView) throws(ChainError) -> L2BlockReference? {
        guard let whole = try view.block(block) else { return nil }
        return configuration.reference(
            header: whole.header, hash: block.hash, firstTransaction: whole.transactions.first)
    }

    /// The head of the chain.
    public func head() throws(ChainError) -> L2BlockReference {
        let view = try chain.view()
        guard let head = try reference(view.head, view) else { throw .unknownBlock(view.head.hash) }
        return head
    }

    /// What holds in a block of the chain.
    public func systemConfig(in block: BlockID) throws(ChainError) -> SystemConfig {
        let view = try chain.view()
        guard let whole = try view.block(BlockReference(number: block.number, hash: block.hash)),
            let config = configuration.systemConfig(
                header: whole.header, firstTransaction: whole.transactions.first)
        else { throw .unknownBlock(block.hash) }
        return config
    }

    public func isCanonical(_ block: BlockID) throws(ChainError) -> Bool {
        try chain.view().isCanonical(BlockReference(number: block.number, hash: block.hash))
    }
}

extension BlockAttributes {
    /// A rollup's attributes as the builder of blocks takes them.
    ///
    /// - Throws: where a transaction among them is none.
    public init(_ attributes: PayloadAttributes) throws(TransactionDecodingError) {
        self.init(
            timestamp: attributes.timestamp, randomness: attributes.prevRandao,
            feeRecipient: attributes.suggestedFeeRecipient, withdrawals: [],
            parentBeaconBlockRoot: attributes.parentBeaconBlockRoot, gasLimit: attributes.gasLimit)
        for encoded in attributes.transactions { transactions.append(try Transaction(decoding: encoded)) }
        baseFeeParameters = attributes.eip1559Parameters
        minimumBaseFee = attributes.minimumBaseFee
    }
}
