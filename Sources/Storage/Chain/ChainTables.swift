/// The tables of the database, with their keys and values. Numbers are big-endian. A *version* is the number of a block
/// counted from the genesis block, which is 1; a *past version* is its complement, so that newer ones come first.
struct ChainTables: Sendable {
    /// Names to fields that there is one of.
    let meta: Table
    /// Number, hash → the RLP of the header; of side blocks too.
    let headers: Table
    /// Number → hash, of the blocks up to the head.
    let canonical: Table
    /// Hash → number; of side blocks too.
    let numbers: Table
    /// Number, hash → what `BlockBody` writes; of side blocks too.
    let bodies: Table
    /// Number, hash → the senders' addresses, 20 bytes each.
    let senders: Table
    /// Number, hash → what `StoredReceipts` writes.
    let receipts: Table
    /// Transaction hash → number, index (4 bytes).
    let transactions: Table
    /// Code hash → code.
    let codes: Table
    /// Address, past version → what `StoredAccount` writes, or nothing where the account went.
    let accounts: Table
    /// Address, slot, past version → the value without leading zeros, nothing for zero.
    let slots: Table
    /// Version, path → a node of the account trie, as `StoredNode` writes it.
    let accountNodes: Table
    /// Version, address, path → a node of that account's storage trie.
    let storageNodes: Table
    /// Version → the state root and the version of its node.
    let roots: Table
    /// Version → what `ChangedKeys` writes: the accounts and slots that have an entry of this version.
    let changes: Table
    /// Version → what `VacatedNodes` writes: the places that this version's tries do not use any more.
    let vacated: Table

    static let names = [
        "meta", "headers", "canonical", "numbers", "bodies", "senders", "receipts", "transactions", "codes", "accounts",
        "slots", "account-nodes", "storage-nodes", "roots", "changes", "vacated",
    ]

    /// The tables of an environment that was opened with `names`.
    init(_ tables: [Table]) {
        meta = tables[0]
        headers = tables[1]
        canonical = tables[2]
        numbers = tables[3]
        bodies = tables[4]
        senders = tables[5]
        receipts = tables[6]
        transactions = tables[7]
        codes = tables[8]
        accounts = tables[9]
        slots = tables[10]
        accountNodes = tables[11]
        storageNodes = tables[12]
        roots = tables[13]
        changes = tables[14]
        vacated = tables[15]
    }
}
