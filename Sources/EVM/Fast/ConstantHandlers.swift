#if !hasFeature(Embedded)
    import Primitives

    // PUSH of up to 64 bits, the operand, and an instruction on it and the word below.

    @c func mayflyAddSmall(
        _ ip: InstructionPointer, _ sp: StackPointer, _ t0: UInt64, _ t1: UInt64, _ t2: UInt64, _ t3: UInt64
    ) -> UInt32 {
        next(ip + 16, sp, UInt256(operand(ip)) &+ UInt256(limbs: t0, t1, t2, t3))
    }

    @c func mayflyMultiplySmall(
        _ ip: InstructionPointer, _ sp: StackPointer, _ t0: UInt64, _ t1: UInt64, _ t2: UInt64, _ t3: UInt64
    ) -> UInt32 {
        let factor = operand(ip)
        let (r0, c0) = multiplyAdd(t0, factor, 0, 0)
        let (r1, c1) = multiplyAdd(t1, factor, c0, 0)
        let (r2, c2) = multiplyAdd(t2, factor, c1, 0)
        return next(ip + 16, sp, r0, r1, r2, t3 &* factor &+ c2)
    }

    @c func mayflySubtractSmall(
        _ ip: InstructionPointer, _ sp: StackPointer, _ t0: UInt64, _ t1: UInt64, _ t2: UInt64, _ t3: UInt64
    ) -> UInt32 {
        next(ip + 16, sp, UInt256(operand(ip)) &- UInt256(limbs: t0, t1, t2, t3))
    }

    @c func mayflyReversedSubtractSmall(
        _ ip: InstructionPointer, _ sp: StackPointer, _ t0: UInt64, _ t1: UInt64, _ t2: UInt64, _ t3: UInt64
    ) -> UInt32 {
        next(ip + 16, sp, UInt256(limbs: t0, t1, t2, t3) &- UInt256(operand(ip)))
    }

    @c func mayflyAndSmall(
        _ ip: InstructionPointer, _ sp: StackPointer, _ t0: UInt64, _ t1: UInt64, _ t2: UInt64, _ t3: UInt64
    ) -> UInt32 {
        next(ip + 16, sp, t0 & operand(ip), 0, 0, 0)
    }

    @c func mayflyOrSmall(
        _ ip: InstructionPointer, _ sp: StackPointer, _ t0: UInt64, _ t1: UInt64, _ t2: UInt64, _ t3: UInt64
    ) -> UInt32 {
        next(ip + 16, sp, t0 | operand(ip), t1, t2, t3)
    }

    @c func mayflyLessThanSmall(
        _ ip: InstructionPointer, _ sp: StackPointer, _ t0: UInt64, _ t1: UInt64, _ t2: UInt64, _ t3: UInt64
    ) -> UInt32 {
        next(ip + 16, sp, UInt256(UInt256(operand(ip)) < UInt256(limbs: t0, t1, t2, t3)))
    }

    @c func mayflyGreaterThanSmall(
        _ ip: InstructionPointer, _ sp: StackPointer, _ t0: UInt64, _ t1: UInt64, _ t2: UInt64, _ t3: UInt64
    ) -> UInt32 {
        next(ip + 16, sp, UInt256(UInt256(limbs: t0, t1, t2, t3) < UInt256(operand(ip))))
    }

    @c func mayflyEqualSmall(
        _ ip: InstructionPointer, _ sp: StackPointer, _ t0: UInt64, _ t1: UInt64, _ t2: UInt64, _ t3: UInt64
    ) -> UInt32 {
        next(ip + 16, sp, UInt256((t0 ^ operand(ip)) | t1 | t2 | t3 == 0))
    }

    /// PUSH of any size and AND.
    @c func mayflyAndWide(
        _ ip: InstructionPointer, _ sp: StackPointer, _ t0: UInt64, _ t1: UInt64, _ t2: UInt64, _ t3: UInt64
    ) -> UInt32 {
        next(ip + 40, sp, t0 & operand(ip, 0), t1 & operand(ip, 1), t2 & operand(ip, 2), t3 & operand(ip, 3))
    }

    /// PUSH, SHR and AND with the word below.
    @c func mayflyShiftRightAnd(
        _ ip: InstructionPointer, _ sp: StackPointer, _ t0: UInt64, _ t1: UInt64, _ t2: UInt64, _ t3: UInt64
    ) -> UInt32 {
        next(ip + 16, sp - 4, (UInt256(limbs: t0, t1, t2, t3) >> operand(ip)) & word(sp - 4))
    }

    /// PUSH and SHL by a number of limbs and bits.
    @c func mayflyShiftLeft0(
        _ ip: InstructionPointer, _ sp: StackPointer, _ t0: UInt64, _ t1: UInt64, _ t2: UInt64, _ t3: UInt64
    ) -> UInt32 {
        next(ip + 16, sp, shiftedLeft(t0, t1, t2, t3, limbs: 0, bits: operand(ip)))
    }

    @c func mayflyShiftLeft1(
        _ ip: InstructionPointer, _ sp: StackPointer, _ t0: UInt64, _ t1: UInt64, _ t2: UInt64, _ t3: UInt64
    ) -> UInt32 {
        next(ip + 16, sp, shiftedLeft(t0, t1, t2, t3, limbs: 1, bits: operand(ip)))
    }

    @c func mayflyShiftLeft2(
        _ ip: InstructionPointer, _ sp: StackPointer, _ t0: UInt64, _ t1: UInt64, _ t2: UInt64, _ t3: UInt64
    ) -> UInt32 {
        next(ip + 16, sp, shiftedLeft(t0, t1, t2, t3, limbs: 2, bits: operand(ip)))
    }

    @c func mayflyShiftLeft3(
        _ ip: InstructionPointer, _ sp: StackPointer, _ t0: UInt64, _ t1: UInt64, _ t2: UInt64, _ t3: UInt64
    ) -> UInt32 {
        next(ip + 16, sp, shiftedLeft(t0, t1, t2, t3, limbs: 3, bits: operand(ip)))
    }

    /// PUSH and SHR by a number of limbs and bits.
    @c func mayflyShiftRight0(
        _ ip: InstructionPointer, _ sp: StackPointer, _ t0: UInt64, _ t1: UInt64, _ t2: UInt64, _ t3: UInt64
    ) -> UInt32 {
        next(ip + 16, sp, shiftedRight(t0, t1, t2, t3, limbs: 0, bits: operand(ip)))
    }

    @c func mayflyShiftRight1(
        _ ip: InstructionPointer, _ sp: StackPointer, _ t0: UInt64, _ t1: UInt64, _ t2: UInt64, _ t3: UInt64
    ) -> UInt32 {
        next(ip + 16, sp, shiftedRight(t0, t1, t2, t3, limbs: 1, bits: operand(ip)))
    }

    @c func mayflyShiftRight2(
        _ ip: InstructionPointer, _ sp: StackPointer, _ t0: UInt64, _ t1: UInt64, _ t2: UInt64, _ t3: UInt64
    ) -> UInt32 {
        next(ip + 16, sp, shiftedRight(t0, t1, t2, t3, limbs: 2, bits: operand(ip)))
    }

    @c func mayflyShiftRight3(
        _ ip: InstructionPointer, _ sp: StackPointer, _ t0: UInt64, _ t1: UInt64, _ t2: UInt64, _ t3: UInt64
    ) -> UInt32 {
        next(ip + 16, sp, shiftedRight(t0, t1, t2, t3, limbs: 3, bits: operand(ip)))
    }

    /// The upper half of two limbs shifted left by up to 63 bits.
    @inline(__always)
    private func upper(_ high: UInt64, _ low: UInt64, _ bits: UInt64) -> UInt64 {
        UInt64(truncatingIfNeeded: (((UInt128(high) &<< 64) | UInt128(low)) &<< UInt128(bits & 63)) &>> 64)
    }

    /// The lower half of two limbs shifted right by up to 63 bits.
    @inline(__always)
    private func lower(_ high: UInt64, _ low: UInt64, _ bits: UInt64) -> UInt64 {
        UInt64(truncatingIfNeeded: ((UInt128(high) &<< 64) | UInt128(low)) &>> UInt128(bits & 63))
    }

    @inline(__always)
    private func shiftedLeft(
        _ t0: UInt64, _ t1: UInt64, _ t2: UInt64, _ t3: UInt64, limbs: Int, bits: UInt64
    ) -> UInt256 {
        switch limbs {
        case 0: UInt256(limbs: t0 &<< bits, upper(t1, t0, bits), upper(t2, t1, bits), upper(t3, t2, bits))
        case 1: UInt256(limbs: 0, t0 &<< bits, upper(t1, t0, bits), upper(t2, t1, bits))
        case 2: UInt256(limbs: 0, 0, t0 &<< bits, upper(t1, t0, bits))
        default: UInt256(limbs: 0, 0, 0, t0 &<< bits)
        }
    }

    @inline(__always)
    private func shiftedRight(
        _ t0: UInt64, _ t1: UInt64, _ t2: UInt64, _ t3: UInt64, limbs: Int, bits: UInt64
    ) -> UInt256 {
        switch limbs {
        case 0: UInt256(limbs: lower(t1, t0, bits), lower(t2, t1, bits), lower(t3, t2, bits), t3 &>> bits)
        case 1: UInt256(limbs: lower(t2, t1, bits), lower(t3, t2, bits), t3 &>> bits, 0)
        case 2: UInt256(limbs: lower(t3, t2, bits), t3 &>> bits, 0, 0)
        default: UInt256(limbs: t3 &>> bits, 0, 0, 0)
        }
    }
#endif
