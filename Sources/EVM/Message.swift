public import Primitives

/// How a frame came to be.
public enum CallKind: UInt8, Sendable {
    case call
    case callCode
    case delegateCall
    case staticCall
    case create
    case create2
}

/// A request to run code: the message call or contract creation of a transaction, or one made by an instruction.
public struct Message: Sendable {
    public var kind: CallKind
    public var isStatic: Bool
    /// 0 for the transaction's own message, 1024 at most.
    public var depth: Int
    public var gas: Int64
    /// The account whose storage and balance the code works on; for a creation, the new account.
    public var recipient: Address
    /// The account whose code runs; differs from `recipient` in CALLCODE and DELEGATECALL.
    public var codeAddress: Address
    public var caller: Address
    /// Wei. In a DELEGATECALL the value that the parent saw, which does not move.
    public var value: UInt256
    /// Call data, or the initialisation code of a creation.
    public var input: [UInt8]
    /// The salt of CREATE2.
    public var salt: Hash256

    public init(
        kind: CallKind, isStatic: Bool = false, depth: Int = 0, gas: Int64, recipient: Address,
        codeAddress: Address, caller: Address, value: UInt256, input: [UInt8], salt: Hash256 = Hash256()
    ) {
        self.kind = kind
        self.isStatic = isStatic
        self.depth = depth
        self.gas = gas
        self.recipient = recipient
        self.codeAddress = codeAddress
        self.caller = caller
        self.value = value
        self.input = input
        self.salt = salt
    }
}

/// How a frame ended.
public enum Outcome: Equatable, Sendable {
    /// STOP, RETURN, SELFDESTRUCT or the end of the code.
    case success
    /// REVERT: state undone, gas left given back, output kept.
    case revert
    /// An exceptional halt: state undone, all gas gone, no output.
    case halt(Halt)
}

/// The exceptional halts (yellow paper 9.4.2, and the EIPs that added some).
public enum Halt: UInt8, Error, Equatable, Sendable {
    case outOfGas
    case stackUnderflow
    case stackOverflow
    case invalidJump
    /// An opcode that the revision does not define, or INVALID.
    case undefinedInstruction
    /// A state change in a static call (EIP-214).
    case staticModification
    /// RETURNDATACOPY beyond the return data (EIP-211).
    case returnDataOutOfBounds
    /// Initialisation code over the limit (EIP-3860).
    case initCodeTooLarge
    /// Deployed code over the limit (EIP-170).
    case codeTooLarge
    /// Deployed code that begins with 0xEF (EIP-3541).
    case codeStartsWithEF
    /// The new account's address already holds code, a nonce or storage (EIP-684, EIP-7610).
    case addressCollision
    case nonceOverflow
    case callDepthExceeded
    case insufficientBalance
    case precompileFailure
    /// Too little gas left for the code that a creation is to leave.
    case codeDepositUnpaid
}

/// What a message came to.
public struct ExecutionResult: Sendable {
    public var outcome: Outcome
    public var gasLeft: Int64
    /// The refund counter at the end; zero unless the outcome is success.
    public var gasRefund: Int64
    public var output: [UInt8]
    /// The account created, where the message was a creation that succeeded.
    public var createdAddress: Address?

    public init(
        outcome: Outcome, gasLeft: Int64, gasRefund: Int64 = 0, output: [UInt8] = [], createdAddress: Address? = nil
    ) {
        self.outcome = outcome
        self.gasLeft = gasLeft
        self.gasRefund = gasRefund
        self.output = output
        self.createdAddress = createdAddress
    }
}
