#if !hasFeature(Embedded)
    import Primitives

    // ADD to SIGNEXTEND. Each takes the top word in limbs and the others from their slots.

    /// An instruction that makes one word of two.
    @inline(__always)
    func binary(
        _ ip: InstructionPointer, _ sp: StackPointer, _ t0: UInt64, _ t1: UInt64, _ t2: UInt64, _ t3: UInt64,
        _ operation: (UInt256, UInt256) -> UInt256
    ) -> UInt32 {
        next(ip + 8, sp - 4, operation(UInt256(limbs: t0, t1, t2, t3), word(sp - 4)))
    }

    /// An instruction too long to inline: `operation` works on the stack in memory and leaves its result `words` below.
    @inline(__always)
    func outOfLine(
        _ ip: InstructionPointer, _ sp: StackPointer, _ t0: UInt64, _ t1: UInt64, _ t2: UInt64, _ t3: UInt64,
        takes words: Int, _ operation: (UnsafeMutablePointer<UInt256>) -> Void
    ) -> UInt32 {
        spill(sp, t0, t1, t2, t3)
        operation(EVM.words(sp))
        return nextReloading(ip + 8, sp - 4 &* words)
    }

    @c func mayflyAdd(
        _ ip: InstructionPointer, _ sp: StackPointer, _ t0: UInt64, _ t1: UInt64, _ t2: UInt64, _ t3: UInt64
    ) -> UInt32 {
        binary(ip, sp, t0, t1, t2, t3) { $0 &+ $1 }
    }

    @c func mayflyMultiply(
        _ ip: InstructionPointer, _ sp: StackPointer, _ t0: UInt64, _ t1: UInt64, _ t2: UInt64, _ t3: UInt64
    ) -> UInt32 {
        binary(ip, sp, t0, t1, t2, t3) { $0 &* $1 }
    }

    @c func mayflySubtract(
        _ ip: InstructionPointer, _ sp: StackPointer, _ t0: UInt64, _ t1: UInt64, _ t2: UInt64, _ t3: UInt64
    ) -> UInt32 {
        binary(ip, sp, t0, t1, t2, t3) { $0 &- $1 }
    }

    @c func mayflyDivide(
        _ ip: InstructionPointer, _ sp: StackPointer, _ t0: UInt64, _ t1: UInt64, _ t2: UInt64, _ t3: UInt64
    ) -> UInt32 {
        let divisor = word(sp - 4)
        if (t1 | t2 | t3) == 0, divisor.fitsUInt64 {
            return next(ip + 8, sp - 4, divisor.limb0 == 0 ? 0 : t0 / divisor.limb0, 0, 0, 0)
        }
        return outOfLine(ip, sp, t0, t1, t2, t3, takes: 1, divide)
    }

    @c func mayflyRemainder(
        _ ip: InstructionPointer, _ sp: StackPointer, _ t0: UInt64, _ t1: UInt64, _ t2: UInt64, _ t3: UInt64
    ) -> UInt32 {
        let divisor = word(sp - 4)
        if (t1 | t2 | t3) == 0, divisor.fitsUInt64 {
            return next(ip + 8, sp - 4, divisor.limb0 == 0 ? 0 : t0 % divisor.limb0, 0, 0, 0)
        }
        return outOfLine(ip, sp, t0, t1, t2, t3, takes: 1, remainder)
    }

    @c func mayflySignedDivide(
        _ ip: InstructionPointer, _ sp: StackPointer, _ t0: UInt64, _ t1: UInt64, _ t2: UInt64, _ t3: UInt64
    ) -> UInt32 {
        outOfLine(ip, sp, t0, t1, t2, t3, takes: 1, signedDivide)
    }

    @c func mayflySignedRemainder(
        _ ip: InstructionPointer, _ sp: StackPointer, _ t0: UInt64, _ t1: UInt64, _ t2: UInt64, _ t3: UInt64
    ) -> UInt32 {
        outOfLine(ip, sp, t0, t1, t2, t3, takes: 1, signedRemainder)
    }

    @c func mayflyAddModulo(
        _ ip: InstructionPointer, _ sp: StackPointer, _ t0: UInt64, _ t1: UInt64, _ t2: UInt64, _ t3: UInt64
    ) -> UInt32 {
        outOfLine(ip, sp, t0, t1, t2, t3, takes: 2, addModulo)
    }

    @c func mayflyMultiplyModulo(
        _ ip: InstructionPointer, _ sp: StackPointer, _ t0: UInt64, _ t1: UInt64, _ t2: UInt64, _ t3: UInt64
    ) -> UInt32 {
        outOfLine(ip, sp, t0, t1, t2, t3, takes: 2, multiplyModulo)
    }

    @c func mayflyExponentiate(
        _ ip: InstructionPointer, _ sp: StackPointer, _ t0: UInt64, _ t1: UInt64, _ t2: UInt64, _ t3: UInt64
    ) -> UInt32 {
        let frame = frame(of: sp)
        frame.pointee.gas &-= GasSchedule.exponent(word(sp - 4), in: frame.pointee.context.pointee.revision)
        guard frame.pointee.gas >= 0 else { return halt(.outOfGas) }
        return outOfLine(ip, sp, t0, t1, t2, t3, takes: 1, exponentiate)
    }

    @c func mayflySignExtend(
        _ ip: InstructionPointer, _ sp: StackPointer, _ t0: UInt64, _ t1: UInt64, _ t2: UInt64, _ t3: UInt64
    ) -> UInt32 {
        binary(ip, sp, t0, t1, t2, t3) { $1.signExtended(fromByte: $0) }
    }

    // The long ones, on the stack in memory; each leaves its result where the last operand was.

    @inline(never)
    private func divide(_ top: UnsafeMutablePointer<UInt256>) { top[-1] = top[0] / top[-1] }

    @inline(never)
    private func remainder(_ top: UnsafeMutablePointer<UInt256>) { top[-1] = top[0] % top[-1] }

    @inline(never)
    private func signedDivide(_ top: UnsafeMutablePointer<UInt256>) {
        let (dividend, divisor) = (top[0], top[-1])
        let isNegative = dividend.isNegative != divisor.isNegative
        let quotient =
            (dividend.isNegative ? dividend.negated : dividend) / (divisor.isNegative ? divisor.negated : divisor)
        top[-1] = isNegative ? quotient.negated : quotient
    }

    @inline(never)
    private func signedRemainder(_ top: UnsafeMutablePointer<UInt256>) {
        top[-1] = top[0].signedRemainder(dividingBy: top[-1])
    }

    @inline(never)
    private func addModulo(_ top: UnsafeMutablePointer<UInt256>) {
        top[-2] = top[0].adding(top[-1], modulo: top[-2])
    }

    @inline(never)
    private func multiplyModulo(_ top: UnsafeMutablePointer<UInt256>) {
        top[-2] = top[0].multiplying(by: top[-1], modulo: top[-2])
    }

    @inline(never)
    private func exponentiate(_ top: UnsafeMutablePointer<UInt256>) { top[-1] = UInt256.power(top[0], top[-1]) }
#endif
