public import Primitives

/// A message that the outer loop is about to begin. The input lies in the parent's memory, or in the caller's array.
@usableFromInline
struct CallRequest {
    @usableFromInline var kind: CallKind
    @usableFromInline var isStatic: Bool
    @usableFromInline var depth: Int
    @usableFromInline var gas: Int64
    @usableFromInline var caller: Address
    @usableFromInline var callerHandle: AccountHandle
    @usableFromInline var recipient: Address
    @usableFromInline var recipientHandle: AccountHandle
    @usableFromInline var codeAddress: Address
    @usableFromInline var value: UInt256
    /// Empty for a creation, whose `code` is the initialisation code.
    @usableFromInline var input: UnsafeRawBufferPointer
    /// Nil where a precompile runs.
    @usableFromInline var code: Code?
    @usableFromInline var precompile: Precompile?
    /// Where the parent wants the output: a range of its memory.
    @usableFromInline var outputOffset: Int
    @usableFromInline var outputCount: Int

    @inlinable
    init(
        kind: CallKind, isStatic: Bool, depth: Int, gas: Int64, caller: Address, callerHandle: AccountHandle,
        recipient: Address, recipientHandle: AccountHandle, codeAddress: Address, value: UInt256,
        input: UnsafeRawBufferPointer, code: Code?, precompile: Precompile?, outputOffset: Int = 0,
        outputCount: Int = 0
    ) {
        self.kind = kind
        self.isStatic = isStatic
        self.depth = depth
        self.gas = gas
        self.caller = caller
        self.callerHandle = callerHandle
        self.recipient = recipient
        self.recipientHandle = recipientHandle
        self.codeAddress = codeAddress
        self.value = value
        self.input = input
        self.code = code
        self.precompile = precompile
        self.outputOffset = outputOffset
        self.outputCount = outputCount
    }
}

extension CallKind {
    /// CREATE or CREATE2.
    @inlinable @inline(__always)
    public var isCreation: Bool { rawValue >= CallKind.create.rawValue }
}

/// What an instruction of the outer loop came to.
@frozen
@usableFromInline
enum Action {
    /// The frame goes on.
    case proceed
    /// The frame goes on behind a message that is over already.
    case called
    /// A new frame is ready one level deeper.
    case enter
    /// The frame is over.
    case finish(Outcome)

    @inlinable @inline(__always)
    static func halt(_ halt: Halt) -> Action { .finish(.halt(halt)) }
}
