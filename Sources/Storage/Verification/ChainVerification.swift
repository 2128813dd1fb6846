import Cryptography
import Primitives
import StateTransition
import Trie

/// Checks the blocks of a chain: that the headers hang together and commit to what is stored with them.
struct ChainVerification {
    let snapshot: ChainSnapshot

    /// Checks one block of the chain.
    ///
    /// - Returns: the block's header.
    func check(_ number: UInt64, child: BlockHeader?) throws(StorageError) -> BlockHeader {
        guard let reference = try snapshot.reference(number), let block = try snapshot.block(reference) else {
            throw damaged("block \(number) is missing")
        }
        let header = block.header
        try expect(header.number == number && header.hash == reference.hash, "the header of block \(number)")
        if let child { try expect(child.parentHash == reference.hash, "the parent of block \(number + 1)") }
        try expect(try snapshot.reference(reference.hash) == reference, "the number of block \(number)")
        try expect(header.unclesHash == block.unclesHash, "the uncles of block \(number)")
        let transactions = block.transactions.map { $0.encoded }
        try expect(orderedRoot(transactions) == header.transactionsRoot, "the transactions of block \(number)")
        if let withdrawals = block.withdrawals, !withdrawals.isEmpty {
            let root = orderedRoot(withdrawals.map { $0.encoded })
            try expect(root == header.withdrawalsRoot, "the withdrawals of block \(number)")
        }
        // What the genesis block has of transactions was never executed.
        if number > snapshot.genesis.number {
            guard let receipts = try snapshot.receipts(reference), let senders = try snapshot.senders(reference) else {
                throw damaged("the receipts of block \(number) are missing")
            }
            try expect(senders.count == transactions.count, "the senders of block \(number)")
            try expect(
                orderedRoot(receipts.map { $0.encoded }) == header.receiptsRoot, "the receipts of block \(number)")
            for (index, transaction) in transactions.enumerated() {
                let location = try snapshot.location(ofTransaction: Keccak256.hash(transaction))
                try expect(
                    location?.block == reference && location?.index == index,
                    "the place of transaction \(index) of block \(number)")
            }
        }
        guard let version = snapshot.marks.version(number) else { throw damaged("block \(number) is before genesis") }
        try expect(try snapshot.stored.root(version).hash == header.stateRoot, "the state root of block \(number)")
        return header
    }

    private func expect(
        _ holds: @autoclosure () throws(StorageError) -> Bool, _ what: @autoclosure () -> String
    ) throws(StorageError) {
        if !(try holds()) { throw damaged("\(what()) is not what it should be") }
    }

    private func damaged(_ what: String) -> StorageError {
        .damaged(what, path: snapshot.stored.transaction.environment.path)
    }
}
