import Primitives

/// What there was to an exceptional halt beyond the rule that it broke: for those who explain it to somebody.
///
/// The machine finds it out only for tracers that ask (`Tracer.explainsHalts`), when the halt has happened already.
public enum HaltCause: Equatable, Sendable {
    /// The rule says it all.
    case rule
    /// An instruction that takes more words than there were.
    case stackUnderflow(height: Int, needed: Int)
    case undefinedInstruction(opcode: UInt8)
    /// The memory that an instruction names ends beyond 2⁶⁴.
    case memoryBeyondRange
    /// What an instruction costs is over 2⁶⁴: it names memory that ends beyond 0x1FFFFFFFE0.
    case priceBeyondRange
    /// What a call costs apart from the callee's gas could not be paid.
    case callUnpaid
    /// SSTORE with no more gas than a call's stipend (EIP-2200).
    case onlyStipendLeft
    /// An instruction that is refused in a static call before its price is known.
    case refusedBeforePriced
    /// The bytes of the initialisation code that was too large.
    case initCodeSize(UInt64)
    /// The bytes of the code that was too large.
    case codeSize(Int)
    case precompile(PrecompileFault)
}

extension Machine {
    /// What there was to a halt of a frame that the simple loop ran.
    @usableFromInline
    func cause(of halt: Halt, _ exit: Exit, _ frame: UnsafeMutablePointer<Frame>) -> HaltCause {
        if exit == .unpaid { return .rule }
        let height = frame.pointee.stackCount
        let counter = frame.pointee.programCounter
        switch halt {
        case .stackUnderflow:
            let needed = table[frame.pointee.code[counter]].stackInput
            return .stackUnderflow(height: height, needed: Int(needed))
        case .undefinedInstruction: return .undefinedInstruction(opcode: frame.pointee.code[counter])
        case .outOfGas, .staticModification, .initCodeTooLarge, .returnDataOutOfBounds:
            // The counter is behind the instruction, whose operands are still there.
            let opcode = frame.pointee.code[counter &- 1]
            return priceCause(of: halt, opcode, Frame.stackTop(of: frame), gas: frame.pointee.gas)
        default: return .rule
        }
    }

    private func priceCause(
        of halt: Halt, _ opcode: UInt8, _ top: UnsafeMutablePointer<UInt256>, gas: Int64
    ) -> HaltCause {
        guard let end = Self.memoryEnd(opcode, top) else { return .memoryBeyondRange }
        let isCall = opcode == 0xF1 || opcode == 0xF2 || opcode == 0xF4 || opcode == 0xFA
        if halt == .staticModification, opcode == 0x55 || opcode >= 0xF0 { return .refusedBeforePriced }
        if end > 0x1F_FFFF_FFE0 { return .priceBeyondRange }
        switch halt {
        case .initCodeTooLarge: return .initCodeSize(top[-2].limb0)
        case .outOfGas where isCall && revision >= .prague: return .callUnpaid
        // What could not be paid would have left less than nothing.
        case .outOfGas where opcode == 0x55 && revision >= .istanbul && gas >= 0: return .onlyStipendLeft
        default: return .rule
        }
    }

    /// Where the memory that an instruction names ends, rounded up to words; nil where that is beyond 2⁶⁴.
    private static func memoryEnd(_ opcode: UInt8, _ top: UnsafeMutablePointer<UInt256>) -> UInt64? {
        switch opcode {
        case 0x51, 0x52: end(top[0], 32)
        case 0x53: end(top[0], 1)
        case 0x20, 0xA0...0xA4, 0xF3, 0xFD: end(top[0], top[-1])
        case 0x37, 0x39, 0x3E: end(top[0], top[-2])
        case 0x3C: end(top[-1], top[-3])
        case 0x5E: end(max(top[0], top[-1]), top[-2])
        case 0xF0, 0xF5: end(top[-1], top[-2])
        case 0xF1, 0xF2: later(end(top[-3], top[-4]), end(top[-5], top[-6]))
        case 0xF4, 0xFA: later(end(top[-2], top[-3]), end(top[-4], top[-5]))
        default: 0
        }
    }

    private static func end(_ offset: UInt256, _ count: UInt256) -> UInt64? {
        if count.isZero { return 0 }
        guard let end = offset.adding(count)?.adding(31), end.fitsUInt64 else { return nil }
        return end.limb0 & ~31
    }

    private static func later(_ first: UInt64?, _ second: UInt64?) -> UInt64? {
        guard let first, let second else { return nil }
        return max(first, second)
    }
}
