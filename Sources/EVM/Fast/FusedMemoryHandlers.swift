#if !hasFeature(Embedded)
    import Primitives

    // MLOAD, MSTORE and CALLDATALOAD with what finds their offset.

    /// PUSH and MLOAD.
    @c func mayflyLoadSmall(
        _ ip: InstructionPointer, _ sp: StackPointer, _ t0: UInt64, _ t1: UInt64, _ t2: UInt64, _ t3: UInt64
    ) -> UInt32 {
        spill(sp, t0, t1, t2, t3)
        let offset = UInt256(operand(ip))
        let frame = frame(of: sp)
        guard reaches(frame, offset, 32) else { return growMemory(ip, sp, t0, t1, t2, t3) }
        return next(ip + 16, sp + 4, UInt256(bigEndian: frame.pointee.memory + Int(truncatingIfNeeded: offset.limb0)))
    }

    /// PUSH, ADD and MLOAD.
    @c func mayflyAddLoad(
        _ ip: InstructionPointer, _ sp: StackPointer, _ t0: UInt64, _ t1: UInt64, _ t2: UInt64, _ t3: UInt64
    ) -> UInt32 {
        let offset = UInt256(operand(ip)) &+ UInt256(limbs: t0, t1, t2, t3)
        let frame = frame(of: sp)
        guard reaches(frame, offset, 32) else { return growMemory(ip, sp, t0, t1, t2, t3) }
        return next(ip + 16, sp, UInt256(bigEndian: frame.pointee.memory + Int(truncatingIfNeeded: offset.limb0)))
    }

    /// ADD and MLOAD.
    @c func mayflyAddWordsLoad(
        _ ip: InstructionPointer, _ sp: StackPointer, _ t0: UInt64, _ t1: UInt64, _ t2: UInt64, _ t3: UInt64
    ) -> UInt32 {
        let offset = UInt256(limbs: t0, t1, t2, t3) &+ word(sp - 4)
        let frame = frame(of: sp)
        guard reaches(frame, offset, 32) else { return growMemory(ip, sp, t0, t1, t2, t3) }
        return next(ip + 8, sp - 4, UInt256(bigEndian: frame.pointee.memory + Int(truncatingIfNeeded: offset.limb0)))
    }

    /// DUPn and MLOAD.
    @c func mayflyDuplicateLoad(
        _ ip: InstructionPointer, _ sp: StackPointer, _ t0: UInt64, _ t1: UInt64, _ t2: UInt64, _ t3: UInt64
    ) -> UInt32 {
        spill(sp, t0, t1, t2, t3)
        let offset = word(slot(sp, below: operand(ip)))
        let frame = frame(of: sp)
        guard reaches(frame, offset, 32) else { return growMemory(ip, sp, t0, t1, t2, t3) }
        return next(ip + 16, sp + 4, UInt256(bigEndian: frame.pointee.memory + Int(truncatingIfNeeded: offset.limb0)))
    }

    /// DUPn with n from 2 on, ADD and MLOAD.
    @c func mayflyDuplicateAddLoad(
        _ ip: InstructionPointer, _ sp: StackPointer, _ t0: UInt64, _ t1: UInt64, _ t2: UInt64, _ t3: UInt64
    ) -> UInt32 {
        let offset = word(slot(sp, below: operand(ip))) &+ UInt256(limbs: t0, t1, t2, t3)
        let frame = frame(of: sp)
        guard reaches(frame, offset, 32) else { return growMemory(ip, sp, t0, t1, t2, t3) }
        return next(ip + 16, sp, UInt256(bigEndian: frame.pointee.memory + Int(truncatingIfNeeded: offset.limb0)))
    }

    /// PUSH and MSTORE.
    @c func mayflyStoreSmall(
        _ ip: InstructionPointer, _ sp: StackPointer, _ t0: UInt64, _ t1: UInt64, _ t2: UInt64, _ t3: UInt64
    ) -> UInt32 {
        let offset = UInt256(operand(ip))
        let frame = frame(of: sp)
        guard reaches(frame, offset, 32) else { return growMemory(ip, sp, t0, t1, t2, t3) }
        UInt256(limbs: t0, t1, t2, t3).storeBigEndian(to: frame.pointee.memory + Int(truncatingIfNeeded: offset.limb0))
        return nextReloading(ip + 16, sp - 4)
    }

    /// DUP2 and MSTORE: the offset stays.
    @c func mayflyStoreBelow(
        _ ip: InstructionPointer, _ sp: StackPointer, _ t0: UInt64, _ t1: UInt64, _ t2: UInt64, _ t3: UInt64
    ) -> UInt32 {
        let offset = word(sp - 4)
        let frame = frame(of: sp)
        guard reaches(frame, offset, 32) else { return growMemory(ip, sp, t0, t1, t2, t3) }
        UInt256(limbs: t0, t1, t2, t3).storeBigEndian(to: frame.pointee.memory + Int(truncatingIfNeeded: offset.limb0))
        return next(ip + 8, sp - 4, offset.limb0, 0, 0, 0)
    }

    /// DUP2, MSTORE, PUSH and ADD.
    @c func mayflyStoreBelowAdd(
        _ ip: InstructionPointer, _ sp: StackPointer, _ t0: UInt64, _ t1: UInt64, _ t2: UInt64, _ t3: UInt64
    ) -> UInt32 {
        let offset = word(sp - 4)
        let frame = frame(of: sp)
        guard reaches(frame, offset, 32) else { return growMemory(ip, sp, t0, t1, t2, t3) }
        UInt256(limbs: t0, t1, t2, t3).storeBigEndian(to: frame.pointee.memory + Int(truncatingIfNeeded: offset.limb0))
        return next(ip + 16, sp - 4, UInt256(offset.limb0) &+ UInt256(operand(ip)))
    }

    /// PUSH and CALLDATALOAD.
    @c func mayflyCallDataWord(
        _ ip: InstructionPointer, _ sp: StackPointer, _ t0: UInt64, _ t1: UInt64, _ t2: UInt64, _ t3: UInt64
    ) -> UInt32 {
        spill(sp, t0, t1, t2, t3)
        let offset = operand(ip)
        let frame = frame(of: sp)
        if frame.pointee.inputCount >= 32, offset <= UInt64(truncatingIfNeeded: frame.pointee.inputCount &- 32) {
            return next(ip + 16, sp + 4, UInt256(bigEndian: frame.pointee.input + Int(truncatingIfNeeded: offset)))
        }
        return outOfLine(ip + 8, sp + 4, offset, 0, 0, 0, takes: 0, loadCutWord)
    }
#endif
