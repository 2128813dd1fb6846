import JSONRPC
import Primitives
import StateTransition

extension JSONReader {
    /// Reads one field of a header where `key` names one (execution-apis, Block), and says whether it did.
    mutating func readField(_ key: JSONText, of header: inout BlockHeader) throws -> Bool {
        switch key {
        case "parentHash": header.parentHash = try readHash()
        case "sha3Uncles": header.unclesHash = try readHash()
        case "miner": header.coinbase = try readAddress()
        case "stateRoot": header.stateRoot = try readHash()
        case "transactionsRoot": header.transactionsRoot = try readHash()
        case "receiptsRoot": header.receiptsRoot = try readHash()
        case "logsBloom": header.logsBloom = try readBloom()
        case "difficulty": header.difficulty = try readUInt256()
        case "number": header.number = try readQuantity()
        case "gasLimit": header.gasLimit = try readQuantity()
        case "gasUsed": header.gasUsed = try readQuantity()
        case "timestamp": header.timestamp = try readQuantity()
        case "extraData": header.extraData = try readData()
        case "mixHash": header.mixHash = try readHash()
        case "nonce": header.nonce = try readData().reduce(0) { $0 << 8 | UInt64($1) }
        case "baseFeePerGas": header.baseFee = try readNullable { reader throws(JSONError) in try reader.readUInt256() }
        case "withdrawalsRoot":
            header.withdrawalsRoot = try readNullable { reader throws(JSONError) in try reader.readHash() }
        case "blobGasUsed":
            header.blobGasUsed = try readNullable { reader throws(JSONError) in try reader.readQuantity() }
        case "excessBlobGas":
            header.excessBlobGas = try readNullable { reader throws(JSONError) in try reader.readQuantity() }
        case "parentBeaconBlockRoot":
            header.parentBeaconBlockRoot = try readNullable { reader throws(JSONError) in try reader.readHash() }
        case "requestsHash":
            header.requestsHash = try readNullable { reader throws(JSONError) in try reader.readHash() }
        default: return false
        }
        return true
    }

    /// Reads a value, or nil where it is `null`.
    mutating func readNullable<Value>(
        _ read: (inout JSONReader) throws(JSONError) -> Value
    ) throws(JSONError) -> Value? {
        try readNull() ? nil : try read(&self)
    }

    /// Reads the 256 bytes of a bloom.
    mutating func readBloom() throws -> LogsBloom {
        let bytes = try readData()
        guard let bloom = LogsBloom(bytes: bytes) else {
            throw EthereumClientError.malformed("a bloom of \(bytes.count) bytes")
        }
        return bloom
    }
}
