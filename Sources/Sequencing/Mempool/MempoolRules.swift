import EVM
import Primitives
import StateTransition

/// What the pool asks of a transaction whatever it holds and whoever sent it.
enum MempoolRules {
    /// Checks a transaction with all that is known of it.
    ///
    /// - Complexity: O(*n*) in the call data and lists.
    static func check(
        _ pooled: PooledTransaction, head: MempoolHead, configuration: MempoolConfiguration
    ) throws(MempoolError) {
        try check(pooled, pooled.sidecar?.sidecar, head: head, configuration: configuration)
        try checkProof(pooled, head: head)
    }

    /// Checks the transaction against the rules of the next block and the pool's own.
    ///
    /// - Parameters:
    ///   - sidecar: what came with it, proven or not; nil for nothing.
    /// - Complexity: O(*n*) in the call data and lists.
    static func check(
        _ pooled: PooledTransaction, _ sidecar: BlobSidecar?, head: MempoolHead, configuration: MempoolConfiguration
    ) throws(MempoolError) {
        let transaction = pooled.transaction
        if transaction.kind == .deposit || (transaction.kind == .blob && head.rollup != nil) {
            throw .typeNotSupported(transaction.kind.rawValue)
        }
        let limit = pooled.isBlob ? configuration.blobTransactionSize : configuration.transactionSize
        // Blobs count with it.
        let size = pooled.encoded.count + (sidecar?.size ?? 0)
        if size > limit { throw .oversized(size: size, limit: limit) }
        if let chainID = transaction.chainID, chainID != head.chainID {
            throw .wrongChainID(have: chainID, want: head.chainID)
        }
        do throws(InvalidTransaction) {
            try transaction.validate(revision: head.revision)
        } catch {
            throw MempoolError(error, transaction, head)
        }
        if transaction.gasLimit > head.gasLimit { throw .gasLimitAboveBlock }
        if transaction.maxPriorityFeePerGas < configuration.minimumTip {
            throw .tipBelowMinimum(tip: transaction.maxPriorityFeePerGas, minimum: configuration.minimumTip)
        }
        if pooled.isBlob { try checkBlobs(transaction, sidecar, head: head) }
    }

    private static func checkBlobs(
        _ transaction: Transaction, _ sidecar: BlobSidecar?, head: MempoolHead
    ) throws(MempoolError) {
        let count = transaction.blobHashes.count
        if transaction.maxFeePerBlobGas.isZero { throw .blobFeeCapBelowMinimum(cap: .zero) }
        if count > head.blobLimit { throw .tooManyBlobs(count: count, limit: head.blobLimit) }
        guard let sidecar else { throw .noSidecar }
        if sidecar.version == .cellProofs && head.revision < .osaka { throw unexpectedVersion(sidecar, head) }
    }

    /// Checks that the blobs of a transaction have been proven to be its own, in the form that the next block wants.
    private static func checkProof(_ pooled: PooledTransaction, head: MempoolHead) throws(MempoolError) {
        guard let sidecar = pooled.sidecar else { return }
        guard sidecar.hashes == pooled.transaction.blobHashes else {
            throw .sidecarFormat("blobs are not those of the transaction")
        }
        if sidecar.sidecar.version != wantedVersion(head) { throw unexpectedVersion(sidecar.sidecar, head) }
    }

    private static func wantedVersion(_ head: MempoolHead) -> BlobSidecar.Version {
        head.revision >= .osaka ? .cellProofs : .blobProofs
    }

    private static func unexpectedVersion(_ sidecar: BlobSidecar, _ head: MempoolHead) -> MempoolError {
        .sidecarFormat(
            "unexpected sidecar version, want: \(wantedVersion(head).rawValue), got: \(sidecar.version.rawValue)")
    }
}

extension MempoolError {
    /// The rule in the pool's words.
    fileprivate init(_ rule: InvalidTransaction, _ transaction: Transaction, _ head: MempoolHead) {
        let gas = transaction.gasLimit
        switch rule {
        case .typeNotAvailable:
            self = .typeTooEarly(transaction.kind.rawValue, revision: Self.firstRevision(of: transaction.kind))
        case .wrongChainID: self = .wrongChainID(have: transaction.chainID ?? 0, want: head.chainID)
        case .nonceAtMaximum: self = .nonceAtMaximum
        case .tipAboveFeeCap: self = .tipAboveFeeCap
        case .gasLimitAboveCap: self = .gasLimitAboveCap(gas: gas, cap: Transaction.largestGasLimit)
        case .gasLimitAboveBlock: self = .gasLimitAboveBlock
        case .gasLimitBelowIntrinsic:
            let needed = IntrinsicGas(of: transaction, revision: head.revision)
            if gas < needed.gas {
                self = .intrinsicGas(gas: gas, needed: needed.gas)
            } else {
                self = .floorGas(gas: gas, needed: needed.floor)
            }
        case .initCodeTooLarge:
            self = .initCodeTooLarge(size: transaction.input.count, limit: Machine.initCodeLimit)
        case .noBlobs: self = .noBlobs
        case .tooManyBlobs:
            self = .tooManyBlobs(count: transaction.blobHashes.count, limit: BlobParameters.transactionMaximum)
        case .unknownBlobVersion:
            let index = transaction.blobHashes.firstIndex { UInt64(bigEndian: $0.word0) >> 56 != 1 }
            self = .unknownBlobVersion(index: index ?? 0)
        case .blobTransactionCreatesContract: self = .blobTransactionCreatesContract
        case .noAuthorizations: self = .noAuthorizations
        case .setCodeTransactionCreatesContract: self = .setCodeTransactionCreatesContract
        case .feeOverflow, .insufficientFunds: self = .insufficientFunds(balance: .zero, cost: nil)
        case .misplacedDeposit: self = .typeNotSupported(transaction.kind.rawValue)
        // What needs an account or a block is not asked here.
        case .invalidSignature, .nonceTooLow, .nonceTooHigh, .feeCapBelowBaseFee, .senderHasCode, .blobFeeCapTooLow,
            .dataFootprintAboveBlock:
            self = .invalidSignature
        }
    }

    private static func firstRevision(of kind: Transaction.Kind) -> String {
        switch kind {
        case .legacy, .deposit: "Frontier"
        case .accessList: "Berlin"
        case .dynamicFee: "London"
        case .blob: "Cancun"
        case .setCode: "Prague"
        }
    }
}
