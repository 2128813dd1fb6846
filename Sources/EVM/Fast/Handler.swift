#if !hasFeature(Embedded)
    import Primitives

    /// The machine code of one predecoded instruction, or of several fused ones.
    ///
    /// `instruction` points to the word that holds the handler, its operands behind it; `stack` to the slot of the top
    /// word, which itself is in the four limbs (the slot's content is stale); the frame is found by masking `stack`.
    /// A handler ends by running the next one as a tail call, or leaves the loop with an `Exit` code.
    ///
    /// A handler must own nothing that needs cleaning up and give no address of a local variable away, or its tail call
    /// becomes a call and a stranger's loop overflows the native stack: `scripts/check-stack-safety` runs each of them.
    typealias Handler =
        @convention(c) (
            UnsafeRawPointer, UnsafeMutablePointer<UInt64>, UInt64, UInt64, UInt64, UInt64
        ) -> UInt32

    typealias InstructionPointer = UnsafeRawPointer
    typealias StackPointer = UnsafeMutablePointer<UInt64>

    /// The exit code of a handler that wants the trampoline to run the next one; never seen outside the fast loop.
    let continuation: UInt32 = .max

    /// Runs the handler of `instruction`.
    @inline(__always)
    func next(
        _ instruction: InstructionPointer, _ stack: StackPointer, _ t0: UInt64, _ t1: UInt64, _ t2: UInt64,
        _ t3: UInt64
    ) -> UInt32 {
        #if DEBUG || TRAMPOLINE
            // Unoptimised code and the thread sanitizer know no tail calls.
            leave(instruction, stack, t0, t1, t2, t3, continuation)
        #else
            instruction.load(as: Handler.self)(instruction, stack, t0, t1, t2, t3)
        #endif
    }

    @inline(__always)
    func next(_ instruction: InstructionPointer, _ stack: StackPointer, _ top: UInt256) -> UInt32 {
        next(instruction, stack, top.limb0, top.limb1, top.limb2, top.limb3)
    }

    /// Runs the handler of `instruction` with the top word taken from its slot.
    @inline(__always)
    func nextReloading(_ instruction: InstructionPointer, _ stack: StackPointer) -> UInt32 {
        next(instruction, stack, stack[0], stack[1], stack[2], stack[3])
    }

    /// Leaves the loop with all state in the frame; `instruction` is where to go on.
    @inline(__always)
    func leave(
        _ instruction: InstructionPointer, _ stack: StackPointer, _ t0: UInt64, _ t1: UInt64, _ t2: UInt64,
        _ t3: UInt64, _ code: UInt32
    ) -> UInt32 {
        spill(stack, t0, t1, t2, t3)
        let frame = frame(of: stack)
        frame.pointee.instruction = instruction
        frame.pointee.stackCount = ((Int(bitPattern: stack) & (Frame.blockSize &- 1)) &- Frame.stackOffset) / 32
        return code
    }

    /// Ends the frame: what is on the stack matters no more.
    @inline(__always)
    func halt(_ reason: Halt) -> UInt32 { Exit(reason).code }

    @inline(__always)
    func spill(_ stack: StackPointer, _ t0: UInt64, _ t1: UInt64, _ t2: UInt64, _ t3: UInt64) {
        stack[0] = t0
        stack[1] = t1
        stack[2] = t2
        stack[3] = t3
    }

    /// The word in a slot.
    @inline(__always)
    func word(_ slot: StackPointer) -> UInt256 { UInt256(limbs: slot[0], slot[1], slot[2], slot[3]) }

    /// The slot so many bytes below another.
    @inline(__always)
    func slot(_ stack: StackPointer, below distance: UInt64) -> StackPointer {
        StackPointer(bitPattern: UInt(bitPattern: stack) &- UInt(distance)).unsafelyUnwrapped
    }

    @inline(__always)
    func frame(of stack: StackPointer) -> UnsafeMutablePointer<Frame> {
        UnsafeMutablePointer(
            bitPattern: UInt(bitPattern: stack) & ~UInt(bitPattern: Frame.blockSize &- 1)
        ).unsafelyUnwrapped
    }

    /// The slots of the stack as the functions of `Frame` take them.
    @inline(__always)
    func words(_ stack: StackPointer) -> UnsafeMutablePointer<UInt256> {
        UnsafeMutableRawPointer(stack).assumingMemoryBound(to: UInt256.self)
    }

    /// Operand `index` of an instruction.
    @inline(__always)
    func operand(_ instruction: InstructionPointer, _ index: Int = 0) -> UInt64 {
        instruction.load(fromByteOffset: 8 &+ 8 &* index, as: UInt64.self)
    }

    /// Runs the block that begins at `instruction`, if gas and stack suffice for all of it.
    ///
    /// The first operand of a `BlockCost` instruction says what they must be.
    @inline(__always)
    func enterBlock(
        _ instruction: InstructionPointer, _ stack: StackPointer, _ t0: UInt64, _ t1: UInt64, _ t2: UInt64,
        _ t3: UInt64
    ) -> UInt32 {
        let cost = BlockCost(packed: operand(instruction))
        let frame = frame(of: stack)
        let gas = frame.pointee.gas &- Int64(cost.gas)
        frame.pointee.gas = gas
        let height = UInt16(truncatingIfNeeded: UInt(bitPattern: stack))
        guard gas >= 0, height &- cost.lowest <= cost.span else { return refuseBlock(instruction, stack) }
        return next(instruction + 16, stack, t0, t1, t2, t3)
    }

    /// Why a block whose gas is charged can't run.
    @inline(never)
    func refuseBlock(_ instruction: InstructionPointer, _ stack: StackPointer) -> UInt32 {
        if frame(of: stack).pointee.gas < 0 { return halt(.outOfGas) }
        let height = UInt16(truncatingIfNeeded: UInt(bitPattern: stack))
        return halt(height < BlockCost(packed: operand(instruction)).lowest ? .stackUnderflow : .stackOverflow)
    }

    /// What a basic block needs to begin: gas for all of its constant costs, and a stack of the right height.
    struct BlockCost {
        /// The sum of the constant gas.
        var gas: UInt32
        /// The least offset in the frame's block that the stack pointer may have.
        var lowest: UInt16
        /// By how much it may be over that.
        var span: UInt16

        @inline(__always)
        init(packed: UInt64) {
            gas = UInt32(truncatingIfNeeded: packed)
            lowest = UInt16(truncatingIfNeeded: packed &>> 32)
            span = UInt16(truncatingIfNeeded: packed &>> 48)
        }

        /// For a block that takes `need` words from the stack and is at most `growth` words over where it began.
        init(gas: Int, need: Int, growth: Int) {
            self.gas = UInt32(clamping: gas)
            let limit = Frame.stackLimit
            let room = limit &- growth &- need
            // No stack pointer is at the end of the frame's block: such a block always fails.
            lowest = room < 0 ? .max : UInt16(truncatingIfNeeded: Frame.stackOffset &+ 32 &* need)
            span = room < 0 ? 0 : UInt16(truncatingIfNeeded: 32 &* room)
        }

        var packed: UInt64 { UInt64(gas) | UInt64(lowest) &<< 32 | UInt64(span) &<< 48 }
    }
#endif
