import EVM
import JSONRPC
import NIOCore
import Primitives

/// Writes every instruction as the `structLogs` of a trace, while it runs.
struct StructLogWriter: Tracer {
    static var tracesInstructions: Bool { true }
    static var tracesState: Bool { true }
    static var explainsHalts: Bool { true }

    private let options: TraceOptions
    private let table: InstructionTable
    private let deadline: NIODeadline
    /// Bytes after which nothing more is recorded.
    private let byteLimit: Int
    /// Lent by who wants the answer.
    private var writer: JSONWriter
    /// Bytes that it held before.
    private let start: Int
    /// What ended the recording, where the trace as asked for can't be given.
    private(set) var failure: RPCError?

    /// The slots that each contract has read or written so far.
    private var storage: HashTable<Address, HashTable<UInt256, UInt256>>
    private let seed = UInt64.random(in: .min ... .max)
    /// The running instruction, whose object is begun; nil where it is not recorded.
    private var step: Step?
    private var steps: UInt64 = 0

    private struct Step {
        var gas: Int64
        var opcode: UInt8
        /// The contract whose storage the instruction has used.
        var storageOwner: Address?
        /// What has ended its message.
        var halt: HaltReport?
    }

    /// Begins an array in `writer`, which is empty until it is given back.
    init(
        _ options: TraceOptions, _ revision: Revision, byteLimit: Int, deadline: NIODeadline,
        borrowing writer: inout JSONWriter
    ) {
        self.options = options
        table = .for(revision)
        self.deadline = deadline
        self.byteLimit = byteLimit
        storage = HashTable(seed: seed)
        self.writer = JSONWriter()
        start = writer.count
        swap(&self.writer, &writer)
        self.writer.beginArray()
    }

    /// Ends the array and gives the writer back.
    mutating func finish(_ writer: inout JSONWriter) {
        self.writer.endArray()
        swap(&self.writer, &writer)
    }

    mutating func willExecute(_ instruction: InstructionStep) {
        step = nil
        guard failure == nil else { return }
        if options.limit > 0, UInt64(writer.count - start) > options.limit { return }
        steps &+= 1
        if steps & 0x3FF == 0, NIODeadline.now() > deadline { failure = .executionTimeout }
        if writer.count - start > byteLimit { failure = .responseTooLarge }
        step = Step(gas: instruction.gas, opcode: instruction.opcode)
        writer.beginObject()
        writer.key("pc")
        writer.number(Int64(instruction.programCounter))
        writer.key("op")
        writer.string(InstructionTitles.title(of: instruction.opcode))
        writer.key("gas")
        writer.number(instruction.gas)
        writer.key("depth")
        writer.number(Int64(instruction.depth + 1))
        if instruction.refund != 0 {
            writer.key("refund")
            writer.number(instruction.refund)
        }
        if !options.disablesStack { write(instruction.stack) }
        if options.enablesReturnData, !instruction.returnData.isEmpty {
            writer.key("returnData")
            writer.data(instruction.returnData)
        }
        if options.enablesMemory, !instruction.memory.isEmpty { write(instruction.memory) }
    }

    private mutating func write(_ stack: UnsafeBufferPointer<UInt256>) {
        writer.key("stack")
        writer.beginArray()
        for word in stack { writer.quantity(word) }
        writer.endArray()
    }

    /// Writes the memory in pieces of 32 bytes; there are no others.
    private mutating func write(_ memory: UnsafeRawBufferPointer) {
        writer.key("memory")
        writer.beginArray()
        for start in stride(from: 0, to: memory.count, by: 32) {
            writer.data(UnsafeRawBufferPointer(rebasing: memory[start..<min(start + 32, memory.count)]))
        }
        writer.endArray()
    }

    mutating func didReadStorage(of account: Address, key: UInt256, value: UInt256) {
        record(key, value, of: account)
    }

    mutating func didWriteStorage(of account: Address, key: UInt256, value: UInt256) {
        record(key, value, of: account)
    }

    private mutating func record(_ key: UInt256, _ value: UInt256, of account: Address) {
        guard step != nil, !options.disablesStorage else { return }
        let (index, _) = storage.indexInserting(account) { HashTable(seed: seed) }
        storage[position: index].set(key, value)
        step?.storageOwner = account
    }

    mutating func didExecute(gas: Int64, refund: Int64, halt: Halt?) {
        guard let step else { return }
        self.step = nil
        writer.key("gasCost")
        writer.number(step.halt?.isOfStack == true ? constantGas(of: step.opcode) : step.gas &- gas)
        // What an instruction finds wrong only while it runs is no error of its log.
        if let report = step.halt, !report.isFoundWhileRunning {
            writer.key("error")
            writer.string(report.message)
        }
        if let owner = step.storageOwner, let slots = storage[owner] { write(slots) }
        writer.endObject()
    }

    /// What the common clients have reckoned with where they find the stack wrong.
    private func constantGas(of opcode: UInt8) -> Int64 {
        switch opcode {
        // Theirs is all of the kind that depends on the operands.
        case 0x0A, 0x54, 0x55, 0xA0...0xA4: 0
        default: Int64(table[opcode].gas)
        }
    }

    mutating func didHalt(_ halt: Halt, _ cause: HaltCause) { step?.halt = HaltReport(halt: halt, cause: cause) }

    private mutating func write(_ slots: HashTable<UInt256, UInt256>) {
        writer.key("storage")
        writer.beginObject()
        for slot in slots.entries {
            writer.key(Hex.encode(slot.key.bytes))
            writer.data(Hash256(slot.value))
        }
        writer.endObject()
    }
}

extension RPCError {
    /// The trace took longer than it may.
    static let executionTimeout = RPCError(code: -32_000, message: "execution timeout")
}

extension HaltReport {
    fileprivate var isOfStack: Bool { halt == .stackUnderflow || halt == .stackOverflow }

    /// Whether the instruction had enough words and was paid before it failed.
    fileprivate var isFoundWhileRunning: Bool {
        switch halt {
        case .invalidJump, .undefinedInstruction, .returnDataOutOfBounds:
            cause == .rule || halt == .undefinedInstruction
        case .staticModification: cause == .rule
        default: false
        }
    }
}
