import EVM
import Primitives

/// Bytecode that mostly runs: every instruction finds its operands, offsets are small, jumps have targets. A few bytes
/// are then changed now and then.
enum RandomContract {
    /// The address of a contract of the fuzzer.
    static func address(_ index: Int) -> Address { Address(truncating: UInt256(UInt64(0x1000 + index))) }

    static func code(_ random: inout SplitMix, _ revision: Revision) -> [UInt8] {
        var writer = Writer(revision: revision)
        for _ in 0..<1 + random.below(40) { writer.step(&random) }
        var code = writer.finish(&random)
        if random.oneIn(8) { code = random.mutated(code) }
        return code
    }

    private struct Writer {
        let table: InstructionTable
        let opcodes: [UInt8]
        var code: [UInt8] = []
        var height = 0
        /// Where the two bytes of a jump's target are to be filled in.
        var jumps: [Int] = []
        var targets: [Int] = []

        init(revision: Revision) {
            let table = InstructionTable.for(revision)
            self.table = table
            opcodes = (UInt8.min...UInt8.max).filter { table[$0].flags.contains(.isDefined) }
        }

        mutating func step(_ random: inout SplitMix) {
            switch random.below(16) {
            case 0: target()
            case 1: jump(&random, isConditional: true)
            case 2 where random.oneIn(3): jump(&random, isConditional: false)
            case 3, 4: memory(&random)
            case 5: storage(&random)
            case 6 where random.oneIn(2): call(&random)
            case 7: chain(&random)
            case 8, 9: push(&random)
            default: any(&random)
            }
        }

        mutating func finish(_ random: inout SplitMix) -> [UInt8] {
            switch random.below(6) {
            case 0: code += [0x60, UInt8(random.below(70)), 0x60, UInt8(random.below(40)), random.pick([0xF3, 0xFD])]
            case 1: code.append(random.pick([0x00, 0xFE, 0x5B, 0x7F, 0x60, 0x61]))
            default: break
            }
            for position in jumps {
                let target = targets.isEmpty || random.oneIn(20) ? random.below(code.count + 2) : random.pick(targets)
                code[position] = UInt8(target >> 8)
                code[position + 1] = UInt8(target & 255)
            }
            return code
        }

        private mutating func target() {
            targets.append(code.count)
            code.append(0x5B)
        }

        private mutating func jump(_ random: inout SplitMix, isConditional: Bool) {
            if isConditional && (height == 0 || random.oneIn(3)) { push(&random) }
            code += [0x61, 0, 0, isConditional ? 0x57 : 0x56]
            jumps.append(code.count - 3)
            if isConditional { height -= 1 } else { target() }
        }

        /// Any instruction, with operands put before it if the stack does not hold enough.
        private mutating func any(_ random: inout SplitMix) {
            let opcode = random.pick(opcodes)
            let row = table[opcode]
            // Those that end the code or name an address or a target are made elsewhere, or are rare.
            if [0x00, 0x56, 0x57, 0xF3, 0xFD, 0xFF, 0xFE].contains(opcode), !random.oneIn(20) { return }
            if (0x60...0x7F).contains(opcode) {
                code += [opcode] + random.bytes(Int(opcode - 0x5F))
                height += 1
                return
            }
            while height < Int(row.stackInput) { random.oneIn(3) ? push(&random) : small(&random) }
            code.append(opcode)
            height += Int(row.stackOutput) - Int(row.stackInput)
        }

        /// A run of cheap instructions, in which a fast loop has the most to fuse.
        private mutating func chain(_ random: inout SplitMix) {
            push(&random)
            for _ in 0..<random.below(12) {
                switch random.below(4) {
                case 0: code.append(0x80 + UInt8(random.below(min(max(height, 1), 16))))
                case 1 where height > 1:
                    code.append(0x90 + UInt8(random.below(min(height - 1, 16))))
                    continue
                case 2 where height > 1:
                    code.append(
                        random.pick([0x01, 0x02, 0x03, 0x10, 0x11, 0x12, 0x13, 0x14, 0x16, 0x17, 0x18, 0x04, 0x06]))
                    height -= 1
                    continue
                default: code += [0x60, UInt8(random.below(256))]
                }
                height += 1
            }
        }

        private mutating func memory(_ random: inout SplitMix) {
            switch random.below(4) {
            case 0:
                small(&random)
                code.append(0x51)
            case 1:
                push(&random)
                small(&random)
                code.append(random.pick([0x52, 0x53]))
                height -= 2
            case 2:
                small(&random)
                small(&random)
                code.append(0x20)
                height -= 1
            default:
                for _ in 0..<3 { small(&random) }
                code.append(random.pick([0x37, 0x39, 0x5E, 0x3E]))
                height -= 3
            }
        }

        private mutating func storage(_ random: inout SplitMix) {
            let isWrite = random.oneIn(2)
            if isWrite { random.oneIn(2) ? push(&random) : small(&random) }
            code += [0x60, UInt8(random.below(5)), isWrite ? 0x55 : 0x54]
            height += isWrite ? -1 : 1
        }

        /// A call of one of the contracts, a precompile or nobody.
        private mutating func call(_ random: inout SplitMix) {
            let opcode: UInt8 = random.pick([0xF1, 0xF2, 0xF4, 0xFA])
            for _ in 0..<4 { small(&random) }
            if opcode < 0xF4 { code += [0x60, UInt8(random.oneIn(4) ? 1 : 0)] }
            let target = random.oneIn(4) ? random.below(10) : 0x1000 + random.below(4)
            code += [0x61, UInt8(target >> 8), UInt8(target & 255)]
            code += random.oneIn(2) ? [0x5A] : [0x61, UInt8(random.below(256)), 0]
            code.append(opcode)
            height -= 3
        }

        /// A number that may well be an offset or a count.
        private mutating func small(_ random: inout SplitMix) {
            code += random.oneIn(20) ? [0x61, UInt8(random.below(256)), 0] : [0x60, UInt8(random.below(100))]
            height += 1
        }

        /// Any word.
        private mutating func push(_ random: inout SplitMix) {
            let bytes = random.word().minimalBytes
            code += [UInt8(0x5F + max(1, bytes.count))] + (bytes.isEmpty ? [0] : bytes)
            height += 1
        }
    }
}
