import EVM
import Primitives
import StateTransition

/// Writes one JSON object for each instruction, and one at the end (EIP-3155).
struct EIP3155Tracer: Tracer {
    static var tracesInstructions: Bool { true }

    private let write: (String) -> Void
    /// The instruction that has been announced and not reported yet.
    private var pending: (before: String, after: String, gas: Int64)?

    init(write: @escaping (String) -> Void) { self.write = write }

    mutating func willExecute(_ step: InstructionStep) {
        let stack = step.stack.map { "\"\($0)\"" }.joined(separator: ",")
        pending = (
            "{\"pc\":\(step.programCounter),\"op\":\(step.opcode),\"gas\":\"\(Self.hexadecimal(step.gas))\"",
            "\"memSize\":\(step.memory.count),\"stack\":[\(stack)],\"depth\":\(step.depth + 1),"
                + "\"returnData\":\"\(Hex.encode(step.returnData))\",\"refund\":\"\(Self.hexadecimal(step.refund))\","
                + "\"opName\":\"\(Self.name(step.opcode))\"",
            step.gas
        )
    }

    mutating func didExecute(gas: Int64, refund: Int64, halt: Halt?) {
        guard let (before, after, gasBefore) = pending else { return }
        pending = nil
        let error = halt.map { ",\"error\":\"\($0)\"" } ?? ""
        write("\(before),\"gasCost\":\"\(Self.hexadecimal(gasBefore - gas))\",\(after)\(error)}")
    }

    /// The line that ends a transaction's trace.
    static func summary(_ result: TransactionResult, root: Hash256, fork: String) -> String {
        "{\"stateRoot\":\"\(root)\",\"output\":\"\(Hex.encode(result.output))\","
            + "\"gasUsed\":\"\(hexadecimal(Int64(clamping: result.gasUsed)))\","
            + "\"pass\":\(result.outcome == .success),\"fork\":\"\(fork)\"}"
    }

    private static func hexadecimal(_ value: Int64) -> String { "0x" + String(max(0, value), radix: 16) }

    private static func name(_ opcode: UInt8) -> String {
        guard let traits = InstructionTraits.all.first(where: { $0.opcode == opcode }) else {
            return "opcode 0x\(String(opcode, radix: 16))"
        }
        return "\(traits.name)\(traits.number.map { String($0) } ?? "")"
    }
}
