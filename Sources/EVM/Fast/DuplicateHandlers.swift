#if !hasFeature(Embedded)
    import Primitives

    // DUPn and what is done with the copy. The first operand is the distance of the word from the top in bytes; where it
    // may be the top itself, the top goes to its slot first.

    @c func mayflyDuplicateAdd(
        _ ip: InstructionPointer, _ sp: StackPointer, _ t0: UInt64, _ t1: UInt64, _ t2: UInt64, _ t3: UInt64
    ) -> UInt32 {
        next(ip + 16, sp, word(slot(sp, below: operand(ip))) &+ UInt256(limbs: t0, t1, t2, t3))
    }

    @c func mayflyDuplicateMultiply(
        _ ip: InstructionPointer, _ sp: StackPointer, _ t0: UInt64, _ t1: UInt64, _ t2: UInt64, _ t3: UInt64
    ) -> UInt32 {
        next(ip + 16, sp, word(slot(sp, below: operand(ip))) &* UInt256(limbs: t0, t1, t2, t3))
    }

    @c func mayflyDuplicateSubtract(
        _ ip: InstructionPointer, _ sp: StackPointer, _ t0: UInt64, _ t1: UInt64, _ t2: UInt64, _ t3: UInt64
    ) -> UInt32 {
        next(ip + 16, sp, word(slot(sp, below: operand(ip))) &- UInt256(limbs: t0, t1, t2, t3))
    }

    @c func mayflyDuplicateAnd(
        _ ip: InstructionPointer, _ sp: StackPointer, _ t0: UInt64, _ t1: UInt64, _ t2: UInt64, _ t3: UInt64
    ) -> UInt32 {
        next(ip + 16, sp, word(slot(sp, below: operand(ip))) & UInt256(limbs: t0, t1, t2, t3))
    }

    @c func mayflyDuplicateOr(
        _ ip: InstructionPointer, _ sp: StackPointer, _ t0: UInt64, _ t1: UInt64, _ t2: UInt64, _ t3: UInt64
    ) -> UInt32 {
        next(ip + 16, sp, word(slot(sp, below: operand(ip))) | UInt256(limbs: t0, t1, t2, t3))
    }

    @c func mayflyDuplicateExclusiveOr(
        _ ip: InstructionPointer, _ sp: StackPointer, _ t0: UInt64, _ t1: UInt64, _ t2: UInt64, _ t3: UInt64
    ) -> UInt32 {
        next(ip + 16, sp, word(slot(sp, below: operand(ip))) ^ UInt256(limbs: t0, t1, t2, t3))
    }

    @c func mayflyDuplicateLessThan(
        _ ip: InstructionPointer, _ sp: StackPointer, _ t0: UInt64, _ t1: UInt64, _ t2: UInt64, _ t3: UInt64
    ) -> UInt32 {
        next(ip + 16, sp, UInt256(word(slot(sp, below: operand(ip))) < UInt256(limbs: t0, t1, t2, t3)))
    }

    @c func mayflyDuplicateGreaterThan(
        _ ip: InstructionPointer, _ sp: StackPointer, _ t0: UInt64, _ t1: UInt64, _ t2: UInt64, _ t3: UInt64
    ) -> UInt32 {
        next(ip + 16, sp, UInt256(UInt256(limbs: t0, t1, t2, t3) < word(slot(sp, below: operand(ip)))))
    }

    @c func mayflyDuplicateEqual(
        _ ip: InstructionPointer, _ sp: StackPointer, _ t0: UInt64, _ t1: UInt64, _ t2: UInt64, _ t3: UInt64
    ) -> UInt32 {
        next(ip + 16, sp, UInt256(word(slot(sp, below: operand(ip))) == UInt256(limbs: t0, t1, t2, t3)))
    }

    /// DUPn and PUSH in either order, and ADD.
    @c func mayflyDuplicateAddSmall(
        _ ip: InstructionPointer, _ sp: StackPointer, _ t0: UInt64, _ t1: UInt64, _ t2: UInt64, _ t3: UInt64
    ) -> UInt32 {
        spill(sp, t0, t1, t2, t3)
        return next(ip + 24, sp + 4, word(slot(sp, below: operand(ip))) &+ UInt256(operand(ip, 1)))
    }

    /// DUPn, PUSH and SHR; also a division by a power of two.
    @c func mayflyDuplicateShiftRight(
        _ ip: InstructionPointer, _ sp: StackPointer, _ t0: UInt64, _ t1: UInt64, _ t2: UInt64, _ t3: UInt64
    ) -> UInt32 {
        spill(sp, t0, t1, t2, t3)
        return next(ip + 24, sp + 4, word(slot(sp, below: operand(ip))) >> operand(ip, 1))
    }

    /// DUPn and DUPm: the second distance is from the first copy.
    @c func mayflyDuplicateTwo(
        _ ip: InstructionPointer, _ sp: StackPointer, _ t0: UInt64, _ t1: UInt64, _ t2: UInt64, _ t3: UInt64
    ) -> UInt32 {
        spill(sp, t0, t1, t2, t3)
        let first = word(slot(sp, below: operand(ip)))
        spill(sp + 4, first.limb0, first.limb1, first.limb2, first.limb3)
        return next(ip + 24, sp + 8, word(slot(sp + 4, below: operand(ip, 1))))
    }
#endif
