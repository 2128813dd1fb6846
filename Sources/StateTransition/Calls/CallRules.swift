import EVM
import Primitives

extension BlockExecution {
    /// The first rule that a call breaks, in the order in which they are looked at; nil where it may run.
    ///
    /// - Parameter checksAsTransaction: as for `call`.
    mutating func rejection(
        of call: Transaction, _ account: AccountHandle, _ intrinsic: IntrinsicGas, checksAsTransaction: Bool
    ) throws(StateError) -> CallRejection? {
        if checksAsTransaction {
            let nonce = try state.nonce(account)
            if call.nonce > nonce { return .nonceTooHigh(call: call.nonce, state: nonce) }
            if call.nonce < nonce { return .nonceTooLow(call: call.nonce, state: nonce) }
            if nonce == .max { return .nonceAtMaximum(nonce) }
        }
        if revision >= .london && (checksAsTransaction || !call.hasNoFees) {
            if call.maxPriorityFeePerGas > call.maxFeePerGas {
                return .tipAboveFeeCap(tip: call.maxPriorityFeePerGas, cap: call.maxFeePerGas)
            }
            if call.maxFeePerGas < environment.baseFee {
                return .feeCapBelowBaseFee(cap: call.maxFeePerGas, baseFee: environment.baseFee)
            }
        }
        if let fault = blobFault(of: call, checksFee: checksAsTransaction || !call.maxFeePerBlobGas.isZero) {
            return fault
        }
        if call.kind == .setCode || !call.authorizations.isEmpty {
            if call.to == nil { return .setCodeCallCreatesContract }
            if call.authorizations.isEmpty { return .noAuthorizations }
        }
        if call.to == nil && revision >= .shanghai && call.input.count > Machine.initCodeLimit {
            return .initCodeTooLarge(count: call.input.count)
        }
        guard let cost = call.greatestCost else { return .costOverflow }
        let balance = try state.balance(account)
        if balance < cost { return .insufficientFunds(balance: balance, cost: cost) }
        if call.gasLimit < intrinsic.gas { return .gasBelowIntrinsic(gas: call.gasLimit, intrinsic: intrinsic.gas) }
        if call.gasLimit < intrinsic.floor { return .gasBelowFloor(gas: call.gasLimit, floor: intrinsic.floor) }
        return nil
    }

    private func blobFault(of call: Transaction, checksFee: Bool) -> CallRejection? {
        guard call.kind == .blob || !call.blobHashes.isEmpty else { return nil }
        if call.to == nil { return .blobCallCreatesContract }
        if call.blobHashes.isEmpty { return .noBlobs }
        if revision >= .osaka && call.blobHashes.count > BlobParameters.transactionMaximum { return .tooManyBlobs }
        if let index = call.blobHashes.firstIndex(where: { UInt64(bigEndian: $0.word0) >> 56 != 1 }) {
            return .unknownBlobVersion(index: index)
        }
        if revision >= .cancun && checksFee && call.maxFeePerBlobGas < environment.blobBaseFee {
            return .blobFeeCapTooLow(cap: call.maxFeePerBlobGas, baseFee: environment.blobBaseFee)
        }
        return nil
    }
}

extension Transaction {
    /// Whether it says that it pays nothing for its gas.
    var hasNoFees: Bool { maxFeePerGas.isZero && maxPriorityFeePerGas.isZero }
}
