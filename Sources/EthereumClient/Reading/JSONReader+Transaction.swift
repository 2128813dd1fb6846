import JSONRPC
import Primitives
import StateTransition

extension JSONReader {
    /// Reads a transaction (execution-apis, TransactionInfo; OP Stack specification, deposits).
    mutating func readTransaction() throws -> Transaction {
        var transaction = Transaction()
        var deposit = Deposit(sourceHash: Hash256(), from: Address())
        var gasPrice: UInt256?
        var yParity: UInt64?
        try beginObject()
        while let key = try nextKey() {
            if try readNull() { continue }
            switch key {
            case "type": transaction.kind = try readKind()
            case "chainId": transaction.chainID = try readQuantity()
            case "nonce": transaction.nonce = try readQuantity()
            case "gasPrice": gasPrice = try readUInt256()
            case "maxFeePerGas": transaction.maxFeePerGas = try readUInt256()
            case "maxPriorityFeePerGas": transaction.maxPriorityFeePerGas = try readUInt256()
            case "gas": transaction.gasLimit = try readQuantity()
            case "to": transaction.to = try readAddress()
            case "value": transaction.value = try readUInt256()
            case "input": transaction.input = try readData()
            case "accessList": transaction.accessList = try readAccessList()
            case "maxFeePerBlobGas": transaction.maxFeePerBlobGas = try readUInt256()
            case "blobVersionedHashes": transaction.blobHashes = try readHashes()
            case "authorizationList": transaction.authorizations = try readAuthorizations()
            case "v": transaction.signature.v = try readQuantity()
            case "yParity": yParity = try readQuantity()
            case "r": transaction.signature.r = try readUInt256()
            case "s": transaction.signature.s = try readUInt256()
            case "from": deposit.from = try readAddress()
            case "sourceHash": deposit.sourceHash = try readHash()
            case "mint": deposit.mint = try readUInt256()
            case "isSystemTx": deposit.isSystemTransaction = try readBoolean()
            default: try skipValue()
            }
        }
        switch transaction.kind {
        case .legacy, .accessList:
            (transaction.maxFeePerGas, transaction.maxPriorityFeePerGas) = (gasPrice ?? 0, gasPrice ?? 0)
            if transaction.kind == .legacy {
                let v = transaction.signature.v
                transaction.chainID = v >= 35 ? (v - 35) / 2 : nil
            }
        case .deposit:
            transaction.deposit = deposit
            (transaction.nonce, transaction.chainID, transaction.signature) = (0, nil, Signature())
        case .dynamicFee, .blob, .setCode: break
        }
        if transaction.kind != .legacy, let yParity { transaction.signature.v = yParity }
        return transaction
    }

    /// Reads a transaction type (EIP-2718).
    mutating func readKind() throws -> Transaction.Kind {
        let type = try readQuantity()
        guard let kind = UInt8(exactly: type).flatMap({ Transaction.Kind(rawValue: $0) }) else {
            throw EthereumClientError.malformed("a transaction of the unknown type \(type)")
        }
        return kind
    }

    mutating func readHashes() throws(JSONError) -> [Hash256] {
        try readArray { reader throws(JSONError) in try reader.readHash() }
    }

    private mutating func readAccessList() throws(JSONError) -> [AccessListEntry] {
        try readArray { reader throws(JSONError) in
            var entry = AccessListEntry(address: Address(), slots: [])
            try reader.beginObject()
            while let key = try reader.nextKey() {
                switch key {
                case "address": entry.address = try reader.readAddress()
                case "storageKeys": entry.slots = try reader.readHashes().map { UInt256($0) }
                default: try reader.skipValue()
                }
            }
            return entry
        }
    }

    private mutating func readAuthorizations() throws(JSONError) -> [Authorization] {
        try readArray { reader throws(JSONError) in
            var authorization = Authorization(chainID: 0, address: Address(), nonce: 0)
            try reader.beginObject()
            while let key = try reader.nextKey() {
                switch key {
                case "chainId": authorization.chainID = try reader.readUInt256()
                case "address": authorization.address = try reader.readAddress()
                case "nonce": authorization.nonce = try reader.readQuantity()
                case "yParity", "v": authorization.yParity = UInt8(truncatingIfNeeded: try reader.readQuantity())
                case "r": authorization.r = try reader.readUInt256()
                case "s": authorization.s = try reader.readUInt256()
                default: try reader.skipValue()
                }
            }
            return authorization
        }
    }
}
