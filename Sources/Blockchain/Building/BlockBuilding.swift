import Cryptography
import EVM
import Primitives
import Sequencing
import StateTransition

/// One block being built: the transactions of the attributes, then those of the pool, as many as there is room for.
struct BlockBuilding: ~Copyable {
    /// Bytes of a block's RLP that are left for everything but transactions: header, withdrawals, list prefixes.
    private static let overhead = 16_384

    let header: BlockHeader
    private var execution: BlockExecution
    private var tracer = NoTracer()
    private var transactions: [Transaction] = []
    private var encoded: [[UInt8]] = []
    private var hashes: [Hash256] = []
    private var senders: [Address] = []
    private var sidecars: [VerifiedSidecar] = []
    private var fees: UInt256 = 0
    private var byteCount = 0
    private var allowance: DataAllowance
    /// Transactions that are in sub-blocks already.
    private var takenCount = 0
    /// Transactions of the pool that turned out not to be executable.
    private(set) var refused: [Hash256] = []

    /// - Parameters:
    ///   - limits: of the data that the pool's transactions bring.
    ///   - followsChanges: whether `takeSubBlock` is going to be called.
    init(
        header: BlockHeader, chain: ChainConfiguration, source: StateSource, codes: CodeCache, limits: DataLimits,
        followsChanges: Bool = false
    ) throws(ChainError) {
        self.header = header
        allowance = DataAllowance(limits)
        // The header is known to whoever reads the chain: the tables need a seed that is not.
        execution = BlockExecution(
            header: header, chain: chain, source: source, codes: codes, seed: .random(in: .min ... .max))
        if followsChanges { execution.followChanges() }
        do throws(InvalidBlock) {
            try execution.begin(header: header, tracer: &tracer)
        } catch {
            throw .invalid(error)
        }
    }

    /// Gas that is left for transactions.
    var gasAvailable: UInt64 { header.gasLimit &- execution.gasUsed }

    var gasUsed: UInt64 { execution.gasUsed }

    /// OP Stack, in gas.
    var dataFootprint: UInt64 { execution.dataFootprint }

    var count: Int { transactions.count }

    /// Whether the transactions bring as many data as they may.
    var isFullOfData: Bool { allowance.isUsedUp }

    /// What came since the last sub-block.
    ///
    /// - Parameter index: the sub-block's.
    mutating func takeSubBlock(index: Int) -> SubBlock {
        let first = takenCount
        takenCount = transactions.count
        let receipts = execution.receipts
        return SubBlock(
            index: index, firstTransaction: first, transactions: Array(transactions[first...]),
            encoded: Array(encoded[first...]), hashes: Array(hashes[first...]), senders: Array(senders[first...]),
            receipts: Array(receipts[first...]), gasUsed: execution.gasUsed, dataFootprint: execution.dataFootprint,
            blobGasUsed: execution.blobGasUsed, logsBloom: execution.logsBloom, changes: execution.takeChanges())
    }

    /// The pool's transactions that turned out not to be executable, once.
    mutating func takeRefused() -> [Hash256] {
        defer { refused = [] }
        return refused
    }

    /// Executes a transaction that the block must have.
    mutating func require(_ transaction: Transaction, sender: Address) throws(ChainError) {
        try require(
            RequiredTransaction(
                transaction: transaction, encoded: transaction.encoded, hash: transaction.hash, sender: sender))
    }

    /// Executes a transaction that the block must have.
    mutating func require(_ required: RequiredTransaction) throws(ChainError) {
        do throws(TransactionFailure) {
            let result = try execution.execute(required.transaction, sender: required.sender, tracer: &tracer)
            append(required.transaction, required.encoded, hash: required.hash, sender: required.sender, result)
        } catch {
            switch error {
            case .invalid(let rule): throw .invalid(.transaction(index: transactions.count, rule))
            case .state(let state): throw .invalid(.state(state))
            }
        }
    }

    /// Executes a transaction of the pool where it fits.
    ///
    /// - Returns: whether it is in the block.
    mutating func offer(_ pooled: PooledTransaction) throws(ChainError) -> Bool {
        guard byteCount + pooled.encoded.count + Self.overhead <= BlockVerifier.largestBlock,
            let dataSize = allowance.size(of: pooled.encoded)
        else { return false }
        do throws(TransactionFailure) {
            let result = try execution.execute(
                pooled.transaction, sender: pooled.sender, checksSenderCode: !pooled.isImpersonated, tracer: &tracer)
            append(pooled.transaction, pooled.encoded, hash: pooled.hash, sender: pooled.sender, result)
            if let sidecar = pooled.sidecar { sidecars.append(sidecar) }
            allowance.take(dataSize)
            return true
        } catch {
            switch error {
            case .invalid(.gasLimitAboveBlock), .invalid(.dataFootprintAboveBlock), .invalid(.nonceTooHigh): break
            case .invalid(.tooManyBlobs) where execution.blobsAvailable < UInt64(pooled.transaction.blobHashes.count):
                break
            case .invalid: refused.append(pooled.hash)
            case .state(let state): throw .invalid(.state(state))
            }
            return false
        }
    }

    private mutating func append(
        _ transaction: Transaction, _ bytes: [UInt8], hash: Hash256, sender: Address, _ result: TransactionResult
    ) {
        transactions.append(transaction)
        encoded.append(bytes)
        hashes.append(hash)
        senders.append(sender)
        byteCount += bytes.count + 4
        if transaction.deposit == nil {
            let tip = result.effectiveGasPrice &- (header.baseFee ?? 0)
            fees = fees &+ tip &* UInt256(result.gasUsed)
        }
    }

    /// Ends the block.
    mutating func seal(withdrawals: [Withdrawal]?) throws(ChainError) -> BuiltCandidate {
        do throws(InvalidBlock) {
            let outcome = try execution.finish(withdrawals: withdrawals, tracer: &tracer)
            let header = outcome.sealed(header, encodedTransactions: encoded)
            let block = Block(
                header: header, transactions: transactions,
                withdrawals: outcome.withdrawalsRoot == nil ? nil : withdrawals ?? [])
            let sealed = SealedBlock(
                block, transactionHashes: hashes, senders: senders, receipts: outcome.receipts,
                encodedByteCount: encodedByteCount(header, withdrawals))
            return BuiltCandidate(
                sealed: sealed, requests: outcome.requests, fees: fees, sidecars: sidecars, diff: outcome.stateDiff)
        } catch {
            throw .invalid(error)
        }
    }

    /// Bytes of the block's RLP.
    private func encodedByteCount(_ header: BlockHeader, _ withdrawals: [Withdrawal]?) -> Int {
        var transactionBytes = 0
        for (transaction, bytes) in zip(transactions, encoded) {
            transactionBytes += bytes.count
            if transaction.kind != .legacy { transactionBytes += Self.prefixByteCount(bytes.count) }
        }
        var bytes = header.encoded.count + transactionBytes + Self.prefixByteCount(transactionBytes) + 1
        if header.withdrawalsRoot != nil {
            let withdrawalBytes = (withdrawals ?? []).reduce(0) { $0 + $1.encoded.count }
            bytes += withdrawalBytes + Self.prefixByteCount(withdrawalBytes)
        }
        return bytes + Self.prefixByteCount(bytes)
    }

    /// Bytes of the prefix of an RLP string or list with this many bytes, more than one.
    private static func prefixByteCount(_ count: Int) -> Int {
        count < 56 ? 1 : 1 + (count.bitWidth - count.leadingZeroBitCount + 7) / 8
    }
}
