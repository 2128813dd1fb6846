public import Primitives

/// The simple loop: a switch over raw bytecode. It runs cold code, everything on RISC-V, and whatever is traced.
///
/// Where code turns out to loop it leaves at a JUMPDEST with `Exit.hot`, so that the fast loop can go on there.
///
/// It terminates: every instruction costs gas except those that leave the loop.
public enum SimpleLoop {
    /// Runs without a tracer until an instruction needs the outer loop or the frame halts.
    public static func run(_ frame: UnsafeMutablePointer<Frame>, table: InstructionTable) -> Exit {
        var tracer = NoTracer()
        return run(frame, table: table, tracer: &tracer)
    }

    /// Runs from `frame.programCounter` until an instruction needs the outer loop or the frame halts.
    ///
    /// On return `gas`, `stackCount` and `programCounter` are current. For an instruction, the program counter is
    /// behind it.
    @inlinable
    public static func run<T: Tracer & ~Copyable>(
        _ frame: UnsafeMutablePointer<Frame>, table: InstructionTable, tracer: inout T
    ) -> Exit {
        let code = frame.pointee.code
        let rows = table.rows
        let base = Frame.stackBase(of: frame) - 1
        var top = base + frame.pointee.stackCount
        var gas = frame.pointee.gas
        var counter = frame.pointee.programCounter
        var exit = Exit(.outOfGas)

        loop: while true {
            let opcode = code[counter]
            if T.tracesInstructions {
                tracer.willExecute(
                    InstructionStep(
                        frame: frame, programCounter: counter, opcode: opcode, gas: gas, height: top - base))
            }
            let row = rows[Int(opcode)]
            let height = top - base
            guard row.accepts(height: height) else {
                exit = Exit(row.rejection(height: height))
                break loop
            }
            gas &-= Int64(row.gas)
            guard gas >= 0 else {
                exit = .unpaid
                break loop
            }
            counter &+= 1

            switch opcode {
            // MARK: Arithmetic
            case 0x01:  // ADD
                top[-1] = top[0] &+ top[-1]
                top -= 1
            case 0x02:  // MUL
                top[-1] = top[0] &* top[-1]
                top -= 1
            case 0x03:  // SUB
                top[-1] = top[0] &- top[-1]
                top -= 1
            case 0x04:  // DIV
                top[-1] = top[0] / top[-1]
                top -= 1
            case 0x05:  // SDIV
                top[-1] = top[0].signedDivided(by: top[-1])
                top -= 1
            case 0x06:  // MOD
                top[-1] = top[0] % top[-1]
                top -= 1
            case 0x07:  // SMOD
                top[-1] = top[0].signedRemainder(dividingBy: top[-1])
                top -= 1
            case 0x08:  // ADDMOD
                top[-2] = top[0].adding(top[-1], modulo: top[-2])
                top -= 2
            case 0x09:  // MULMOD
                top[-2] = top[0].multiplying(by: top[-1], modulo: top[-2])
                top -= 2
            case 0x0A:  // EXP
                gas &-= GasSchedule.exponent(top[-1], in: frame.pointee.context.pointee.revision)
                guard gas >= 0 else { break loop }
                top[-1] = UInt256.power(top[0], top[-1])
                top -= 1
            case 0x0B:  // SIGNEXTEND
                top[-1] = top[-1].signExtended(fromByte: top[0])
                top -= 1

            // MARK: Comparison and bits
            case 0x10:  // LT
                top[-1] = UInt256(top[0] < top[-1])
                top -= 1
            case 0x11:  // GT
                top[-1] = UInt256(top[-1] < top[0])
                top -= 1
            case 0x12:  // SLT
                top[-1] = UInt256(top[0].isSignedLess(than: top[-1]))
                top -= 1
            case 0x13:  // SGT
                top[-1] = UInt256(top[-1].isSignedLess(than: top[0]))
                top -= 1
            case 0x14:  // EQ
                top[-1] = UInt256(top[0] == top[-1])
                top -= 1
            case 0x15:  // ISZERO
                top[0] = UInt256(top[0].isZero)
            case 0x16:  // AND
                top[-1] = top[0] & top[-1]
                top -= 1
            case 0x17:  // OR
                top[-1] = top[0] | top[-1]
                top -= 1
            case 0x18:  // XOR
                top[-1] = top[0] ^ top[-1]
                top -= 1
            case 0x19:  // NOT
                top[0] = ~top[0]
            case 0x1A:  // BYTE
                top[-1] = top[-1].byte(at: top[0])
                top -= 1
            case 0x1B:  // SHL
                top[-1] = top[-1].shiftedLeft(byWord: top[0])
                top -= 1
            case 0x1C:  // SHR
                top[-1] = top[-1].shiftedRight(byWord: top[0])
                top -= 1
            case 0x1D:  // SAR
                top[-1] = top[-1].arithmeticShiftedRight(byWord: top[0])
                top -= 1
            case 0x1E:  // CLZ
                top[0] = UInt256(UInt64(truncatingIfNeeded: 256 &- top[0].bitWidth))
            case 0x20:  // KECCAK256
                guard frame.pointee.hashMemory(top, gas: &gas) else { break loop }
                top -= 1

            // MARK: Stack
            case 0x50:  // POP
                top -= 1
            case 0x5F:  // PUSH0
                top += 1
                top[0] = .zero
            case 0x60:  // PUSH1
                top += 1
                top[0] = UInt256(UInt64(code[counter]))
                counter &+= 1
            case 0x61:  // PUSH2
                top += 1
                top[0] = UInt256(UInt64(code[counter]) &<< 8 | UInt64(code[counter &+ 1]))
                counter &+= 2
            case 0x62...0x7F:  // PUSH3...PUSH32
                let count = Int(opcode &- 0x5F)
                top += 1
                top[0] = immediate(code + counter, count: count)
                counter &+= count
            case 0x80...0x8F:  // DUP1...DUP16
                let word = top[0x80 &- Int(opcode)]
                top += 1
                top[0] = word
            case 0x90...0x9F:  // SWAP1...SWAP16
                let other = top + (0x8F &- Int(opcode))
                let word = top[0]
                top[0] = other[0]
                other[0] = word

            // MARK: Memory
            case 0x51:  // MLOAD
                guard frame.pointee.useMemory(top[0], small: 32, gas: &gas) else { break loop }
                top[0] = UInt256(bigEndian: frame.pointee.memory + Int(truncatingIfNeeded: top[0].limb0))
            case 0x52:  // MSTORE
                guard frame.pointee.useMemory(top[0], small: 32, gas: &gas) else { break loop }
                top[-1].storeBigEndian(to: frame.pointee.memory + Int(truncatingIfNeeded: top[0].limb0))
                top -= 2
            case 0x53:  // MSTORE8
                guard frame.pointee.useMemory(top[0], small: 1, gas: &gas) else { break loop }
                frame.pointee.memory[Int(truncatingIfNeeded: top[0].limb0)] = UInt8(
                    truncatingIfNeeded: top[-1].limb0)
                top -= 2
            case 0x59:  // MSIZE
                top += 1
                top[0] = UInt256(UInt64(truncatingIfNeeded: frame.pointee.memoryCount))
            case 0x5E:  // MCOPY
                guard frame.pointee.moveMemory(top[0], from: top[-1], count: top[-2], gas: &gas) else { break loop }
                top -= 3

            // MARK: Flow
            case 0x56:  // JUMP
                guard let target = jumpTarget(top[0], frame) else {
                    exit = Exit(.invalidJump)
                    break loop
                }
                top -= 1
                let isBackward = target < counter
                counter = target
                if !T.tracesInstructions, isBackward, frame.pointee.countBackwardJump() {
                    exit = .hot
                    break loop
                }
            case 0x57:  // JUMPI
                if !top[-1].isZero {
                    guard let target = jumpTarget(top[0], frame) else {
                        exit = Exit(.invalidJump)
                        break loop
                    }
                    top -= 2
                    let isBackward = target < counter
                    counter = target
                    if !T.tracesInstructions, isBackward, frame.pointee.countBackwardJump() {
                        exit = .hot
                        break loop
                    }
                } else {
                    top -= 2
                }
            case 0x58:  // PC
                top += 1
                top[0] = UInt256(UInt64(truncatingIfNeeded: counter &- 1))
            case 0x5A:  // GAS
                top += 1
                top[0] = UInt256(UInt64(bitPattern: gas))
            case 0x5B:  // JUMPDEST
                break

            // MARK: Data
            case 0x35:  // CALLDATALOAD
                top[0] = frame.pointee.inputWord(at: top[0])
            case 0x37:  // CALLDATACOPY
                guard
                    frame.pointee.copyToMemory(
                        top[0], from: frame.pointee.input, sourceCount: frame.pointee.inputCount, at: top[-1],
                        count: top[-2], gas: &gas)
                else { break loop }
                top -= 3
            case 0x39:  // CODECOPY
                guard
                    frame.pointee.copyToMemory(
                        top[0], from: code, sourceCount: frame.pointee.codeCount, at: top[-1], count: top[-2],
                        gas: &gas)
                else { break loop }
                top -= 3
            case 0x3E:  // RETURNDATACOPY
                if let halt = frame.pointee.copyReturnData(top, gas: &gas) {
                    exit = Exit(halt)
                    break loop
                }
                top -= 3
            case 0x49:  // BLOBHASH
                top[0] = frame.pointee.context.pointee.blobHash(at: top[0])

            // MARK: Words of message, transaction and block
            case 0x30, 0x32...0x34, 0x36, 0x38, 0x3A, 0x3D, 0x41...0x48, 0x4A:
                if row.flags.contains(.leavesLoop) {
                    exit = .instruction(opcode)
                    break loop
                }
                top += 1
                top[0] = frame.pointee.word(for: opcode)

            default:
                exit = .instruction(opcode)
                break loop
            }
            if T.tracesInstructions { tracer.didExecute(gas: gas, refund: frame.pointee.refund, halt: nil) }
        }
        frame.pointee.gas = gas
        frame.pointee.stackCount = top - base
        frame.pointee.programCounter = counter
        return exit
    }

    /// The big-endian number in `count` bytes of code.
    @inlinable @inline(__always)
    static func immediate(_ source: UnsafePointer<UInt8>, count: Int) -> UInt256 {
        // The 33 bytes of padding behind the code cover the 32 read here.
        UInt256(bigEndian: source) >> UInt64(truncatingIfNeeded: 256 &- 8 &* count)
    }

    /// The program counter of the JUMPDEST that `target` names; nil where there is none.
    @inlinable @inline(__always)
    static func jumpTarget(_ target: UInt256, _ frame: UnsafeMutablePointer<Frame>) -> Int? {
        guard target.fitsUInt64, target.limb0 < UInt64(frame.pointee.codeCount) else { return nil }
        let word = frame.pointee.jumpDestinations[Int(truncatingIfNeeded: target.limb0 / 64)]
        guard word &>> (target.limb0 % 64) & 1 != 0 else { return nil }
        return Int(truncatingIfNeeded: target.limb0)
    }
}
