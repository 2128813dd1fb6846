package import Primitives
package import StateTransition
import Trie

/// Why a payload is no block; before any of it is executed.
struct MalformedPayload: Error {
    let reason: String
    /// Whether it is a block, only not the one that its hash says.
    var isHashWrong = false
}

extension ExecutionPayload {
    /// What comes beside a payload in the parameters of a call.
    struct Companions: Sendable {
        /// From Cancun on.
        var blobHashes: [Hash256]?
        /// From Cancun on.
        var parentBeaconBlockRoot: Hash256?
        /// From Prague on.
        var requests: [[UInt8]]?
    }

    /// The block that the payload and its companions describe, if its hash is the one stated (EIP-3675, EIP-4399).
    func block(_ companions: Companions) throws(MalformedPayload) -> Block {
        guard extraData.count <= 32 else { throw MalformedPayload(reason: "extra data of \(extraData.count) bytes") }
        var decoded: [Transaction] = []
        decoded.reserveCapacity(transactions.count)
        for (index, encoded) in transactions.enumerated() {
            do throws(TransactionDecodingError) {
                decoded.append(try Transaction(decoding: encoded))
            } catch {
                throw MalformedPayload(reason: "invalid transaction \(index): \(error)")
            }
        }
        if let expected = companions.blobHashes {
            guard decoded.lazy.flatMap({ $0.blobHashes }).elementsEqual(expected) else {
                throw MalformedPayload(reason: "the blob hashes of the transactions are not those expected")
            }
        }
        let header = BlockHeader(
            parentHash: parentHash, coinbase: feeRecipient, stateRoot: stateRoot,
            transactionsRoot: orderedRoot(transactions), receiptsRoot: receiptsRoot, logsBloom: logsBloom,
            number: number, gasLimit: gasLimit, gasUsed: gasUsed, timestamp: timestamp, extraData: extraData,
            mixHash: randomness, baseFee: baseFee,
            withdrawalsRoot: withdrawalsRoot ?? withdrawals.map { orderedRoot($0.map { $0.encoded }) },
            blobGasUsed: blobGasUsed, excessBlobGas: excessBlobGas,
            parentBeaconBlockRoot: companions.parentBeaconBlockRoot,
            requestsHash: companions.requests.map { BlockExecution.hash(requests: $0) })
        let hash = header.hash
        guard hash == blockHash else {
            throw MalformedPayload(reason: "the block hash is \(hash), not \(blockHash)", isHashWrong: true)
        }
        return Block(header: header, transactions: decoded, withdrawals: withdrawals)
    }

    /// The payload of a block of Paris or later.
    ///
    /// - Parameter isRollup: whether the withdrawals root is a member of its own (OP Stack, Isthmus).
    package init(_ block: Block, hash: Hash256, isRollup: Bool) {
        self.init()
        let header = block.header
        parentHash = header.parentHash
        feeRecipient = header.coinbase
        stateRoot = header.stateRoot
        receiptsRoot = header.receiptsRoot
        logsBloom = header.logsBloom
        randomness = header.mixHash
        number = header.number
        gasLimit = header.gasLimit
        gasUsed = header.gasUsed
        timestamp = header.timestamp
        extraData = header.extraData
        baseFee = header.baseFee ?? .zero
        blockHash = hash
        transactions = block.transactions.map { $0.encoded }
        withdrawals = block.withdrawals
        blobGasUsed = header.blobGasUsed
        excessBlobGas = header.excessBlobGas
        if isRollup, header.requestsHash != nil { withdrawalsRoot = header.withdrawalsRoot }
    }
}

/// What contracts ask of the consensus layer (EIP-7685).
enum ExecutionRequests {
    /// Why a list of requests is not one that a block can have; nil where it is.
    static func refusal(of requests: [[UInt8]]) -> String? {
        var last: UInt8?
        for request in requests {
            guard request.count > 1, let type = request.first else { return "empty request" }
            if let last, type <= last { return "requests not in the order of their types, or a type twice" }
            last = type
        }
        return nil
    }
}
