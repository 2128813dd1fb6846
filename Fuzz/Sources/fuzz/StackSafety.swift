import EVM
import Primitives
import StateTransition

/// Runs every instruction, and every two in a row, 200,000 times without leaving the fast loop: a handler that returns
/// where it should go on in tail position would eat the native stack. `scripts/check-stack-safety` gives it 512 KiB.
enum StackSafety {
    /// How often a body is repeated.
    private static let rounds: UInt64 = 200_000
    private static let contract = Address(truncating: 0xC0DE)

    /// Prints what it runs, so that after a crash the last line names the culprit. False where a program failed.
    static func run(verbose: Bool) -> Bool {
        var failures = 0
        let programs = instructionPrograms + pairPrograms + idiomPrograms
        for (name, code) in programs {
            if verbose { print(name) }
            if !execute(code) {
                print("stack-safety: \(name) did not come to its end")
                failures += 1
            }
        }
        print("stack-safety: \(programs.count) programs of \(rounds) rounds, \(failures) failed")
        return failures == 0
    }

    private static func execute(_ code: [UInt8]) -> Bool {
        let state = MemoryState()
        let hash = Hash256(1)
        state.setCode(hash, code)
        state.setAccount(contract, AccountRecord(nonce: 1, balance: 1 << 100, codeHash: hash))
        let rules = Rules(.osaka)
        var host = JournaledState(source: state, codes: CodeCache(), rules: rules)
        host.beginTransaction()
        var machine = Machine(rules: rules)
        machine.loop = .fast
        machine.setBlock(BlockEnvironment(number: 1_000))
        let message = Message(
            kind: .call, gas: .max, recipient: contract, codeAddress: contract, caller: Address(), value: 0,
            input: [UInt8](repeating: 7, count: 64))
        return (try? machine.execute(message, host: &host).outcome) == .success
    }

    // MARK: Programs

    /// `body` as often as `rounds` says. It must leave the stack as it finds it: the counter, and nothing it may touch.
    private static func loop(_ body: [UInt8]) -> [UInt8] {
        // counter; JUMPDEST body counter-1; while it is not zero
        var code: [UInt8] = [0x62] + bytes(rounds, 3) + [0x5B]
        code += body
        return code + [0x60, 1, 0x90, 0x03, 0x80, 0x60, 4, 0x57, 0x00]
    }

