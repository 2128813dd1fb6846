package import Blockchain
import EVM
package import JSONRPC
import Primitives
package import StateTransition

/// What the receipts of a block say beyond the block itself, worked out once for all of them.
package struct ReceiptContext {
    /// Wei a blob gas; nil where the chain has no blobs.
    let blobGasPrice: UInt256?
    /// On a rollup: what its transactions paid for their data.
    var rollupFees: RollupReceiptFees?

    package init(_ sealed: SealedBlock, _ configuration: ChainConfiguration) {
        let header = sealed.header
        if let upgrade = configuration.opStack?.upgrade(timestamp: header.timestamp) {
            blobGasPrice = nil
            rollupFees = RollupReceiptFees(sealed.block.transactions, upgrade: upgrade)
            return
        }
        guard let excess = header.excessBlobGas else {
            blobGasPrice = nil
            return
        }
        let parameters = configuration.blobParameters(timestamp: header.timestamp)
        blobGasPrice = parameters?.baseFee(excessBlobGas: excess)
    }
}

extension JSONWriter {
    /// Writes the receipts of a block.
    package mutating func receipts(of sealed: SealedBlock, _ configuration: ChainConfiguration) {
        var context = ReceiptContext(sealed, configuration)
        var logIndex = 0
        beginArray()
        for index in sealed.receipts.indices {
            receipt(index, of: sealed, &context, firstLog: logIndex)
            logIndex += sealed.receipts[index].logs.count
        }
        endArray()
    }

    /// Writes the receipt of a transaction (execution-apis, ReceiptInfo).
    package mutating func receipt(_ index: Int, of sealed: SealedBlock, _ configuration: ChainConfiguration) {
        let firstLog = sealed.receipts[..<index].reduce(0) { $0 + $1.logs.count }
        var context = ReceiptContext(sealed, configuration)
        receipt(index, of: sealed, &context, firstLog: firstLog)
    }

    private mutating func receipt(
        _ index: Int, of sealed: SealedBlock, _ context: inout ReceiptContext, firstLog: Int
    ) {
        let receipt = sealed.receipts[index]
        let transaction = sealed.block.transactions[index]
        let sender = sealed.senders[index]
        beginObject()
        if !transaction.blobHashes.isEmpty {
            member("blobGasUsed", UInt64(transaction.blobHashes.count) &* BlobParameters.gasPerBlob)
            if let price = context.blobGasPrice { member("blobGasPrice", price) }
        }
        member("blockHash", sealed.hash)
        member("blockNumber", sealed.header.number)
        var created: Address?
        if transaction.to == nil {
            created = ContractAddress.create(sender: sender, nonce: receipt.depositNonce ?? transaction.nonce)
        }
        member("contractAddress", created)
        member("cumulativeGasUsed", receipt.cumulativeGasUsed)
        member(
            "effectiveGasPrice",
            transaction.deposit != nil ? 0 : transaction.effectiveGasPrice(baseFee: sealed.header.baseFee ?? 0))
        member("from", sender)
        member("gasUsed", sealed.gasUsed(by: index))
        key("logs")
        beginArray()
        for (position, log) in receipt.logs.enumerated() {
            self.log(log, of: sealed, transaction: index, logIndex: firstLog + position)
        }
        endArray()
        key("logsBloom")
        bloom(receipt.bloom)
        switch receipt.outcome {
        case .stateRoot(let root): member("root", root)
        case .status(let isSuccess): member("status", isSuccess ? 1 : 0 as UInt64)
        }
        member("to", transaction.to)
        member("transactionHash", sealed.transactionHashes[index])
        member("transactionIndex", UInt64(index))
        member("type", UInt64(transaction.kind.rawValue))
        if let nonce = receipt.depositNonce { member("depositNonce", nonce) }
        if let version = receipt.depositReceiptVersion { member("depositReceiptVersion", version) }
        if transaction.deposit == nil { rollupMembers(transaction, &context) }
        endObject()
    }

    /// What a rollup's receipts have besides: none of it is part of the block.
    private mutating func rollupMembers(_ transaction: Transaction, _ context: inout ReceiptContext) {
        guard let fees = context.rollupFees?.fees(of: transaction), let block = context.rollupFees else { return }
        member("l1GasPrice", block.parameters.baseFee)
        member("l1GasUsed", fees.l1GasUsed)
        member("l1Fee", fees.l1Fee)
        member("l1BlobBaseFee", block.parameters.blobBaseFee)
        member("l1BaseFeeScalar", block.parameters.baseFeeScalar)
        member("l1BlobBaseFeeScalar", block.parameters.blobBaseFeeScalar)
        if block.upgrade >= .isthmus {
            member("operatorFeeScalar", block.parameters.operatorFeeScalar)
            member("operatorFeeConstant", block.parameters.operatorFeeConstant)
        }
        if block.upgrade >= .jovian {
            member("daFootprintGasScalar", block.parameters.dataFootprintScalar)
            member("blobGasUsed", fees.dataFootprint)
        }
    }

    /// Writes a log of a block (execution-apis, Log).
    ///
    /// - Parameters:
    ///   - index: of the transaction in its block.
    ///   - logIndex: of the log among all of the block.
    ///   - isRemoved: whether the block has lost its place in the chain.
    package mutating func log(
        _ log: Log, of sealed: SealedBlock, transaction index: Int, logIndex: Int, isRemoved: Bool = false
    ) {
        beginObject()
        member("address", log.address)
        key("topics")
        beginArray()
        for topic in log.topics { data(topic) }
        endArray()
        member("data", log.data)
        member("blockNumber", sealed.header.number)
        member("transactionHash", sealed.transactionHashes[index])
        member("transactionIndex", UInt64(index))
        member("blockHash", sealed.hash)
        member("blockTimestamp", sealed.header.timestamp)
        member("logIndex", UInt64(logIndex))
        key("removed")
        boolean(isRemoved)
        endObject()
    }
}
