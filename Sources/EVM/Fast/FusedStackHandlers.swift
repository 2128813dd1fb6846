#if !hasFeature(Embedded)
    import Primitives

    // Several instructions that only move words, and operations on words moved.

    /// Two PUSHes of up to 64 bits.
    @c func mayflyPushTwo(
        _ ip: InstructionPointer, _ sp: StackPointer, _ t0: UInt64, _ t1: UInt64, _ t2: UInt64, _ t3: UInt64
    ) -> UInt32 {
        spill(sp, t0, t1, t2, t3)
        spill(sp + 4, operand(ip), 0, 0, 0)
        return next(ip + 24, sp + 8, operand(ip, 1), 0, 0, 0)
    }

    /// POPs in a row: the operand is their size in bytes.
    @c func mayflyPopMany(
        _ ip: InstructionPointer, _ sp: StackPointer, _ t0: UInt64, _ t1: UInt64, _ t2: UInt64, _ t3: UInt64
    ) -> UInt32 {
        nextReloading(ip + 16, slot(sp, below: operand(ip)))
    }

    /// SWAP1 and POP.
    @c func mayflyDropBelow(
        _ ip: InstructionPointer, _ sp: StackPointer, _ t0: UInt64, _ t1: UInt64, _ t2: UInt64, _ t3: UInt64
    ) -> UInt32 {
        next(ip + 8, sp - 4, t0, t1, t2, t3)
    }

    /// SWAPn and POP with n from 2 on: the operand is the distance in bytes.
    @c func mayflyReplace(
        _ ip: InstructionPointer, _ sp: StackPointer, _ t0: UInt64, _ t1: UInt64, _ t2: UInt64, _ t3: UInt64
    ) -> UInt32 {
        spill(slot(sp, below: operand(ip)), t0, t1, t2, t3)
        return nextReloading(ip + 16, sp - 4)
    }

    /// AND and OR.
    @c func mayflyAndOr(
        _ ip: InstructionPointer, _ sp: StackPointer, _ t0: UInt64, _ t1: UInt64, _ t2: UInt64, _ t3: UInt64
    ) -> UInt32 {
        next(ip + 8, sp - 8, (UInt256(limbs: t0, t1, t2, t3) & word(sp - 4)) | word(sp - 8))
    }

    /// SWAP1 and SUB.
    @c func mayflyReversedSubtract(
        _ ip: InstructionPointer, _ sp: StackPointer, _ t0: UInt64, _ t1: UInt64, _ t2: UInt64, _ t3: UInt64
    ) -> UInt32 {
        next(ip + 8, sp - 4, word(sp - 4) &- UInt256(limbs: t0, t1, t2, t3))
    }

    /// SWAP1 and DIV.
    @c func mayflyReversedDivide(
        _ ip: InstructionPointer, _ sp: StackPointer, _ t0: UInt64, _ t1: UInt64, _ t2: UInt64, _ t3: UInt64
    ) -> UInt32 {
        let dividend = word(sp - 4)
        if (t1 | t2 | t3) == 0, dividend.fitsUInt64 {
            return next(ip + 8, sp - 4, t0 == 0 ? 0 : dividend.limb0 / t0, 0, 0, 0)
        }
        return outOfLine(ip, sp, t0, t1, t2, t3, takes: 1, divideReversed)
    }

    @inline(never)
    private func divideReversed(_ top: UnsafeMutablePointer<UInt256>) { top[-1] = top[-1] / top[0] }
#endif
