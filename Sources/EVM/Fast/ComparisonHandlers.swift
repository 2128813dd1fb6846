#if !hasFeature(Embedded)
    import Primitives

    // LT to CLZ.

    @c func mayflyLessThan(
        _ ip: InstructionPointer, _ sp: StackPointer, _ t0: UInt64, _ t1: UInt64, _ t2: UInt64, _ t3: UInt64
    ) -> UInt32 {
        binary(ip, sp, t0, t1, t2, t3) { UInt256($0 < $1) }
    }

    @c func mayflyGreaterThan(
        _ ip: InstructionPointer, _ sp: StackPointer, _ t0: UInt64, _ t1: UInt64, _ t2: UInt64, _ t3: UInt64
    ) -> UInt32 {
        binary(ip, sp, t0, t1, t2, t3) { UInt256($1 < $0) }
    }

    @c func mayflySignedLessThan(
        _ ip: InstructionPointer, _ sp: StackPointer, _ t0: UInt64, _ t1: UInt64, _ t2: UInt64, _ t3: UInt64
    ) -> UInt32 {
        binary(ip, sp, t0, t1, t2, t3) { UInt256($0.isSignedLess(than: $1)) }
    }

    @c func mayflySignedGreaterThan(
        _ ip: InstructionPointer, _ sp: StackPointer, _ t0: UInt64, _ t1: UInt64, _ t2: UInt64, _ t3: UInt64
    ) -> UInt32 {
        binary(ip, sp, t0, t1, t2, t3) { UInt256($1.isSignedLess(than: $0)) }
    }

    @c func mayflyEqual(
        _ ip: InstructionPointer, _ sp: StackPointer, _ t0: UInt64, _ t1: UInt64, _ t2: UInt64, _ t3: UInt64
    ) -> UInt32 {
        binary(ip, sp, t0, t1, t2, t3) { UInt256($0 == $1) }
    }

    @c func mayflyAnd(
        _ ip: InstructionPointer, _ sp: StackPointer, _ t0: UInt64, _ t1: UInt64, _ t2: UInt64, _ t3: UInt64
    ) -> UInt32 {
        binary(ip, sp, t0, t1, t2, t3) { $0 & $1 }
    }

    @c func mayflyOr(
        _ ip: InstructionPointer, _ sp: StackPointer, _ t0: UInt64, _ t1: UInt64, _ t2: UInt64, _ t3: UInt64
    ) -> UInt32 {
        binary(ip, sp, t0, t1, t2, t3) { $0 | $1 }
    }

    @c func mayflyExclusiveOr(
        _ ip: InstructionPointer, _ sp: StackPointer, _ t0: UInt64, _ t1: UInt64, _ t2: UInt64, _ t3: UInt64
    ) -> UInt32 {
        binary(ip, sp, t0, t1, t2, t3) { $0 ^ $1 }
    }

    @c func mayflyByte(
        _ ip: InstructionPointer, _ sp: StackPointer, _ t0: UInt64, _ t1: UInt64, _ t2: UInt64, _ t3: UInt64
    ) -> UInt32 {
        binary(ip, sp, t0, t1, t2, t3) { $1.byte(at: $0) }
    }

    @c func mayflyShiftLeft(
        _ ip: InstructionPointer, _ sp: StackPointer, _ t0: UInt64, _ t1: UInt64, _ t2: UInt64, _ t3: UInt64
    ) -> UInt32 {
        binary(ip, sp, t0, t1, t2, t3) { $1.shiftedLeft(byWord: $0) }
    }

    @c func mayflyShiftRight(
        _ ip: InstructionPointer, _ sp: StackPointer, _ t0: UInt64, _ t1: UInt64, _ t2: UInt64, _ t3: UInt64
    ) -> UInt32 {
        binary(ip, sp, t0, t1, t2, t3) { $1.shiftedRight(byWord: $0) }
    }

    @c func mayflyArithmeticShiftRight(
        _ ip: InstructionPointer, _ sp: StackPointer, _ t0: UInt64, _ t1: UInt64, _ t2: UInt64, _ t3: UInt64
    ) -> UInt32 {
        binary(ip, sp, t0, t1, t2, t3) { $1.arithmeticShiftedRight(byWord: $0) }
    }

    @c func mayflyIsZero(
        _ ip: InstructionPointer, _ sp: StackPointer, _ t0: UInt64, _ t1: UInt64, _ t2: UInt64, _ t3: UInt64
    ) -> UInt32 {
        next(ip + 8, sp, UInt256(UInt256(limbs: t0, t1, t2, t3).isZero))
    }

    @c func mayflyNot(
        _ ip: InstructionPointer, _ sp: StackPointer, _ t0: UInt64, _ t1: UInt64, _ t2: UInt64, _ t3: UInt64
    ) -> UInt32 {
        next(ip + 8, sp, ~t0, ~t1, ~t2, ~t3)
    }

    @c func mayflyCountLeadingZeros(
        _ ip: InstructionPointer, _ sp: StackPointer, _ t0: UInt64, _ t1: UInt64, _ t2: UInt64, _ t3: UInt64
    ) -> UInt32 {
        next(ip + 8, sp, UInt64(truncatingIfNeeded: 256 &- UInt256(limbs: t0, t1, t2, t3).bitWidth), 0, 0, 0)
    }
#endif
