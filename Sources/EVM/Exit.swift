/// Why an inner loop gave control back to the outer one.
///
/// The inner loops run what touches nothing but the frame. An instruction that needs the host leaves the loop with its
/// operands still on the stack and its constant gas charged; the outer loop carries it out and comes back.
@frozen
public struct Exit: Equatable, Sendable, BitwiseCopyable {
    /// 0...255: the opcode of an instruction for the outer loop (STOP, RETURN and REVERT among them);
    /// from 256 on: an exceptional halt.
    public let code: UInt32

    @inlinable @inline(__always)
    public init(code: UInt32) { self.code = code }

    @inlinable @inline(__always)
    public init(_ halt: Halt) { code = 256 + UInt32(halt.rawValue) }

    /// The exit to the outer loop for `opcode`.
    @inlinable @inline(__always)
    public static func instruction(_ opcode: UInt8) -> Exit { Exit(code: UInt32(opcode)) }

    /// The frame has jumped backwards so often that predecoding pays; the program counter is at the JUMPDEST.
    @inlinable @inline(__always)
    public static var hot: Exit { Exit(code: 0x1_0000) }

    /// The halt of an instruction whose constant gas could not be paid: out of gas, like any other.
    @inlinable @inline(__always)
    public static var unpaid: Exit { Exit(code: 512 + UInt32(Halt.outOfGas.rawValue)) }

    /// The halt, where it is one.
    @inlinable @inline(__always)
    public var halt: Halt? { code < 256 ? nil : Halt(rawValue: UInt8(truncatingIfNeeded: code - 256)) }
}
