#if !hasFeature(Embedded)
    import Primitives

    // The instructions that read and write memory.

    @c func mayflyLoadMemory(
        _ ip: InstructionPointer, _ sp: StackPointer, _ t0: UInt64, _ t1: UInt64, _ t2: UInt64, _ t3: UInt64
    ) -> UInt32 {
        let frame = frame(of: sp)
        let offset = UInt256(limbs: t0, t1, t2, t3)
        guard reaches(frame, offset, 32) else { return growMemory(ip, sp, t0, t1, t2, t3) }
        return next(ip + 8, sp, UInt256(bigEndian: frame.pointee.memory + Int(truncatingIfNeeded: t0)))
    }

    @c func mayflyStoreMemory(
        _ ip: InstructionPointer, _ sp: StackPointer, _ t0: UInt64, _ t1: UInt64, _ t2: UInt64, _ t3: UInt64
    ) -> UInt32 {
        let frame = frame(of: sp)
        let offset = UInt256(limbs: t0, t1, t2, t3)
        guard reaches(frame, offset, 32) else { return growMemory(ip, sp, t0, t1, t2, t3) }
        word(sp - 4).storeBigEndian(to: frame.pointee.memory + Int(truncatingIfNeeded: t0))
        return nextReloading(ip + 8, sp - 8)
    }

    @c func mayflyStoreByte(
        _ ip: InstructionPointer, _ sp: StackPointer, _ t0: UInt64, _ t1: UInt64, _ t2: UInt64, _ t3: UInt64
    ) -> UInt32 {
        let frame = frame(of: sp)
        let offset = UInt256(limbs: t0, t1, t2, t3)
        guard reaches(frame, offset, 1) else { return growMemory(ip, sp, t0, t1, t2, t3) }
        frame.pointee.memory[Int(truncatingIfNeeded: t0)] = UInt8(truncatingIfNeeded: (sp - 4)[0])
        return nextReloading(ip + 8, sp - 8)
    }

    @c func mayflyMemorySize(
        _ ip: InstructionPointer, _ sp: StackPointer, _ t0: UInt64, _ t1: UInt64, _ t2: UInt64, _ t3: UInt64
    ) -> UInt32 {
        spill(sp, t0, t1, t2, t3)
        return next(ip + 8, sp + 4, UInt64(truncatingIfNeeded: frame(of: sp).pointee.memoryCount), 0, 0, 0)
    }

    /// KECCAK256, CALLDATACOPY, CODECOPY, RETURNDATACOPY and MCOPY: the operand is the opcode.
    @c func mayflyRangeOperation(
        _ ip: InstructionPointer, _ sp: StackPointer, _ t0: UInt64, _ t1: UInt64, _ t2: UInt64, _ t3: UInt64
    ) -> UInt32 {
        spill(sp, t0, t1, t2, t3)
        let opcode = operand(ip)
        let code = rangeOperation(frame(of: sp), words(sp), opcode)
        guard code == 0 else { return code }
        return nextReloading(ip + 16, opcode == 0x20 ? sp - 4 : sp - 12)
    }

    /// Whether `count` bytes from `offset` are in use already, which an access mostly finds; if not, `growMemory` runs it
    /// again with more.
    @inline(__always)
    func reaches(_ frame: UnsafeMutablePointer<Frame>, _ offset: UInt256, _ count: Int) -> Bool {
        let end = offset.limb0 &+ UInt64(truncatingIfNeeded: count)
        if offset.fitsUInt64, offset.limb0 <= Frame.memoryLimit {
            if end <= UInt64(truncatingIfNeeded: frame.pointee.memoryCount) { return true }
            frame.pointee.memoryWanted = Int(truncatingIfNeeded: end)
        } else {
            // More than there can be.
            frame.pointee.memoryWanted = .max
        }
        return false
    }

    /// Grows memory to what `reaches` found missing and runs the instruction again: it must not have changed anything
    /// but slots above its result.
    @inline(never)
    func growMemory(
        _ ip: InstructionPointer, _ sp: StackPointer, _ t0: UInt64, _ t1: UInt64, _ t2: UInt64, _ t3: UInt64
    ) -> UInt32 {
        let frame = frame(of: sp)
        guard frame.pointee.growMemory(to: frame.pointee.memoryWanted, gas: &frame.pointee.gas) else {
            return halt(.outOfGas)
        }
        return next(ip, sp, t0, t1, t2, t3)
    }

    /// Zero, or the exit code of the halt.
    @inline(never)
    private func rangeOperation(
        _ frame: UnsafeMutablePointer<Frame>, _ top: UnsafeMutablePointer<UInt256>, _ opcode: UInt64
    ) -> UInt32 {
        let isPaid: Bool
        switch opcode {
        case 0x20:  // KECCAK256
            isPaid = frame.pointee.hashMemory(top, gas: &frame.pointee.gas)
        case 0x37:  // CALLDATACOPY
            isPaid = frame.pointee.copyToMemory(
                top[0], from: frame.pointee.input, sourceCount: frame.pointee.inputCount, at: top[-1],
                count: top[-2], gas: &frame.pointee.gas)
        case 0x39:  // CODECOPY
            isPaid = frame.pointee.copyToMemory(
                top[0], from: frame.pointee.code, sourceCount: frame.pointee.codeCount, at: top[-1],
                count: top[-2], gas: &frame.pointee.gas)
        case 0x3E:  // RETURNDATACOPY
            if let reason = frame.pointee.copyReturnData(top, gas: &frame.pointee.gas) { return halt(reason) }
            isPaid = true
        default:  // MCOPY
            isPaid = frame.pointee.moveMemory(top[0], from: top[-1], count: top[-2], gas: &frame.pointee.gas)
        }
        return isPaid ? 0 : halt(.outOfGas)
    }
#endif
