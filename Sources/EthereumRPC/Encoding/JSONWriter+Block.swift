package import Blockchain
package import JSONRPC
import Primitives
package import StateTransition

extension JSONWriter {
    /// Writes a block (execution-apis, Block).
    ///
    /// - Parameters:
    ///   - fullTransactions: whether transactions are objects, else their hashes.
    ///   - isPending: whether it is the block that would come next, and has no hash yet.
    package mutating func block(_ sealed: SealedBlock, fullTransactions: Bool, isPending: Bool = false) {
        beginObject()
        blockMembers(sealed, fullTransactions: fullTransactions, isPending: isPending)
        endObject()
    }

    /// Writes the members of a block, inside an object.
    mutating func blockMembers(_ sealed: SealedBlock, fullTransactions: Bool, isPending: Bool = false) {
        let block = sealed.block
        headerMembers(block.header, hash: isPending ? nil : sealed.hash)
        member("size", UInt64(sealed.encodedByteCount))
        key("transactions")
        beginArray()
        if fullTransactions {
            for index in block.transactions.indices { transaction(index, of: sealed) }
        } else {
            for hash in sealed.transactionHashes { data(hash) }
        }
        endArray()
        key("uncles")
        beginArray()
        for uncle in block.uncles { data(uncle.hash) }
        endArray()
        if let withdrawals = block.withdrawals {
            key("withdrawals")
            self.withdrawals(withdrawals)
        }
    }

    /// Writes an uncle as a block without transactions.
    package mutating func uncle(_ header: BlockHeader) {
        beginObject()
        headerMembers(header, hash: header.hash)
        member("size", UInt64(Block(header: header).encoded.count))
        key("uncles")
        beginArray()
        endArray()
        endObject()
    }

    /// Writes a list of withdrawals (EIP-4895).
    package mutating func withdrawals(_ withdrawals: [Withdrawal]) {
        beginArray()
        for withdrawal in withdrawals {
            beginObject()
            member("index", withdrawal.index)
            member("validatorIndex", withdrawal.validatorIndex)
            member("address", withdrawal.address)
            member("amount", withdrawal.amount)
            endObject()
        }
        endArray()
    }
}
