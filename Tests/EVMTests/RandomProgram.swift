import EVM
import Primitives

/// Bytecode that mostly makes sense: blocks that keep the stack's height, jumps between them, memory in a small range,
/// storage, logs and calls to itself. So it runs long enough for two interpreters to differ.
struct RandomProgram<Random: RandomNumberGenerator> {
    private var random: Random
    private var code: [UInt8] = []
    private var height = 0
    private var labels: [Int] = []
    private var uses: [(position: Int, label: Int)] = []
    private var blockCount = 0

    /// The words that every block begins with.
    private static var resting: Int { 6 }

    static func make(_ random: inout Random) -> [UInt8] {
        var program = RandomProgram(random: random)
        program.write()
        random = program.random
        return program.code
    }

    private init(random: Random) { self.random = random }

    private mutating func below(_ limit: Int) -> Int { Int.random(in: 0..<limit, using: &random) }

    private mutating func write() {
        blockCount = 1 + below(8)
        for _ in 0..<Self.resting { push() }
        for block in 0..<blockCount { writeBlock(block) }
        if below(4) > 0 {
            push(small: 64)
            push(small: 0)
            code.append(below(4) == 0 ? 0xFD : 0xF3)
        }
        for use in uses {
            // A label of a block that was not written is an invalid target.
            let target = use.label < labels.count ? labels[use.label] : 3
            code[use.position] = UInt8(truncatingIfNeeded: target >> 8)
            code[use.position + 1] = UInt8(truncatingIfNeeded: target)
        }
    }

    private mutating func writeBlock(_ block: Int) {
        labels.append(code.count)
        code.append(0x5B)
        height = Self.resting
        for _ in 0..<below(24) { writeInstruction() }
        // Now and then a block leaves the stack as it is, to run into its limits.
        if below(16) > 0 {
            while height > Self.resting { emit(0x50, -1) }
            while height < Self.resting { push() }
        }
        switch below(10) {
        case 0:
            pushLabel()
            code.append(0x56)
        case 1...4:
            writeCondition()
            pushLabel()
            code.append(0x57)
        case 5:
            // A target that is found only at run time.
            pushLabel()
            push(small: 0)
            code.append(0x01)
            code.append(0x56)
        default: break
        }
        height = Self.resting
    }

    private mutating func writeCondition() {
        switch below(5) {
        case 0: push(small: below(3))
        case 1: code += [0x80 + UInt8(below(6))]
        case 2: code += [0x80, 0x82, 0x10 + UInt8(below(5))]
        case 3: code += [0x81, 0x81, 0x10 + UInt8(below(5)), 0x15]
        default: code += [0x80 + UInt8(below(4)), 0x15, 0x15]
        }
    }

    private mutating func writeInstruction() {
        switch below(24) {
        case 0...3: push()
        case 4...6: emit(0x80 + UInt8(below(min(16, max(1, height)))), 1)
        case 7...8: emit(0x90 + UInt8(below(min(16, max(1, height - 1)))), 0)
        case 9...14: writeArithmetic()
        case 15...17: writeMemory()
        case 18: writeWord()
        case 19: emit(0x5A, 1)
        case 20: writeStorage()
        case 21: below(3) == 0 ? writeCall() : emit(0x15 + UInt8(below(2)) * 4, 0)
        case 22: emit(0x50, -1)
        default:
            if below(40) == 0 {
                code.append(UInt8(below(256)))
            } else {
                writePair()
            }
        }
    }

    private mutating func writeArithmetic() {
        let binary: [UInt8] = [
            0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x0A, 0x0B, 0x10, 0x11, 0x12, 0x13, 0x14, 0x16, 0x17, 0x18, 0x1A,
        ]
        switch below(8) {
        case 0:
            if height < 3 { push() }
            emit(0x08 + UInt8(below(2)), -2)
        case 1:
            // Shifts by small numbers, and by any.
            if below(4) > 0 { push(small: below(260)) }
            emit(0x1B + UInt8(below(3)), -1)
        case 2, 3:
            push(small: below(300))
            emit(binary[below(binary.count)], -1)
        default: emit(binary[below(binary.count)], -1)
        }
    }

