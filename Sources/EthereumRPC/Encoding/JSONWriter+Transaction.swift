package import Blockchain
package import JSONRPC
package import Primitives
package import StateTransition

/// Where in a block a transaction is.
struct TransactionPlace {
    let block: SealedBlock
    let index: Int
}

extension JSONWriter {
    /// Writes a transaction of a block (execution-apis, TransactionInfo).
    package mutating func transaction(_ index: Int, of sealed: SealedBlock) {
        let transaction = sealed.block.transactions[index]
        write(
            transaction, hash: sealed.transactionHashes[index], sender: sealed.senders[index],
            place: TransactionPlace(block: sealed, index: index))
    }

    /// Writes a transaction that is in no block: the members that say where are null.
    package mutating func pendingTransaction(_ transaction: Transaction, hash: Hash256, sender: Address) {
        write(transaction, hash: hash, sender: sender, place: nil)
    }

    /// Writes a transaction that nobody has signed: its fields, and no others.
    mutating func unsignedTransaction(_ transaction: Transaction) {
        let kind = transaction.kind
        beginObject()
        member("type", UInt64(kind.rawValue))
        member("nonce", transaction.nonce)
        member("to", transaction.to)
        member("gas", transaction.gasLimit)
        member("value", transaction.value)
        member("input", transaction.input)
        if kind == .legacy || kind == .accessList {
            member("gasPrice", transaction.maxFeePerGas)
        } else {
            member("maxFeePerGas", transaction.maxFeePerGas)
            member("maxPriorityFeePerGas", transaction.maxPriorityFeePerGas)
        }
        if kind != .legacy {
            key("accessList")
            accessList(transaction.accessList)
        }
        if kind == .blob {
            member("maxFeePerBlobGas", transaction.maxFeePerBlobGas)
            key("blobVersionedHashes")
            beginArray()
            for hash in transaction.blobHashes { data(hash) }
            endArray()
        }
        if kind == .setCode {
            key("authorizationList")
            authorizations(transaction.authorizations)
        }
        if let chainID = transaction.chainID { member("chainId", chainID) }
        endObject()
    }

    private mutating func write(_ transaction: Transaction, hash: Hash256, sender: Address, place: TransactionPlace?) {
        let kind = transaction.kind
        beginObject()
        placeMembers(place)
        member("from", sender)
        member("gas", transaction.gasLimit)
        member("gasPrice", gasPrice(of: transaction, place))
        if kind == .dynamicFee || kind == .blob || kind == .setCode {
            member("maxFeePerGas", transaction.maxFeePerGas)
            member("maxPriorityFeePerGas", transaction.maxPriorityFeePerGas)
        }
        if kind == .blob { member("maxFeePerBlobGas", transaction.maxFeePerBlobGas) }
        member("hash", hash)
        member("input", transaction.input)
        if kind != .deposit { member("nonce", transaction.nonce) }
        member("to", transaction.to)
        member("value", transaction.value)
        member("type", UInt64(kind.rawValue))
        if kind != .legacy && kind != .deposit {
            key("accessList")
            accessList(transaction.accessList)
        }
        if let chainID = transaction.chainID { member("chainId", chainID) }
        if kind == .blob {
            key("blobVersionedHashes")
            beginArray()
            for hash in transaction.blobHashes { data(hash) }
            endArray()
        }
        if kind == .setCode {
            key("authorizationList")
            authorizations(transaction.authorizations)
        }
        member("v", transaction.signature.v)
        member("r", transaction.signature.r)
        member("s", transaction.signature.s)
        if kind != .legacy && kind != .deposit { member("yParity", transaction.signature.v) }
        if let deposit = transaction.deposit { depositMembers(deposit, place) }
        endObject()
    }

    private mutating func placeMembers(_ place: TransactionPlace?) {
        guard let place else {
            for name in ["blockHash", "blockNumber", "blockTimestamp", "transactionIndex"] as [StaticString] {
                key(name)
                null()
            }
            return
        }
        member("blockHash", place.block.hash)
        member("blockNumber", place.block.header.number)
        member("blockTimestamp", place.block.header.timestamp)
        member("transactionIndex", UInt64(place.index))
    }

    /// What the transaction paid for a gas, wei; the most it would pay where it is in no block.
    private func gasPrice(of transaction: Transaction, _ place: TransactionPlace?) -> UInt256 {
        if transaction.kind == .deposit { return 0 }
        guard let baseFee = place?.block.header.baseFee else { return transaction.maxFeePerGas }
        return transaction.effectiveGasPrice(baseFee: baseFee)
    }

    /// What only a deposit of the OP Stack has; its nonce is known from its receipt.
    private mutating func depositMembers(_ deposit: Deposit, _ place: TransactionPlace?) {
        let receipt = place.flatMap { place in
            place.index < place.block.receipts.count ? place.block.receipts[place.index] : nil
        }
        member("nonce", receipt?.depositNonce ?? 0)
        member("sourceHash", deposit.sourceHash)
        member("mint", deposit.mint)
        if deposit.isSystemTransaction {
            key("isSystemTx")
            boolean(true)
        }
        if let version = receipt?.depositReceiptVersion { member("depositReceiptVersion", version) }
    }

    /// Writes an access list (EIP-2930).
    package mutating func accessList(_ entries: [AccessListEntry]) {
        beginArray()
        for entry in entries {
            beginObject()
            member("address", entry.address)
            key("storageKeys")
            beginArray()
            for slot in entry.slots { data(Hash256(slot)) }
            endArray()
            endObject()
        }
        endArray()
    }

    /// Writes an authorisation list (EIP-7702).
    package mutating func authorizations(_ authorizations: [Authorization]) {
        beginArray()
        for authorization in authorizations {
            beginObject()
            member("chainId", authorization.chainID)
            member("address", authorization.address)
            member("nonce", authorization.nonce)
            member("yParity", UInt64(authorization.yParity))
            member("r", authorization.r)
            member("s", authorization.s)
            endObject()
        }
        endArray()
    }
}
