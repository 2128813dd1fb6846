import EVM
import JSONRPC
import Primitives
import Sequencing
import StateTransition

/// A call as a client describes it (execution-apis, GenericTransaction): what is absent gets a default.
struct CallRequest {
    var from: Address?
    var to: Address?
    var gas: UInt64?
    /// Wei a gas; in place of the two fees below.
    var gasPrice: UInt256?
    var maxFeePerGas: UInt256?
    var maxPriorityFeePerGas: UInt256?
    /// Wei.
    var value: UInt256?
    var nonce: UInt64?
    /// Call data; `input` is the newer name and goes before `data`.
    var data: [UInt8]?
    var input: [UInt8]?
    var accessList: [AccessListEntry]?
    var chainID: UInt256?
    var maxFeePerBlobGas: UInt256?
    var blobHashes: [Hash256]?
    var authorizations: [Authorization]?

    /// Who calls: the zero address where nobody is named.
    var sender: Address { from ?? Address() }

    init() {}

    /// Reads an object; members that are null count as absent, and those without a meaning here are passed over.
    static func read(_ reader: inout JSONReader) throws(JSONError) -> CallRequest {
        var request = CallRequest()
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
            case "data": request.data = try reader.readData()
            case "input": request.input = try reader.readData()
            case "accessList": request.accessList = try reader.readArray(AccessListEntry.read)
            case "chainId": request.chainID = try reader.readUInt256()
            case "maxFeePerBlobGas": request.maxFeePerBlobGas = try reader.readUInt256()
            case "blobVersionedHashes":
                request.blobHashes = try reader.readArray { (reader) throws(JSONError) in try reader.readHash() }
            case "authorizationList": request.authorizations = try reader.readArray(Authorization.read)
            default: try reader.skipValue()
            }
        }
        return request
    }

    /// The transaction that the call is as if it were one, unsigned.
    ///
    /// - Parameters:
    ///   - hasBaseFee: whether the block has one, which makes the call one of EIP-1559 where it names no gas price.
    ///   - gas: the gas limit where the call names none.
    ///   - nonce: where the call names none.
    ///   - gasCap: the most gas that a call may have.
    /// - Throws: where what it says contradicts itself or the chain.
    func transaction(
        hasBaseFee: Bool, gas: UInt64, nonce: UInt64, chainID ownChainID: UInt64, gasCap: UInt64 = .max
    ) throws(RPCError) -> Transaction {
        if gasPrice != nil && (maxFeePerGas != nil || maxPriorityFeePerGas != nil) {
            throw RPCError(
                code: -32_000, message: "both gasPrice and (maxFeePerGas or maxPriorityFeePerGas) specified")
        }
        if let chainID, chainID != UInt256(ownChainID) {
            throw RPCError(
                code: -32_000,
                message: "chainId does not match node's (have=\(chainID.decimal), want=\(ownChainID))")
        }
        let isLegacy = gasPrice != nil || !hasBaseFee
        let kind = isLegacy ? .legacy : feeMarketKind
        return Transaction(
            kind: kind, chainID: kind == .legacy ? nil : ownChainID, nonce: self.nonce ?? nonce,
            maxFeePerGas: isLegacy ? gasPrice ?? 0 : maxFeePerGas ?? 0,
            maxPriorityFeePerGas: isLegacy ? gasPrice ?? 0 : maxPriorityFeePerGas ?? 0,
            gasLimit: min(self.gas ?? gas, gasCap), to: to, value: value ?? 0, input: input ?? data ?? [],
            accessList: accessList ?? [], maxFeePerBlobGas: maxFeePerBlobGas ?? 0, blobHashes: blobHashes ?? [],
            authorizations: authorizations ?? [])
    }

    private var feeMarketKind: Transaction.Kind {
        if authorizations != nil { return .setCode }
        return blobHashes != nil ? .blob : .dynamicFee
    }
}

extension AccessListEntry {
    fileprivate static func read(_ reader: inout JSONReader) throws(JSONError) -> AccessListEntry {
        var entry = AccessListEntry(address: Address(), slots: [])
        try reader.beginObject()
        while let key = try reader.nextKey() {
            if try reader.readNull() { continue }
            switch key {
            case "address": entry.address = try reader.readAddress()
            case "storageKeys":
                entry.slots = try reader.readArray { (reader) throws(JSONError) in UInt256(try reader.readHash()) }
            default: try reader.skipValue()
            }
        }
        return entry
    }
}

extension Authorization {
    fileprivate static func read(_ reader: inout JSONReader) throws(JSONError) -> Authorization {
        var authorization = Authorization(chainID: 0, address: Address(), nonce: 0)
        try reader.beginObject()
        while let key = try reader.nextKey() {
            if try reader.readNull() { continue }
            switch key {
            case "chainId": authorization.chainID = try reader.readUInt256()
            case "address": authorization.address = try reader.readAddress()
            case "nonce": authorization.nonce = try reader.readQuantity()
            case "yParity": authorization.yParity = UInt8(clamping: try reader.readQuantity())
            case "r": authorization.r = try reader.readUInt256()
            case "s": authorization.s = try reader.readUInt256()
            default: try reader.skipValue()
            }
        }
        return authorization
    }
}
