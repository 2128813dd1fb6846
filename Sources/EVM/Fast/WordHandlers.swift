#if !hasFeature(Embedded)
    import Primitives

    // The words of message, transaction and block.

    /// ADDRESS to BLOBBASEFEE: the operand is the opcode.
    @c func mayflyFrameWord(
        _ ip: InstructionPointer, _ sp: StackPointer, _ t0: UInt64, _ t1: UInt64, _ t2: UInt64, _ t3: UInt64
    ) -> UInt32 {
        spill(sp, t0, t1, t2, t3)
        return next(ip + 16, sp + 4, frame(of: sp).pointee.word(for: UInt8(truncatingIfNeeded: operand(ip))))
    }

    @c func mayflyCaller(
        _ ip: InstructionPointer, _ sp: StackPointer, _ t0: UInt64, _ t1: UInt64, _ t2: UInt64, _ t3: UInt64
    ) -> UInt32 {
        spill(sp, t0, t1, t2, t3)
        return next(ip + 8, sp + 4, UInt256(frame(of: sp).pointee.caller))
    }

    @c func mayflyCallValue(
        _ ip: InstructionPointer, _ sp: StackPointer, _ t0: UInt64, _ t1: UInt64, _ t2: UInt64, _ t3: UInt64
    ) -> UInt32 {
        spill(sp, t0, t1, t2, t3)
        return next(ip + 8, sp + 4, frame(of: sp).pointee.value)
    }

    @c func mayflyCallDataSize(
        _ ip: InstructionPointer, _ sp: StackPointer, _ t0: UInt64, _ t1: UInt64, _ t2: UInt64, _ t3: UInt64
    ) -> UInt32 {
        spill(sp, t0, t1, t2, t3)
        return next(ip + 8, sp + 4, UInt64(truncatingIfNeeded: frame(of: sp).pointee.inputCount), 0, 0, 0)
    }

    @c func mayflyLoadCallData(
        _ ip: InstructionPointer, _ sp: StackPointer, _ t0: UInt64, _ t1: UInt64, _ t2: UInt64, _ t3: UInt64
    ) -> UInt32 {
        let frame = frame(of: sp)
        if (t1 | t2 | t3) == 0, frame.pointee.inputCount >= 32,
            t0 <= UInt64(truncatingIfNeeded: frame.pointee.inputCount &- 32)
        {
            return next(ip + 8, sp, UInt256(bigEndian: frame.pointee.input + Int(truncatingIfNeeded: t0)))
        }
        return outOfLine(ip, sp, t0, t1, t2, t3, takes: 0, loadCutWord)
    }

    @c func mayflyBlobHash(
        _ ip: InstructionPointer, _ sp: StackPointer, _ t0: UInt64, _ t1: UInt64, _ t2: UInt64, _ t3: UInt64
    ) -> UInt32 {
        outOfLine(ip, sp, t0, t1, t2, t3, takes: 0, blobHash)
    }

    /// CALLDATALOAD of a word that the end of the input cuts.
    @inline(never)
    func loadCutWord(_ top: UnsafeMutablePointer<UInt256>) {
        top[0] = frame(of: limbs(top)).pointee.inputWord(at: top[0])
    }

    @inline(never)
    private func blobHash(_ top: UnsafeMutablePointer<UInt256>) {
        top[0] = frame(of: limbs(top)).pointee.context.pointee.blobHash(at: top[0])
    }

    @inline(__always)
    private func limbs(_ top: UnsafeMutablePointer<UInt256>) -> StackPointer {
        UnsafeMutableRawPointer(top).assumingMemoryBound(to: UInt64.self)
    }
#endif
