package import JSONRPC
import Primitives
import StateTransition

/// A block as a consensus client states it (Engine API, ExecutionPayload V1 to V3; OP Stack, ExecutionPayload V4).
package struct ExecutionPayload: Sendable {
    var parentHash = Hash256()
    var feeRecipient = Address()
    var stateRoot = Hash256()
    var receiptsRoot = Hash256()
    var logsBloom = LogsBloom()
    var randomness = Hash256()
    var number: UInt64 = 0
    var gasLimit: UInt64 = 0
    var gasUsed: UInt64 = 0
    var timestamp: UInt64 = 0
    var extraData: [UInt8] = []
    var baseFee = UInt256.zero
    var blockHash = Hash256()
    /// In their canonical form.
    var transactions: [[UInt8]] = []
    /// From V2 on.
    var withdrawals: [Withdrawal]?
    /// From V3 on.
    var blobGasUsed: UInt64?
    /// From V3 on.
    var excessBlobGas: UInt64?
    /// OP Stack, from Isthmus on.
    var withdrawalsRoot: Hash256?

    init() {}

    // MARK: Reading

    /// The members that every version has.
    private struct Members: OptionSet {
        let rawValue: UInt16
        static let names: [StaticString] = [
            "parentHash", "feeRecipient", "stateRoot", "receiptsRoot", "logsBloom", "prevRandao", "blockNumber",
            "gasLimit", "gasUsed", "timestamp", "extraData", "baseFeePerGas", "blockHash", "transactions",
        ]

        static func named(_ key: JSONText) -> Members? {
            names.firstIndex { key == $0 }.map { Members(rawValue: 1 << UInt16($0)) }
        }

        /// The first of all that is not in `self`.
        var firstMissing: StaticString? {
            Self.names.indices.first { rawValue & 1 << UInt16($0) == 0 }.map { Self.names[$0] }
        }
    }

    /// Reads a payload of any version.
    ///
    /// - Returns: the payload, and the name of the first member that every version has and this one does not.
    static func read(
        _ reader: inout JSONReader
    ) throws(JSONError) -> (payload: ExecutionPayload, missing: StaticString?) {
        var payload = ExecutionPayload()
        var seen: Members = []
        try reader.beginObject()
        while let key = try reader.nextKey() {
            // What is null counts as not there.
            if try reader.readNull() { continue }
            if let member = Members.named(key) { seen.insert(member) }
            try payload.readMember(key, &reader)
        }
        return (payload, seen.firstMissing)
    }

    private mutating func readMember(_ key: JSONText, _ reader: inout JSONReader) throws(JSONError) {
        switch key {
        case "parentHash": parentHash = try reader.readHash()
        case "feeRecipient": feeRecipient = try reader.readAddress()
        case "stateRoot": stateRoot = try reader.readHash()
        case "receiptsRoot": receiptsRoot = try reader.readHash()
        case "logsBloom":
            let start = reader.position
            guard let bloom = LogsBloom(bytes: try reader.readData()) else {
                throw JSONError(.wrongHexLength, at: start)
            }
            logsBloom = bloom
        case "prevRandao": randomness = try reader.readHash()
        case "blockNumber": number = try reader.readQuantity()
        case "gasLimit": gasLimit = try reader.readQuantity()
        case "gasUsed": gasUsed = try reader.readQuantity()
        case "timestamp": timestamp = try reader.readQuantity()
        case "extraData": extraData = try reader.readData()
        case "baseFeePerGas": baseFee = try reader.readUInt256()
        case "blockHash": blockHash = try reader.readHash()
        case "transactions": transactions = try reader.readArray { reader throws(JSONError) in try reader.readData() }
        case "withdrawals":
            withdrawals = try reader.readArray { reader throws(JSONError) in try Withdrawal(json: &reader) }
        case "blobGasUsed": blobGasUsed = try reader.readQuantity()
        case "excessBlobGas": excessBlobGas = try reader.readQuantity()
        case "withdrawalsRoot": withdrawalsRoot = try reader.readHash()
        default: try reader.skipValue()
        }
    }

    // MARK: Writing

    /// Writes the payload with the members that it has.
    package func write(to json: inout JSONWriter) {
        json.beginObject()
        json.member("parentHash", parentHash)
        json.member("feeRecipient", feeRecipient)
        json.member("stateRoot", stateRoot)
        json.member("receiptsRoot", receiptsRoot)
        json.member("logsBloom", logsBloom.bytes)
        json.member("prevRandao", randomness)
        json.member("blockNumber", number)
        json.member("gasLimit", gasLimit)
        json.member("gasUsed", gasUsed)
        json.member("timestamp", timestamp)
        json.member("extraData", extraData)
        json.member("baseFeePerGas", baseFee)
        json.member("blockHash", blockHash)
        json.key("transactions")
        json.array(transactions) { $0.data($1) }
        if let withdrawals {
            json.key("withdrawals")
            json.withdrawals(withdrawals)
        }
        if let blobGasUsed {
            json.member("blobGasUsed", blobGasUsed)
        }
        if let excessBlobGas {
            json.member("excessBlobGas", excessBlobGas)
        }
        if let withdrawalsRoot {
            json.member("withdrawalsRoot", withdrawalsRoot)
        }
        json.endObject()
    }
}

extension JSONWriter {
    /// Writes an array whose elements `write` writes.
    mutating func array<Element>(_ elements: [Element], _ write: (inout JSONWriter, Element) -> Void) {
        beginArray()
        for element in elements { write(&self, element) }
        endArray()
    }
}

extension Withdrawal {
    /// Reads a WithdrawalV1, all of whose members must be there.
    init(json reader: inout JSONReader) throws(JSONError) {
        let start = reader.position
        var index: UInt64?
        var validatorIndex: UInt64?
        var address: Address?
        var amount: UInt64?
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "index": index = try reader.readQuantity()
            case "validatorIndex": validatorIndex = try reader.readQuantity()
            case "address": address = try reader.readAddress()
            case "amount": amount = try reader.readQuantity()
            default: try reader.skipValue()
            }
        }
        guard let index, let validatorIndex, let address, let amount else {
            throw JSONError(.expectedObject, at: start)
        }
        self.init(index: index, validatorIndex: validatorIndex, address: address, amount: amount)
    }
}
