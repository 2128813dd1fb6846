public import EVM
public import Primitives
import Trie

/// Verifies blocks of a chain: a state before the block and the block in, its outcome out.
public struct BlockVerifier: Sendable {
    public var chain: ChainConfiguration

    public init(chain: ChainConfiguration) { self.chain = chain }

    /// Bytes that the RLP of a block may have from Osaka on (EIP-7934).
    public static var largestBlock: Int { 8_388_608 }

    /// Verifies a block whose parent has been verified, but for its seal and its place in the choice of forks.
    ///
    /// - Parameters:
    ///   - ancestors: from the parent backwards; the parent alone where there can be no uncles.
    ///   - parentTotalDifficulty: only matters where a chain goes over to proof of stake.
    ///   - senders: of the transactions in order, where the caller has recovered them.
    ///   - source: the state after the parent.
    ///   - codes: codes that earlier blocks have run.
    /// - Throws: `InvalidBlock` naming the rule broken.
    public func verify(
        _ block: Block, ancestors: [Ancestor], parentTotalDifficulty: UInt256 = .max, senders: [Address]? = nil,
        source: StateSource, codes: CodeCache = CodeCache()
    ) throws(InvalidBlock) -> BlockOutcome {
        var tracer = NoTracer()
        return try verify(
            block, ancestors: ancestors, parentTotalDifficulty: parentTotalDifficulty, senders: senders,
            source: source, codes: codes, tracer: &tracer)
    }

    /// Verifies a block and lets `tracer` watch its execution.
    public func verify<T: Tracer & ~Copyable>(
        _ block: Block, ancestors: [Ancestor], parentTotalDifficulty: UInt256, senders: [Address]?,
        source: StateSource, codes: CodeCache, tracer: inout T
    ) throws(InvalidBlock) -> BlockOutcome {
        let header = block.header
        guard let parent = ancestors.first?.header else { throw .parentHash }
        let revision = chain.revision(
            number: header.number, timestamp: header.timestamp, parentTotalDifficulty: parentTotalDifficulty)
        try chain.verify(header, parent: parent, revision: revision)
        try verifyBody(block, ancestors, revision)

        var execution = BlockExecution(
            header: header, chain: chain, revision: revision, source: source, codes: codes)
        try execution.begin(header: header, tracer: &tracer)
        try execution.executeAll(block.transactions, senders: senders, tracer: &tracer)
        let outcome = try execution.finish(uncles: block.uncles, withdrawals: block.withdrawals, tracer: &tracer)
        try Self.compare(outcome, with: header)
        return outcome
    }

    /// Checks what the header says about the body.
    private func verifyBody(
        _ block: Block, _ ancestors: [Ancestor], _ revision: Revision
    ) throws(InvalidBlock) {
        guard (block.withdrawals != nil) == (revision >= .shanghai) else { throw .withdrawals }
        if chain.opStack != nil && block.withdrawals?.isEmpty == false { throw .withdrawals }
        if let opStack = chain.opStack {
            try RollupRules.verify(block.transactions, opStack.upgrade(timestamp: block.header.timestamp))
        }
        if revision >= .osaka && chain.opStack == nil && block.encoded.count > Self.largestBlock { throw .tooLarge }
        try chain.verifyUncles(of: block, ancestors: ancestors) { uncle in
            chain.revision(number: uncle.number, timestamp: uncle.timestamp, parentTotalDifficulty: .zero)
        }
        let transactions = block.transactions
        guard orderedRoot(count: transactions.count, { transactions[$0].encoded }) == block.header.transactionsRoot
        else {
            throw .transactionsRoot
        }
    }

    /// Compares what execution gave with what the header says.
    private static func compare(_ outcome: BlockOutcome, with header: BlockHeader) throws(InvalidBlock) {
        guard outcome.gasUsed == header.gasUsed else { throw .gasUsed }
        guard header.blobGasUsed == nil || outcome.blobGasUsed == header.blobGasUsed else { throw .blobGasUsed }
        guard outcome.receiptsRoot == header.receiptsRoot else { throw .receiptsRoot }
        guard outcome.logsBloom == header.logsBloom else { throw .logsBloom }
        guard outcome.withdrawalsRoot == header.withdrawalsRoot else { throw .withdrawalsRoot }
        guard outcome.requestsHash == header.requestsHash else { throw .requestsHash }
        guard outcome.stateRoot == header.stateRoot else { throw .stateRoot }
    }
}
