public import EVM
import Primitives

/// One block being executed: first what comes before its transactions, then these one by one, then what comes after.
///
/// A verifier drives it with a block's transactions and compares what `finish` gives with the block's header; a block
/// builder drives it with the transactions it has and makes the header of what `finish` gives.
public struct BlockExecution: ~Copyable {
    public let chain: ChainConfiguration
    public let revision: Revision
    /// The OP Stack's rules, where the chain runs under them.
    public let optimism: OptimismRevision?
    public internal(set) var environment: BlockEnvironment
    let blobParameters: BlobParameters?
    let source: StateSource

    var state: JournaledState
    var machine: Machine

    /// The gas that the transactions so far have used.
    public internal(set) var gasUsed: UInt64 = 0
    public internal(set) var blobGasUsed: UInt64 = 0
    public internal(set) var receipts: [Receipt] = []
    /// What may be in the logs of all receipts.
    public internal(set) var logsBloom = LogsBloom()
    var bloomBits = BloomBits()
    /// OP Stack, from Jovian on: the estimated data of the transactions, in gas.
    public internal(set) var dataFootprint: UInt64 = 0
    /// OP Stack: what the L1 attributes say about fees, from the first transaction that pays any.
    var feeParameters: RollupFeeParameters?
    var fastLZ = FastLZ()

    /// Begins a block on top of the state of `source`.
    ///
    /// - Parameters:
    ///   - header: what is known of the block before its transactions run; other fields are not looked at.
    ///   - revision: where the caller knows it, else what the chain's schedule says.
    ///   - codes: codes that earlier blocks have run.
    ///   - seed: as for `JournaledState`. By default of the header's hash, which nobody knows who makes a transaction of a
    ///     block with a known header; to build a block takes another one.
    public init(
        header: BlockHeader, chain: ChainConfiguration, revision: Revision? = nil, source: StateSource,
        codes: CodeCache = CodeCache(), seed: UInt64? = nil
    ) {
        let revision = revision ?? chain.revision(number: header.number, timestamp: header.timestamp)
        let upgrade = chain.opStack?.upgrade(timestamp: header.timestamp)
        self.chain = chain
        self.revision = revision
        self.source = source
        optimism = upgrade
        blobParameters = chain.blobParameters(timestamp: header.timestamp)
        let blobBaseFee: UInt256
        if chain.opStack != nil {
            blobBaseFee = revision >= .cancun ? 1 : 0
        } else {
            blobBaseFee = blobParameters?.baseFee(excessBlobGas: header.excessBlobGas ?? 0) ?? 0
        }
        environment = BlockEnvironment(
            coinbase: header.coinbase, number: header.number, timestamp: header.timestamp,
            gasLimit: header.gasLimit,
            difficultyOrRandomness: revision >= .paris ? UInt256(header.mixHash) : header.difficulty,
            baseFee: header.baseFee ?? 0, blobBaseFee: blobBaseFee, chainID: UInt256(chain.chainID))
        let rules = Rules(revision, optimism: upgrade)
        machine = Machine(rules: rules)
        machine.setBlock(environment)
        state = JournaledState(source: source, codes: codes, rules: rules, seed: seed ?? header.hash.word0)
    }

    /// What the block has changed so far.
    public func stateDiff() -> StateDiff { state.diff() }

    var isOPStack: Bool { optimism != nil }

    /// How many blobs the block still has room for.
    public var blobsAvailable: UInt64 {
        (blobParameters?.maximum ?? 0) &- blobGasUsed / BlobParameters.gasPerBlob
    }
}
