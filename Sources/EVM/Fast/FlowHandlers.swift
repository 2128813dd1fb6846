#if !hasFeature(Embedded)
    import Primitives

    // Blocks, jumps, and the ways out of the loop.

    /// The beginning of a basic block: JUMPDEST, or what follows an instruction that ends one.
    @c func mayflyBeginBlock(
        _ ip: InstructionPointer, _ sp: StackPointer, _ t0: UInt64, _ t1: UInt64, _ t2: UInt64, _ t3: UInt64
    ) -> UInt32 {
        enterBlock(ip, sp, t0, t1, t2, t3)
    }

    /// What the outer loop carries out: the operand is the opcode.
    @c func mayflyLeave(
        _ ip: InstructionPointer, _ sp: StackPointer, _ t0: UInt64, _ t1: UInt64, _ t2: UInt64, _ t3: UInt64
    ) -> UInt32 {
        leave(ip + 16, sp, t0, t1, t2, t3, UInt32(truncatingIfNeeded: operand(ip)))
    }

    /// An exceptional halt: the operand is the exit code.
    @c func mayflyHalt(
        _ ip: InstructionPointer, _ sp: StackPointer, _ t0: UInt64, _ t1: UInt64, _ t2: UInt64, _ t3: UInt64
    ) -> UInt32 {
        UInt32(truncatingIfNeeded: operand(ip))
    }

    @c func mayflyJump(
        _ ip: InstructionPointer, _ sp: StackPointer, _ t0: UInt64, _ t1: UInt64, _ t2: UInt64, _ t3: UInt64
    ) -> UInt32 {
        guard let target = jumpTarget(frame(of: sp), t0, t1 | t2 | t3) else { return halt(.invalidJump) }
        let top = word(sp - 4)
        return enterBlock(target, sp - 4, top.limb0, top.limb1, top.limb2, top.limb3)
    }

    @c func mayflyJumpIf(
        _ ip: InstructionPointer, _ sp: StackPointer, _ t0: UInt64, _ t1: UInt64, _ t2: UInt64, _ t3: UInt64
    ) -> UInt32 {
        let top = word(sp - 8)
        var target = ip + 8
        if !word(sp - 4).isZero {
            guard let taken = jumpTarget(frame(of: sp), t0, t1 | t2 | t3) else { return halt(.invalidJump) }
            target = taken
        }
        return enterBlock(target, sp - 8, top.limb0, top.limb1, top.limb2, top.limb3)
    }

    /// PUSH and JUMP to a valid target: the operand is the address of the target's block.
    @c func mayflyJumpTo(
        _ ip: InstructionPointer, _ sp: StackPointer, _ t0: UInt64, _ t1: UInt64, _ t2: UInt64, _ t3: UInt64
    ) -> UInt32 {
        enterBlock(address(operand(ip)), sp, t0, t1, t2, t3)
    }

    /// GAS: the operand is the constant gas of what follows in the block, which is charged already.
    @c func mayflyGasLeft(
        _ ip: InstructionPointer, _ sp: StackPointer, _ t0: UInt64, _ t1: UInt64, _ t2: UInt64, _ t3: UInt64
    ) -> UInt32 {
        spill(sp, t0, t1, t2, t3)
        let gas = UInt64(bitPattern: frame(of: sp).pointee.gas) &+ operand(ip)
        return next(ip + 16, sp + 4, gas, 0, 0, 0)
    }

    /// The block of the JUMPDEST at a program counter; nil where there is none.
    ///
    /// An entry of the table is how many words before the table the block begins, or zero.
    @inline(__always)
    private func jumpTarget(
        _ frame: UnsafeMutablePointer<Frame>, _ counter: UInt64, _ high: UInt64
    ) -> InstructionPointer? {
        guard high == 0, counter < UInt64(truncatingIfNeeded: frame.pointee.codeCount) else { return nil }
        let table = frame.pointee.jumpTable.unsafelyUnwrapped
        let distance = table.load(fromByteOffset: 4 &* Int(truncatingIfNeeded: counter), as: UInt32.self)
        return distance == 0 ? nil : table - 8 &* Int(distance)
    }

    /// The address that an operand holds.
    @inline(__always)
    func address(_ operand: UInt64) -> InstructionPointer {
        InstructionPointer(bitPattern: UInt(operand)).unsafelyUnwrapped
    }
#endif
