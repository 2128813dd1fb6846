import Primitives
import StateTransition

/// Writes blocks without their state.
struct BlockWriting {
    let tables: ChainTables

    /// Writes header and body of a block, whether or not it is in the chain.
    func writeContent(
        _ block: Block, _ reference: BlockReference, _ transaction: borrowing WriteTransaction
    ) throws(StorageError) {
        let key = reference.key
        try transaction.put(tables.headers, key, block.header.encoded)
        try transaction.put(tables.bodies, key, BlockBody.encode(block))
        try transaction.put(tables.numbers, hashKey(reference.hash), numberBytes(reference.number))
    }

    /// Makes a block part of the chain, with what its execution has come to.
    func link(_ executed: ExecutedBlock, _ transaction: borrowing WriteTransaction) throws(StorageError) {
        let reference = executed.reference
        let key = reference.key
        var senders: [UInt8] = []
        senders.reserveCapacity(executed.senders.count * 20)
        for sender in executed.senders { withUnsafeBytes(of: sender) { senders.append(contentsOf: $0) } }
        try transaction.put(tables.senders, key, senders)
        try transaction.put(tables.receipts, key, StoredReceipts.encode(executed.receipts))
        try transaction.put(tables.canonical, numberKey(reference.number), reference.hash.bytes)
        var location = numberBytes(reference.number) + [0, 0, 0, 0]
        // Neighbours in the table are written one after another.
        let hashes = executed.transactionHashes
        for index in hashes.indices.sorted(by: { hashes[$0] < hashes[$1] }) {
            withUnsafeBytes(of: UInt32(truncatingIfNeeded: index).bigEndian) { bytes in
                for offset in 0..<4 { location[8 + offset] = bytes[offset] }
            }
            try transaction.put(tables.transactions, hashKey(hashes[index]), location)
        }
    }

    /// Takes a block out of the chain; header, body and senders stay.
    func unlink(
        _ reference: BlockReference, transactionHashes: [Hash256], _ transaction: borrowing WriteTransaction
    ) throws(StorageError) {
        try transaction.delete(tables.receipts, reference.key)
        try transaction.delete(tables.canonical, numberKey(reference.number))
        for hash in transactionHashes { try transaction.delete(tables.transactions, hashKey(hash)) }
    }

    private func numberBytes(_ number: UInt64) -> [UInt8] { withUnsafeBytes(of: number.bigEndian) { Array($0) } }
}

/// A number as a key.
func numberKey(_ number: UInt64) -> Key {
    var key = Key()
    key.append(number)
    return key
}

/// A hash as a key.
func hashKey(_ hash: Hash256) -> Key {
    var key = Key()
    key.append(hash)
    return key
}