    private static func bytes(_ value: UInt64, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: value >> UInt64(8 * (count - 1 - $0))) }
    }

    /// Instructions on operands of their own, their results dropped; nil where the height leaves the stack's limits.
    private static func balanced(_ opcodes: [UInt8]) -> [UInt8] {
        let table = InstructionTable.for(.osaka)
        var (height, need) = (0, 0)
        var middle: [UInt8] = []
        for opcode in opcodes {
            let row = table[opcode]
            need = max(need, Int(row.stackInput) - height)
            height += Int(row.stackOutput) - Int(row.stackInput)
            middle.append(opcode)
            if opcode &- 0x60 < 32 { middle += [UInt8](repeating: 5, count: Int(opcode) - 0x5F) }
        }
        // Small operands: offsets and counts of memory, divisors, and no more wei than there is.
        let operands = (0..<need).flatMap { _ in [0x60, 3] as [UInt8] }
        return operands + middle + [UInt8](repeating: 0x50, count: need + height)
    }

    /// Jumps need a target, and what ends the frame can't be repeated in it.
    private static func isRepeatable(_ opcode: UInt8) -> Bool {
        let flags = InstructionTable.for(.osaka)[opcode].flags
        return flags.contains(.isDefined) && !flags.contains(.terminates) && opcode != 0x57
    }

    private static var instructionPrograms: [(String, [UInt8])] {
        // A second CREATE2 with the same salt burns the gas.
        (UInt8.min...UInt8.max).filter { isRepeatable($0) && $0 != 0xF5 }.map { opcode in
            // RETURNDATACOPY needs return data to copy, or no bytes.
            let body = opcode == 0x3E ? [0x5F, 0x5F, 0x5F, 0x3E] : balanced([opcode])
            return ("opcode \(opcode)", loop(body))
        }
    }

    /// For each instruction that stays in the loop a program with each such instruction behind it.
    private static var pairPrograms: [(String, [UInt8])] {
        let table = InstructionTable.for(.osaka)
        let staying = (UInt8.min...UInt8.max).filter { opcode in
            guard isRepeatable(opcode), !table[opcode].flags.contains(.leavesLoop), opcode != 0x3E else { return false }
            // Of the families some members: they share handlers, apart from the first ones.
            if (0x60...0x9F).contains(opcode) {
                return [0x60, 0x61, 0x67, 0x7F, 0x80, 0x81, 0x82, 0x85, 0x90, 0x91, 0x92, 0x95].contains(opcode)
            }
            return true
        }
        // NOT, KECCAK256, CALLDATALOAD, MLOAD, GAS, PUSH8 and PUSH32 make words that no memory reaches.
        let large: [UInt8] = [0x19, 0x20, 0x35, 0x51, 0x5A, 0x67, 0x7F]
        let reaching: [UInt8] = [0x20, 0x37, 0x39, 0x51, 0x52, 0x53, 0x5E]
        return staying.map { first in
            let seconds = staying.filter { !large.contains(first) || !reaching.contains($0) }
            return ("opcode \(first) before another", loop(seconds.flatMap { balanced([first, $0]) }))
        }
    }

    /// Longer sequences that compilers write, with their jumps: each leaves only the counter.
    private static var idiomPrograms: [(String, [UInt8])] {
        var programs: [(String, [UInt8])] = []
        let triples: [[UInt8]] = [
            [0x80, 0x60, 0x01], [0x81, 0x60, 0x01], [0x60, 0x80, 0x52], [0x60, 0x81, 0x52], [0x80, 0x81, 0x01],
            [0x81, 0x81, 0x01], [0x81, 0x81, 0x10], [0x81, 0x81, 0x03], [0x82, 0x82, 0x02], [0x90, 0x60, 0x01],
            [0x60, 0x01, 0x90], [0x60, 0x1C, 0x16], [0x60, 0x1B, 0x03], [0x91, 0x90, 0x50], [0x92, 0x91, 0x50],
            [0x90, 0x50, 0x90], [0x50, 0x50, 0x50], [0x60, 0x51, 0x60], [0x80, 0x51, 0x60], [0x10, 0x15, 0x15],
            [0x60, 0x1B, 0x60], [0x60, 0x35, 0x60], [0x60, 0x20, 0x01], [0x01, 0x90, 0x60], [0x60, 0x60, 0x01],
            [0x60, 0x60, 0x52], [0x81, 0x52, 0x60], [0x52, 0x60, 0x01], [0x80, 0x35, 0x90], [0x90, 0x03, 0x16],
        ]
        for triple in triples {
            programs.append(("triple \(triple)", loop(balanced(triple))))
        }
        // PUSH [comparison] [ISZERO]... PUSH JUMPI forwards, taken and not.
        let comparisons: [[UInt8]] = [
            [], [0x10], [0x11], [0x12], [0x13], [0x14], [0x16], [0x03], [0x18], [0x1C],
        ]
        for comparison in comparisons {
            for negations in 0...2 {
                for operand: UInt8 in [0, 3] {
                    for source in [[0x60, operand], [0x80], [0x60, operand, 0x81]] as [[UInt8]] {
                        for isDirect in [true, false] {
                            var body = comparison.isEmpty ? source : [0x60, 3] + source + comparison
                            if source.count == 3 { body += [0x90, 0x50] }
                            body += [UInt8](repeating: 0x15, count: negations)
                            // The code before the body has five bytes. Indirect: the target is a sum.
                            let jump: [UInt8] = isDirect ? [0x60, 0] : [0x60, 0, 0x5F, 0x01]
                            let target = UInt8(5 + body.count + jump.count + 1 + 2)
                            body += jump.enumerated().map { $0.offset == 1 ? target : $0.element }
                            body += [0x57, 0x5F, 0x50, 0x5B]
                            programs.append(("jump \(body)", loop(body)))
                        }
                    }
                }
            }
        }
        for jump: [UInt8] in [[0x60, 0, 0x56], [0x60, 0, 0x5F, 0x01, 0x56]] {
            let target = UInt8(5 + jump.count)
            let body = jump.enumerated().map { $0.offset == 1 ? target : $0.element } + [0x5B]
            programs.append(("jump \(body)", loop(body)))
        }
        return programs
    }
}
