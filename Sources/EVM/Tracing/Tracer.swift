public import Primitives

/// Watches an execution. It is a generic parameter of the machine, so that whatever a tracer does not ask for is not
/// compiled into the loop.
///
/// The order of events: `didEnter` for each message, in it `willExecute` and `didExecute` in pairs, around the whole
/// callee where the instruction is a call or creation, and `didExit`.
public protocol Tracer: ~Copyable {
    /// Whether `willExecute` and `didExecute` are wanted; code then runs in the simple loop.
    static var tracesInstructions: Bool { get }
    /// Whether `didEnter` and `didExit` are wanted.
    static var tracesMessages: Bool { get }
    /// Whether `didAccess`, `didReadStorage` and `didWriteStorage` are wanted.
    static var tracesState: Bool { get }
    /// Whether `didHalt` is wanted; code then runs in the simple loop, as the fast one halts ahead of a whole block.
    static var explainsHalts: Bool { get }

    /// An instruction is about to run; its gas is not charged yet.
    mutating func willExecute(_ step: InstructionStep)
    /// The instruction has run, or, if it starts a callee, has handed over; `gas` is what its frame has left.
    mutating func didExecute(gas: Int64, refund: Int64, halt: Halt?)
    /// The running message, or the precompile that it is, halts; the last event of it but `didExecute` and `didExit`.
    mutating func didHalt(_ halt: Halt, _ cause: HaltCause)
    mutating func didEnter(_ message: MessageSummary)
    mutating func didExit(_ result: MessageEnd)
    /// SELFDESTRUCT in the running message; counted among the messages.
    mutating func didSelfDestruct(_ account: Address, beneficiary: Address, balance: UInt256)
    /// A log of the running message; counted among the messages.
    mutating func didLog(_ account: Address, topics: [Hash256], data: UnsafeRawBufferPointer)
    /// Code read an account's fields, or is about to call or create it.
    mutating func didAccess(_ account: Address)
    mutating func didReadStorage(of account: Address, key: UInt256, value: UInt256)
    mutating func didWriteStorage(of account: Address, key: UInt256, value: UInt256)
}

extension Tracer where Self: ~Copyable {
    @inlinable public static var tracesInstructions: Bool { false }
    @inlinable public static var tracesMessages: Bool { false }
    @inlinable public static var tracesState: Bool { false }
    @inlinable public static var explainsHalts: Bool { false }
    @inlinable public mutating func willExecute(_ step: InstructionStep) {}
    @inlinable public mutating func didExecute(gas: Int64, refund: Int64, halt: Halt?) {}
    @inlinable public mutating func didHalt(_ halt: Halt, _ cause: HaltCause) {}
    @inlinable public mutating func didEnter(_ message: MessageSummary) {}
    @inlinable public mutating func didExit(_ result: MessageEnd) {}
    @inlinable
    public mutating func didSelfDestruct(_ account: Address, beneficiary: Address, balance: UInt256) {}
    @inlinable
    public mutating func didLog(_ account: Address, topics: [Hash256], data: UnsafeRawBufferPointer) {}
    @inlinable public mutating func didAccess(_ account: Address) {}
    @inlinable public mutating func didReadStorage(of account: Address, key: UInt256, value: UInt256) {}
    @inlinable public mutating func didWriteStorage(of account: Address, key: UInt256, value: UInt256) {}
}

/// Watches nothing and costs nothing.
public struct NoTracer: Tracer {
    @inlinable
    public init() {}
}

/// An instruction before it runs. The pointers are valid during the call only.
public struct InstructionStep {
    public let programCounter: Int
    public let opcode: UInt8
    /// What the frame has left before the instruction.
    public let gas: Int64
    public let refund: Int64
    /// 0 for the transaction's own message.
    public let depth: Int
    /// The account whose storage the code works on.
    public let recipient: Address
    /// The words on the stack, the top last.
    public let stack: UnsafeBufferPointer<UInt256>
    public let memory: UnsafeRawBufferPointer
    /// The output of the last call that the frame made.
    public let returnData: UnsafeRawBufferPointer

    @inlinable
    init(frame: UnsafeMutablePointer<Frame>, programCounter: Int, opcode: UInt8, gas: Int64, height: Int) {
        self.programCounter = programCounter
        self.opcode = opcode
        self.gas = gas
        refund = frame.pointee.refund
        depth = frame.pointee.depth
        recipient = frame.pointee.recipient
        stack = UnsafeBufferPointer(start: Frame.stackBase(of: frame), count: height)
        memory = UnsafeRawBufferPointer(start: frame.pointee.memory, count: frame.pointee.memoryCount)
        returnData = UnsafeRawBufferPointer(start: frame.pointee.returnData, count: frame.pointee.returnDataCount)
    }
}

/// A message as it begins. The pointers are valid during the call only.
public struct MessageSummary {
    public let kind: CallKind
    public let isStatic: Bool
    public let depth: Int
    public let gas: Int64
    public let caller: Address
    public let recipient: Address
    public let codeAddress: Address
    public let value: UInt256
    public let input: UnsafeRawBufferPointer
    public let isPrecompile: Bool

    @inlinable
    init(_ request: borrowing CallRequest) {
        kind = request.kind
        isStatic = request.isStatic
        depth = request.depth
        gas = request.gas
        caller = request.caller
        recipient = request.recipient
        codeAddress = request.codeAddress
        value = request.value
        input = request.input
        isPrecompile = request.precompile != nil
    }
}

/// A message as it ended. The output is valid until the next message begins.
public struct MessageEnd {
    public let outcome: Outcome
    public let gas: Int64
    public let refund: Int64
    /// The output; for a creation that succeeded, the code.
    public let output: UnsafeRawBufferPointer

    @inlinable
    init(outcome: Outcome, gas: Int64, refund: Int64 = 0, output: UnsafeRawBufferPointer? = nil) {
        self.outcome = outcome
        self.gas = gas
        self.refund = refund
        self.output = output ?? UnsafeRawBufferPointer(start: nil, count: 0)
    }
}
