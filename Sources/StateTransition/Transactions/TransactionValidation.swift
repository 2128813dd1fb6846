public import EVM
public import Primitives

/// Why a transaction was not executed.
public enum TransactionFailure: Error, Equatable, Sendable {
    /// The transaction may not be in the block here; the state is as before.
    case invalid(InvalidTransaction)
    /// The state could not be read; nothing is known about the transaction, and the execution is of no more use.
    case state(StateError)
}

extension Transaction {
    /// Checks what needs neither a block nor the state: type, limits, and that what must be there is.
    public func validate(revision: Revision) throws(InvalidTransaction) {
        try validate(revision: revision, intrinsic: IntrinsicGas(of: self, revision: revision))
    }

    func validate(revision: Revision, intrinsic: IntrinsicGas) throws(InvalidTransaction) {
        guard isAvailable(in: revision) else { throw .typeNotAvailable }
        if nonce == .max { throw .nonceAtMaximum }
        if revision >= .osaka && gasLimit > Self.largestGasLimit { throw .gasLimitAboveCap }
        if maxPriorityFeePerGas > maxFeePerGas { throw .tipAboveFeeCap }
        if maxFeePerGas.multiplying(UInt256(gasLimit)) == nil { throw .feeOverflow }
        if to == nil && revision >= .shanghai && input.count > Machine.initCodeLimit { throw .initCodeTooLarge }
        guard gasLimit >= intrinsic.gas, gasLimit >= intrinsic.floor else { throw .gasLimitBelowIntrinsic }
        if kind == .blob {
            if to == nil { throw .blobTransactionCreatesContract }
            if blobHashes.isEmpty { throw .noBlobs }
            if revision >= .osaka && blobHashes.count > BlobParameters.transactionMaximum { throw .tooManyBlobs }
            for hash in blobHashes where UInt64(bigEndian: hash.word0) >> 56 != 1 { throw .unknownBlobVersion }
        }
        if kind == .setCode {
            if to == nil { throw .setCodeTransactionCreatesContract }
            if authorizations.isEmpty { throw .noAuthorizations }
        }
    }

    /// Checks what needs a block.
    ///
    /// - Parameters:
    ///   - environment: the block's; its base fees are zero in eras without them.
    ///   - gasAvailable: what earlier transactions left of the block's gas.
    ///   - blobsAvailable: what they left of its blobs.
    func validate(
        in environment: BlockEnvironment, gasAvailable: UInt64, blobsAvailable: UInt64
    ) throws(InvalidTransaction) {
        if let chainID, UInt256(chainID) != environment.chainID { throw .wrongChainID }
        guard gasLimit <= gasAvailable else { throw .gasLimitAboveBlock }
        if maxFeePerGas < environment.baseFee { throw .feeCapBelowBaseFee }
        if UInt64(blobHashes.count) > blobsAvailable { throw .tooManyBlobs }
        if kind == .blob && maxFeePerBlobGas < environment.blobBaseFee { throw .blobFeeCapTooLow }
    }

    /// Whether the revision has the type; deposits are a matter of the chain, not of the revision.
    func isAvailable(in revision: Revision) -> Bool {
        switch kind {
        case .legacy: true
        case .accessList: revision >= .berlin
        case .dynamicFee: revision >= .london
        case .blob: revision >= .cancun
        case .setCode: revision >= .prague
        case .deposit: false
        }
    }

    /// EIP-7825.
    public static var largestGasLimit: UInt64 { 1 << 24 }

    /// The blob gas that the transaction uses.
    public var blobGas: UInt64 { UInt64(blobHashes.count) &* BlobParameters.gasPerBlob }

    /// The most that the transaction can take from its sender, wei; nil where that is over 256 bits.
    public var greatestCost: UInt256? {
        maxFeePerGas.multiplying(UInt256(gasLimit))?.adding(value)?.adding(
            maxFeePerBlobGas.multiplying(UInt256(blobGas)) ?? .max)
    }
}
