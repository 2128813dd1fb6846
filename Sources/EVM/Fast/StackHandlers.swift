#if !hasFeature(Embedded)
    import Primitives

    // POP, PUSH, DUP and SWAP.

    @c func mayflyPop(
        _ ip: InstructionPointer, _ sp: StackPointer, _ t0: UInt64, _ t1: UInt64, _ t2: UInt64, _ t3: UInt64
    ) -> UInt32 {
        nextReloading(ip + 8, sp - 4)
    }

    /// PUSH0 to PUSH8, and whatever else is a 64-bit constant: the number is the operand.
    @c func mayflyPushSmall(
        _ ip: InstructionPointer, _ sp: StackPointer, _ t0: UInt64, _ t1: UInt64, _ t2: UInt64, _ t3: UInt64
    ) -> UInt32 {
        spill(sp, t0, t1, t2, t3)
        return next(ip + 16, sp + 4, operand(ip), 0, 0, 0)
    }

    /// PUSH9 to PUSH32: four operands, least significant first.
    @c func mayflyPush(
        _ ip: InstructionPointer, _ sp: StackPointer, _ t0: UInt64, _ t1: UInt64, _ t2: UInt64, _ t3: UInt64
    ) -> UInt32 {
        spill(sp, t0, t1, t2, t3)
        return next(ip + 40, sp + 4, operand(ip, 0), operand(ip, 1), operand(ip, 2), operand(ip, 3))
    }

    /// DUP2 to DUP16: the operand is the distance from the top in bytes.
    @c func mayflyDuplicate(
        _ ip: InstructionPointer, _ sp: StackPointer, _ t0: UInt64, _ t1: UInt64, _ t2: UInt64, _ t3: UInt64
    ) -> UInt32 {
        spill(sp, t0, t1, t2, t3)
        return next(ip + 16, sp + 4, word(slot(sp, below: operand(ip))))
    }

    @c func mayflyDuplicateTop(
        _ ip: InstructionPointer, _ sp: StackPointer, _ t0: UInt64, _ t1: UInt64, _ t2: UInt64, _ t3: UInt64
    ) -> UInt32 {
        spill(sp, t0, t1, t2, t3)
        return next(ip + 8, sp + 4, t0, t1, t2, t3)
    }

    /// SWAP2 to SWAP16: the operand is the distance from the top in bytes.
    @c func mayflySwap(
        _ ip: InstructionPointer, _ sp: StackPointer, _ t0: UInt64, _ t1: UInt64, _ t2: UInt64, _ t3: UInt64
    ) -> UInt32 {
        let slot = slot(sp, below: operand(ip))
        let other = word(slot)
        spill(slot, t0, t1, t2, t3)
        return next(ip + 16, sp, other)
    }

    @c func mayflySwapTop(
        _ ip: InstructionPointer, _ sp: StackPointer, _ t0: UInt64, _ t1: UInt64, _ t2: UInt64, _ t3: UInt64
    ) -> UInt32 {
        let other = word(sp - 4)
        spill(sp - 4, t0, t1, t2, t3)
        return next(ip + 8, sp, other)
    }
#endif
