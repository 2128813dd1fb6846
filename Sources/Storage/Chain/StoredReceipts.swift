import Primitives
import StateTransition

/// The stored form of a block's receipts: a list of lists of kind, outcome, cumulative gas, logs and, for deposits, nonce
/// and version. The blooms, most of a receipt's bytes, follow from the logs.
enum StoredReceipts {
    static func encode(_ receipts: [Receipt]) -> [UInt8] {
        var writer = RLPWriter(minimumCapacity: 16 + receipts.count * 16)
        writer.appendList { list in
            for receipt in receipts {
                list.appendList { item in
                    item.append(UInt64(receipt.kind.rawValue))
                    switch receipt.outcome {
                    case .status(let isSuccess): item.append(isSuccess ? 1 : 0 as UInt64)
                    case .stateRoot(let root): item.append(root)
                    }
                    item.append(receipt.cumulativeGasUsed)
                    item.appendList { logs in for log in receipt.logs { log.encode(to: &logs) } }
                    if let nonce = receipt.depositNonce { item.append(nonce) }
                    if let version = receipt.depositReceiptVersion { item.append(version) }
                }
            }
        }
        return writer.bytes
    }

    /// Nil where the bytes are not receipts.
    static func decode(_ bytes: UnsafeRawBufferPointer) -> [Receipt]? {
        do {
            var reader = RLPReader(Array(bytes))
            var list = try reader.readList()
            try reader.expectEnd()
            var receipts: [Receipt] = []
            while !list.isAtEnd {
                guard let receipt = try receipt(&list) else { return nil }
                receipts.append(receipt)
            }
            return receipts
        } catch {
            return nil
        }
    }

    private static func receipt(_ list: inout RLPReader) throws(RLPError) -> Receipt? {
        var item = try list.readList()
        let type = try item.readUInt64()
        guard type < 256, let kind = Transaction.Kind(rawValue: UInt8(type)) else { return nil }
        let stated = try item.readBytes()
        let outcome: Receipt.Outcome
        switch stated.count {
        case 0: outcome = .status(false)
        case 1: outcome = .status(true)
        case 32: outcome = .stateRoot(stated.withUnsafeBytes { Hash256(copying: $0.baseAddress!) })
        default: return nil
        }
        let gas = try item.readUInt64()
        var logs: [Log] = []
        var logItems = try item.readList()
        while !logItems.isAtEnd {
            var log = try logItems.readList()
            let address = try log.readAddress()
            var topics: [Hash256] = []
            var topicItems = try log.readList()
            while !topicItems.isAtEnd { topics.append(try topicItems.readHash()) }
            logs.append(Log(address: address, topics: topics, data: Array(try log.readBytes())))
        }
        let nonce = item.isAtEnd ? nil : try item.readUInt64()
        let version = item.isAtEnd ? nil : try item.readUInt64()
        return Receipt(
            kind: kind, outcome: outcome, cumulativeGasUsed: gas, bloom: LogsBloom(logs), logs: logs,
            depositNonce: nonce, depositReceiptVersion: version)
    }
}
