public import Primitives

/// Records every instruction (EIP-3155).
///
/// - Complexity: memory grows with the number of instructions, up to `limit`.
public struct StructLogTracer: Tracer {
    /// What to record beside the program counter, gas and depth.
    public struct Options: Sendable {
        public var stack = true
        public var memory = false
        public var returnData = false
        /// Instructions beyond this number are not recorded.
        public var limit = Int.max

        public init() {}
    }

    /// One instruction.
    public struct Entry: Equatable, Sendable {
        public var programCounter: Int
        public var opcode: UInt8
        /// What the frame had left before the instruction, and what that took; for a call with what it handed over.
        public var gas: Int64
        public var gasCost: Int64
        /// Bytes.
        public var memoryCount: Int
        /// The words before the instruction, the top last.
        public var stack: [UInt256]
        public var memory: [UInt8]
        public var returnData: [UInt8]
        /// From 1, as EIP-3155 counts.
        public var depth: Int
        public var refund: Int64
        public var halt: Halt?
    }

    public static var tracesInstructions: Bool { true }
    public let options: Options
    public private(set) var entries: [Entry] = []
    /// Whether the running instruction is beyond the limit.
    private var isFull = false

    public init(_ options: Options = Options()) { self.options = options }

    public mutating func willExecute(_ step: InstructionStep) {
        isFull = entries.count >= options.limit
        if isFull { return }
        entries.append(
            Entry(
                programCounter: step.programCounter, opcode: step.opcode, gas: step.gas, gasCost: 0,
                memoryCount: step.memory.count, stack: options.stack ? Array(step.stack) : [],
                memory: options.memory ? Array(step.memory) : [],
                returnData: options.returnData ? Array(step.returnData) : [], depth: step.depth + 1,
                refund: step.refund, halt: nil))
    }

    public mutating func didExecute(gas: Int64, refund: Int64, halt: Halt?) {
        guard !isFull, let index = entries.indices.last else { return }
        entries[index].gasCost = entries[index].gas &- gas
        entries[index].halt = halt
    }
}

extension StructLogTracer.Entry {
    /// One line of JSON as EIP-3155 lays it out, without a line break.
    public func json(names: InstructionNames) -> [UInt8] {
        var line = JSONLine()
        line.append("{\"pc\":", decimal: programCounter)
        line.append(",\"op\":", decimal: Int(opcode))
        line.append(",\"gas\":\"", hexadecimal: UInt256(UInt64(clamping: gas)))
        line.append("\",\"gasCost\":\"", hexadecimal: UInt256(UInt64(clamping: gasCost)))
        line.append("\",\"memSize\":", decimal: memoryCount)
        line.append(",\"stack\":[")
        for index in 0..<stack.count {
            line.append(index == 0 ? "\"" : ",\"", hexadecimal: stack[index])
            line.append("\"")
        }
        line.append("],\"depth\":", decimal: depth)
        line.append(",\"refund\":", decimal: Int(refund))
        line.append(",\"opName\":\"")
        line.append(ascii: names[opcode])
        line.append("\"")
        if !memory.isEmpty { line.append(",\"memory\":\"", bytes: memory) }
        if !returnData.isEmpty { line.append(",\"returnData\":\"", bytes: returnData) }
        if let halt {
            line.append(",\"error\":\"")
            line.append(halt.message)
            line.append("\"")
        }
        line.append("}")
        return line.bytes
    }
}

/// The names of the instructions, by opcode.
public struct InstructionNames: Sendable {
    private let names: [[UInt8]]

    public init() {
        var names = [[UInt8]](repeating: Array("UNDEFINED".utf8), count: 256)
        for traits in InstructionTraits.all {
            var name = traits.name.withUTF8Buffer { Array($0) }
            if let number = traits.number {
                if number >= 10 { name.append(0x30 + number / 10) }
                name.append(0x30 + number % 10)
            }
            names[Int(traits.opcode)] = name
        }
        names[0xFE] = Array("INVALID".utf8)
        self.names = names
    }

    /// The name in ASCII.
    public subscript(opcode: UInt8) -> [UInt8] { names[Int(opcode)] }
}
