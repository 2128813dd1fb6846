import JSONRPC
import Primitives
import StateTransition

extension JSONReader {
    /// Reads a receipt (execution-apis, ReceiptInfo; OP Stack specification, deposits).
    mutating func readReceipt() throws -> Receipt {
        var receipt = Receipt(
            kind: .legacy, outcome: .status(false), cumulativeGasUsed: 0, bloom: LogsBloom(), logs: [])
        try beginObject()
        while let key = try nextKey() {
            if try readNull() { continue }
            switch key {
            case "type": receipt.kind = try readKind()
            case "status": receipt.outcome = .status(try readQuantity() == 1)
            case "root": receipt.outcome = .stateRoot(try readHash())
            case "cumulativeGasUsed": receipt.cumulativeGasUsed = try readQuantity()
            case "logsBloom": receipt.bloom = try readBloom()
            case "logs": receipt.logs = try readArray { reader throws(JSONError) in try reader.readLog() }
            case "depositNonce": receipt.depositNonce = try readQuantity()
            case "depositReceiptVersion": receipt.depositReceiptVersion = try readQuantity()
            default: try skipValue()
            }
        }
        return receipt
    }

    private mutating func readLog() throws(JSONError) -> Log {
        var log = Log(address: Address(), topics: [], data: [])
        try beginObject()
        while let key = try nextKey() {
            switch key {
            case "address": log.address = try readAddress()
            case "topics": log.topics = try readHashes()
            case "data": log.data = try readData()
            default: try skipValue()
            }
        }
        return log
    }
}
