import Blockchain
import EVM
import JSONRPC
import Primitives
import StateTransition

/// A simulated block with what its calls came to.
struct SimulatedBlock {
    private struct Call {
        var result: CallResult
        var logs: [TransferTracer.Entry]
        var halt: HaltReport?
        var isCapped: Bool
    }

    private(set) var transactions: [Transaction] = []
    private(set) var senders: [Address] = []
    private var calls: [Call] = []
    /// The block, once it is whole.
    var sealed: SealedBlock?

    mutating func add(
        _ transaction: Transaction, sender: Address, _ result: CallResult, _ tracer: borrowing TransferTracer,
        isCapped: Bool
    ) {
        transactions.append(transaction)
        senders.append(sender)
        calls.append(Call(result: result, logs: tracer.entries, halt: tracer.halt, isCapped: isCapped))
    }

    /// Writes the block as any other, and its calls.
    func write(to writer: inout JSONWriter, fullTransactions: Bool) {
        guard let sealed else { return }
        writer.beginObject()
        writer.blockMembers(sealed, fullTransactions: fullTransactions)
        writer.key("calls")
        writer.beginArray()
        for (index, call) in calls.enumerated() { write(call, index, of: sealed, to: &writer) }
        writer.endArray()
        writer.endObject()
    }

    private func write(_ call: Call, _ index: Int, of sealed: SealedBlock, to writer: inout JSONWriter) {
        let result = call.result
        let isSuccess = result.outcome == .success
        writer.beginObject()
        writer.member("returnData", isSuccess ? result.output : [])
        writer.key("logs")
        writer.beginArray()
        for entry in call.logs { writer.log(entry.log, of: sealed, transaction: index, logIndex: entry.index) }
        writer.endArray()
        writer.member("gasUsed", result.gasUsed)
        writer.member("maxUsedGas", result.peakGas)
        writer.member("status", isSuccess ? 1 : 0 as UInt64)
        if !isSuccess { writeError(call, to: &writer) }
        writer.endObject()
    }

    private func writeError(_ call: Call, to writer: inout JSONWriter) {
        writer.key("error")
        writer.beginObject()
        if case .halt(let halt) = call.result.outcome {
            writer.key("message")
            let remark = call.isCapped ? " (gas limit was capped by the RPC server's global gas cap)" : ""
            writer.string((call.halt ?? HaltReport(halt: halt)).message + remark)
            writer.key("code")
            writer.number(-32_015)
        } else {
            writer.key("message")
            writer.string(Outcome.revertMessage(call.result.output))
            writer.key("code")
            writer.number(3)
            writer.member("data", call.result.output)
        }
        writer.endObject()
    }
}