    private mutating func writeMemory() {
        if below(30) > 0 { push(small: below(200)) }
        switch below(9) {
        case 0...3: emit(0x51, 0)
        case 4, 5: emit(0x52, -2)
        case 6: emit(0x53, -2)
        case 7:
            push(small: below(70))
            code += [0x90]
            emit(0x20, -1)
        default:
            push(small: below(70))
            push(small: below(50))
            push(small: below(100))
            let copies: [UInt8] = [0x37, 0x39, 0x3E, 0x5E]
            emit(copies[below(4)], -3)
        }
    }

    private mutating func writeWord() {
        let words: [UInt8] = [
            0x30, 0x32, 0x33, 0x34, 0x36, 0x38, 0x3A, 0x3D, 0x41, 0x42, 0x43, 0x44, 0x45, 0x46, 0x47, 0x48, 0x4A, 0x58,
            0x59,
        ]
        switch below(6) {
        case 0:
            push(small: below(80))
            emit(0x35, 0)
        case 1:
            push(small: below(3))
            emit([0x49, 0x31, 0x3B, 0x3F, 0x40, 0x1E][below(6)], 0)
        default: emit(words[below(words.count)], 1)
        }
    }

    private mutating func writeStorage() {
        push(small: below(4))
        switch below(8) {
        case 0...2: emit(0x54, 0)
        case 3, 4: emit(0x55, -2)
        case 5: emit(0x5C, 0)
        case 6: emit(0x5D, -2)
        default:
            push(small: below(70))
            emit(0xA0, -2)
        }
    }

    /// A call to itself, with a share of the gas and a word of input.
    private mutating func writeCall() {
        let kind: UInt8 = [0xF1, 0xF2, 0xF4, 0xFA][below(4)]
        push(small: 32)
        push(small: below(64))
        push(small: 32)
        push(small: below(64))
        if kind < 0xF4 { push(small: below(2)) }
        emit(0x30, 1)
        emit(0x5A, 1)
        push(small: 1 + below(2))
        emit(0x1C, -1)
        emit(kind, kind < 0xF4 ? -6 : -5)
    }

    /// Sequences that an interpreter may run as one.
    private mutating func writePair() {
        let reach = UInt8(min(15, max(0, height - 2)))
        switch below(8) {
        case 0: code += [0x90 + UInt8(below(Int(reach) + 1)), 0x50]; height -= 1
        case 1: code += [0x80 + UInt8(below(Int(reach) + 1)), [0x01, 0x03, 0x16, 0x10, 0x14][below(5)]]
        case 2: code += [0x80 + UInt8(below(Int(reach) + 1)), 0x80 + UInt8(below(Int(reach) + 1))]; height += 2
        case 3: code += [0x60, UInt8(below(256)), [0x01, 0x03, 0x16, 0x10, 0x11, 0x14, 0x1B, 0x1C, 0x02][below(9)]]
        case 4: code += [0x90, [0x03, 0x01, 0x10, 0x04, 0x16][below(5)]]; height -= 1
        case 5: code += [0x60, UInt8(below(128)), 0x51]; height += 1
        case 6: code += [0x60, UInt8(below(128)), 0x52]; height -= 1
        default: code += [[0x10, 0x11, 0x14, 0x12][below(4)], 0x15]; height -= 1
        }
    }

    private mutating func emit(_ opcode: UInt8, _ change: Int) {
        code.append(opcode)
        height += change
    }

    private mutating func push(small value: Int) {
        code += value < 256 ? [0x60, UInt8(value)] : [0x61, UInt8(value >> 8), UInt8(value & 0xFF)]
        height += 1
    }

    private mutating func push() {
        let edges: [[UInt8]] = [
            [0], [1], [0xFF], [0x80], [UInt8](repeating: 0xFF, count: 8), [UInt8](repeating: 0xFF, count: 32),
            [1] + [UInt8](repeating: 0, count: 8), [0x80] + [UInt8](repeating: 0, count: 31),
            [UInt8](repeating: 0xFF, count: 31) + [0xF0],
        ]
        let count = 1 + below(32)
        let bytes =
            below(3) == 0
            ? edges[below(edges.count)] : (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        code.append(0x5F + UInt8(bytes.count))
        code += bytes
        height += 1
    }

    private mutating func pushLabel() {
        code += [0x61, 0, 0]
        // Now and then a block that does not exist, or forwards only: most programs must end before their gas does.
        uses.append((position: code.count - 2, label: below(blockCount + (below(8) == 0 ? 1 : 0))))
    }
}
