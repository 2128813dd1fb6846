public import EVM
public import Primitives

/// The rule for which a call is not executed.
public enum CallRejection: Error, Equatable, Sendable {
    case nonceTooLow(call: UInt64, state: UInt64)
    case nonceTooHigh(call: UInt64, state: UInt64)
    /// EIP-2681.
    case nonceAtMaximum(UInt64)
    case tipAboveFeeCap(tip: UInt256, cap: UInt256)
    case feeCapBelowBaseFee(cap: UInt256, baseFee: UInt256)
    case blobFeeCapTooLow(cap: UInt256, baseFee: UInt256)
    case blobCallCreatesContract
    case noBlobs
    /// EIP-7594.
    case tooManyBlobs
    /// The hash at this place has a version other than 1.
    case unknownBlobVersion(index: Int)
    case setCodeCallCreatesContract
    case noAuthorizations
    /// EIP-3860.
    case initCodeTooLarge(count: Int)
    /// Fees and value do not fit 256 bits.
    case costOverflow
    case insufficientFunds(balance: UInt256, cost: UInt256)
    case gasBelowIntrinsic(gas: UInt64, intrinsic: UInt64)
    /// EIP-7623.
    case gasBelowFloor(gas: UInt64, floor: UInt64)
}

/// Why a call was not executed.
public enum CallFailure: Error, Equatable, Sendable {
    /// The state is as before.
    case rejected(CallRejection)
    /// The state could not be read; the execution is of no more use.
    case state(StateError)
}

/// What a call came to.
public struct CallResult: Sendable {
    public var outcome: Outcome
    /// The output, or what a revert says.
    public var output: [UInt8]
    /// What is charged: after refunds, and no less than the floor of the call data (EIP-7623).
    public var gasUsed: UInt64
    /// What was in use at the most: before refunds, and no less than the floor.
    public var peakGas: UInt64
    public var logs: [Log]
    public var createdAddress: Address?
}
