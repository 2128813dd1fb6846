import StateTransition

/// Begins a chain in an empty database.
struct GenesisWriting {
    let environment: Environment
    let tables: ChainTables

    func write(_ genesis: GenesisBlock, _ snapshot: Snapshot) throws(StorageError) -> ChainMarks {
        let header = genesis.block.header
        let tries = StateTries(version: 0, root: (EmptyHash.trieRoot, 0), nodeLimit: .max)
        let next: StateTries.Next
        do {
            next = try tries.next(after: genesis.state, reading: snapshot)
        } catch {
            throw snapshot.damaged("the empty state")
        }
        guard next.root == header.stateRoot else {
            throw StorageError(
                .wrongBlock, "the genesis block names the state root \(header.stateRoot), its state has \(next.root)",
                path: environment.path, remedy: "Nothing was written. Correct the genesis.")
        }
        let marks = ChainMarks(chainID: genesis.chainID, genesis: BlockReference(header))
        let executed = ExecutedBlock(block: genesis.block, senders: [], receipts: [], stateDiff: genesis.state)
        try environment.write { (transaction) throws(StorageError) in
            try BlockWriting(tables: tables).writeContent(genesis.block, marks.head, transaction)
            try BlockWriting(tables: tables).link(executed, transaction)
            try StateWriting(tables: tables).write(next, transaction)
            try marks.write(transaction, tables.meta)
        }
        try environment.sync()
        return marks
    }
}
