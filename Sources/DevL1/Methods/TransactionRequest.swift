import EthereumRPC
import JSONRPC
import Primitives
import StateTransition

/// A transaction as a caller of `eth_sendTransaction` wants it (execution-apis, GenericTransaction).
struct TransactionRequest {
    var from: Address?
    var to: Address?
    var gas: UInt64?
    var gasPrice: UInt256?
    var maxFeePerGas: UInt256?
    var maxPriorityFeePerGas: UInt256?
    var value: UInt256 = 0
    var nonce: UInt64?
    var input: [UInt8] = []
    var accessList: [AccessListEntry]?
    var chainID: UInt64?

    static func read(_ reader: inout JSONReader) throws(JSONError) -> TransactionRequest {
        var request = TransactionRequest()
        var data: [UInt8] = []
        try reader.beginObject()
        while let key = try reader.nextKey() {
            if try reader.readNull() { continue }
            switch key {
            case "from": request.from = try reader.readAddress()
            case "to": request.to = try reader.readAddress()
            case "gas": request.gas = try reader.readQuantity()
            case "gasPrice": request.gasPrice = try reader.readUInt256()
            case "maxFeePerGas": request.maxFeePerGas = try reader.readUInt256()
            case "maxPriorityFeePerGas": request.maxPriorityFeePerGas = try reader.readUInt256()
            case "value": request.value = try reader.readUInt256()
            case "nonce": request.nonce = try reader.readQuantity()
            case "input": request.input = try reader.readData()
            case "data": data = try reader.readData()
            case "accessList": request.accessList = try readAccessList(&reader)
            case "chainId": request.chainID = try reader.readQuantity()
            default: try reader.skipValue()
            }
        }
        if request.input.isEmpty { request.input = data }
        return request
    }

    private static func readAccessList(_ reader: inout JSONReader) throws(JSONError) -> [AccessListEntry] {
        var entries: [AccessListEntry] = []
        try reader.beginArray()
        while try reader.nextElement() {
            var entry = AccessListEntry(address: Address(), slots: [])
            try reader.beginObject()
            while let key = try reader.nextKey() {
                switch key {
                case "address": entry.address = try reader.readAddress()
                case "storageKeys":
                    try reader.beginArray()
                    while try reader.nextElement() { entry.slots.append(UInt256(try reader.readHash())) }
                default: try reader.skipValue()
                }
            }
            entries.append(entry)
        }
        return entries
    }

    /// The transaction without a signature.
    ///
    /// - Parameters:
    ///   - nonce: where none was asked for.
    ///   - gasLimit: likewise.
    ///   - baseFee: of the head, wei a gas.
    func transaction(
        chainID: UInt64, nonce: UInt64, gasLimit: UInt64, baseFee: UInt256, tip: UInt256
    ) throws(RPCError) -> Transaction {
        if let wanted = self.chainID, wanted != chainID {
            throw RPCError(
                code: -32_000, message: "chainId does not match node's (have=\(wanted), want=\(chainID))")
        }
        var transaction = Transaction(
            chainID: chainID, nonce: self.nonce ?? nonce, gasLimit: gas ?? gasLimit, to: to, value: value, input: input,
            accessList: accessList ?? [])
        if let gasPrice {
            guard maxFeePerGas == nil, maxPriorityFeePerGas == nil else {
                throw RPCError(
                    code: -32_000, message: "both gasPrice and (maxFeePerGas or maxPriorityFeePerGas) specified")
            }
            transaction.kind = accessList == nil ? .legacy : .accessList
            transaction.maxFeePerGas = gasPrice
            transaction.maxPriorityFeePerGas = gasPrice
            return transaction
        }
        transaction.kind = .dynamicFee
        let fee = maxFeePerGas ?? (baseFee &+ baseFee &+ (maxPriorityFeePerGas ?? tip))
        transaction.maxFeePerGas = fee
        transaction.maxPriorityFeePerGas = maxPriorityFeePerGas ?? min(tip, fee)
        guard transaction.maxPriorityFeePerGas <= fee else {
            throw RPCError(
                code: -32_000,
                message: "maxFeePerGas (\(fee)) < maxPriorityFeePerGas (\(transaction.maxPriorityFeePerGas))")
        }
        return transaction
    }
}
