#if !hasFeature(Embedded)
    import Primitives

    // Conditional jumps to valid targets: the first two operands are the blocks to run where the condition holds and where
    // it does not.

    /// PUSH and JUMPI, after any number of ISZEROs.
    @c func mayflyJumpToIf(
        _ ip: InstructionPointer, _ sp: StackPointer, _ t0: UInt64, _ t1: UInt64, _ t2: UInt64, _ t3: UInt64
    ) -> UInt32 {
        let top = word(sp - 4)
        let isTaken = (t0 | t1 | t2 | t3) != 0
        return enterBlock(
            address(operand(ip, isTaken ? 0 : 1)), sp - 4, top.limb0, top.limb1, top.limb2, top.limb3)
    }

    /// DUP1 before the same.
    @c func mayflyJumpIfTop(
        _ ip: InstructionPointer, _ sp: StackPointer, _ t0: UInt64, _ t1: UInt64, _ t2: UInt64, _ t3: UInt64
    ) -> UInt32 {
        let isTaken = (t0 | t1 | t2 | t3) != 0
        return enterBlock(address(operand(ip, isTaken ? 0 : 1)), sp, t0, t1, t2, t3)
    }

    /// A comparison before the same.
    @c func mayflyJumpIfLess(
        _ ip: InstructionPointer, _ sp: StackPointer, _ t0: UInt64, _ t1: UInt64, _ t2: UInt64, _ t3: UInt64
    ) -> UInt32 {
        let top = word(sp - 8)
        let isTaken = UInt256(limbs: t0, t1, t2, t3) < word(sp - 4)
        return enterBlock(
            address(operand(ip, isTaken ? 0 : 1)), sp - 8, top.limb0, top.limb1, top.limb2, top.limb3)
    }

    @c func mayflyJumpIfGreater(
        _ ip: InstructionPointer, _ sp: StackPointer, _ t0: UInt64, _ t1: UInt64, _ t2: UInt64, _ t3: UInt64
    ) -> UInt32 {
        let top = word(sp - 8)
        let isTaken = word(sp - 4) < UInt256(limbs: t0, t1, t2, t3)
        return enterBlock(
            address(operand(ip, isTaken ? 0 : 1)), sp - 8, top.limb0, top.limb1, top.limb2, top.limb3)
    }

    @c func mayflyJumpIfSignedLess(
        _ ip: InstructionPointer, _ sp: StackPointer, _ t0: UInt64, _ t1: UInt64, _ t2: UInt64, _ t3: UInt64
    ) -> UInt32 {
        let top = word(sp - 8)
        let isTaken = UInt256(limbs: t0, t1, t2, t3).isSignedLess(than: word(sp - 4))
        return enterBlock(
            address(operand(ip, isTaken ? 0 : 1)), sp - 8, top.limb0, top.limb1, top.limb2, top.limb3)
    }

    @c func mayflyJumpIfSignedGreater(
        _ ip: InstructionPointer, _ sp: StackPointer, _ t0: UInt64, _ t1: UInt64, _ t2: UInt64, _ t3: UInt64
    ) -> UInt32 {
        let top = word(sp - 8)
        let isTaken = word(sp - 4).isSignedLess(than: UInt256(limbs: t0, t1, t2, t3))
        return enterBlock(
            address(operand(ip, isTaken ? 0 : 1)), sp - 8, top.limb0, top.limb1, top.limb2, top.limb3)
    }

    @c func mayflyJumpIfEqual(
        _ ip: InstructionPointer, _ sp: StackPointer, _ t0: UInt64, _ t1: UInt64, _ t2: UInt64, _ t3: UInt64
    ) -> UInt32 {
        let top = word(sp - 8)
        let isTaken = UInt256(limbs: t0, t1, t2, t3) == word(sp - 4)
        return enterBlock(
            address(operand(ip, isTaken ? 0 : 1)), sp - 8, top.limb0, top.limb1, top.limb2, top.limb3)
    }

    /// DUPn with n from 2 on and a comparison: the third operand is the distance in bytes.
    @c func mayflyDuplicateJumpIfLess(
        _ ip: InstructionPointer, _ sp: StackPointer, _ t0: UInt64, _ t1: UInt64, _ t2: UInt64, _ t3: UInt64
    ) -> UInt32 {
        let top = word(sp - 4)
        let isTaken = word(slot(sp, below: operand(ip, 2))) < UInt256(limbs: t0, t1, t2, t3)
        return enterBlock(
            address(operand(ip, isTaken ? 0 : 1)), sp - 4, top.limb0, top.limb1, top.limb2, top.limb3)
    }

    @c func mayflyDuplicateJumpIfGreater(
        _ ip: InstructionPointer, _ sp: StackPointer, _ t0: UInt64, _ t1: UInt64, _ t2: UInt64, _ t3: UInt64
    ) -> UInt32 {
        let top = word(sp - 4)
        let isTaken = UInt256(limbs: t0, t1, t2, t3) < word(slot(sp, below: operand(ip, 2)))
        return enterBlock(
            address(operand(ip, isTaken ? 0 : 1)), sp - 4, top.limb0, top.limb1, top.limb2, top.limb3)
    }

    @c func mayflyDuplicateJumpIfEqual(
        _ ip: InstructionPointer, _ sp: StackPointer, _ t0: UInt64, _ t1: UInt64, _ t2: UInt64, _ t3: UInt64
    ) -> UInt32 {
        let top = word(sp - 4)
        let isTaken = word(slot(sp, below: operand(ip, 2))) == UInt256(limbs: t0, t1, t2, t3)
        return enterBlock(
            address(operand(ip, isTaken ? 0 : 1)), sp - 4, top.limb0, top.limb1, top.limb2, top.limb3)
    }

    /// The top word, which stays, compared with a constant: the third operand.
    @c func mayflyJumpIfTopEquals(
        _ ip: InstructionPointer, _ sp: StackPointer, _ t0: UInt64, _ t1: UInt64, _ t2: UInt64, _ t3: UInt64
    ) -> UInt32 {
        let isTaken = (t0 ^ operand(ip, 2)) | t1 | t2 | t3 == 0
        return enterBlock(address(operand(ip, isTaken ? 0 : 1)), sp, t0, t1, t2, t3)
    }

    @c func mayflyJumpIfTopLess(
        _ ip: InstructionPointer, _ sp: StackPointer, _ t0: UInt64, _ t1: UInt64, _ t2: UInt64, _ t3: UInt64
    ) -> UInt32 {
        let isTaken = (t1 | t2 | t3) == 0 && t0 < operand(ip, 2)
        return enterBlock(address(operand(ip, isTaken ? 0 : 1)), sp, t0, t1, t2, t3)
    }

    @c func mayflyJumpIfTopGreater(
        _ ip: InstructionPointer, _ sp: StackPointer, _ t0: UInt64, _ t1: UInt64, _ t2: UInt64, _ t3: UInt64
    ) -> UInt32 {
        let isTaken = (t1 | t2 | t3) != 0 || t0 > operand(ip, 2)
        return enterBlock(address(operand(ip, isTaken ? 0 : 1)), sp, t0, t1, t2, t3)
    }
#endif
