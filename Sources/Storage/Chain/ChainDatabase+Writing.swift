public import Primitives
public import StateTransition
import Synchronization

extension ChainDatabase {
    /// How many blocks a commit forgets at most: two, so that a shortened history is caught up with little by little.
    private static var forgottenPerCommit: UInt64 { 2 }

    // MARK: Forward

    /// Adds a block on top of the head: header, body, receipts, indices, state, trie nodes and the new head together.
    ///
    /// Where the root was asked for from `headState()` with the same diff, its work is used; else it is done here.
    ///
    /// - Throws: `StorageError.wrongBlock` where the block is not on top of the head or its state root is another, and
    ///   nothing has changed then; nothing has changed after any other error either.
    /// - Complexity: O(*n* log *m*) in the changes and the size of the database.
    public func commit(_ executed: ExecutedBlock) throws(StorageError) {
        try changing { (marks) throws(StorageError) in
            let snapshot = try Snapshot(environment, tables)
            let header = executed.block.header
            let head = marks.head
            guard header.parentHash == head.hash, header.number == head.number &+ 1,
                let version = marks.version(header.number)
            else { throw wrong("block \(header.number) is not on top of the head, block \(head.number)") }
            let next = try tries.withTries { (tries) throws(StorageError) in
                do throws(StateError) {
                    return try tries.next(after: executed.stateDiff, reading: snapshot)
                } catch {
                    throw StorageError.damaged(
                        "the state of block \(head.number) cannot be read: \(error)", path: environment.path)
                }
            }
            guard next.nodes.version == version, next.root == header.stateRoot else {
                throw wrong(
                    "block \(header.number) names the state root \(header.stateRoot), its state has \(next.root)")
            }
            var moved = marks
            moved.head = executed.reference
            try environment.write { (transaction) throws(StorageError) in
                try BlockWriting(tables: tables).writeContent(executed.block, moved.head, transaction)
                try BlockWriting(tables: tables).link(executed, transaction)
                try StateWriting(tables: tables).write(next, transaction)
                try forget(&moved, transaction)
                try moved.write(transaction, tables.meta)
            }
            marks = moved
            tries.withTries { $0.advance() }
        }
    }

    /// Runs one change at a time; who asks for the marks meanwhile gets those before it.
    ///
    /// - Parameters:
    ///   - body: sets the marks once they are committed.
    private func changing(_ body: (inout ChainMarks) throws(StorageError) -> Void) throws(StorageError) {
        try writing.withLock { (_) throws(StorageError) in
            var changed = marks.withLock { $0 }
            defer { marks.withLock { $0 = changed } }
            try body(&changed)
        }
    }

    /// Forgets states that are older than the history that is kept.
    private func forget(
        _ marks: inout ChainMarks, _ transaction: borrowing WriteTransaction
    ) throws(StorageError) {
        guard let history = options.history else { return }
        let wanted = max(marks.genesis.number, marks.head.number - min(history, marks.head.number))
        for _ in 0..<Self.forgottenPerCommit where marks.oldestState < wanted {
            guard let version = marks.version(marks.oldestState + 1) else { return }
            try StateWriting(tables: tables).forget(before: version, transaction)
            marks.oldestState += 1
        }
    }

    /// Keeps a block that is not in the chain, so that it can be found by its hash.
    public func storeSideBlock(_ block: Block, hash: Hash256? = nil) throws(StorageError) {
        let reference = BlockReference(number: block.header.number, hash: hash ?? block.header.hash)
        try changing { (_) throws(StorageError) in
            try environment.write { (transaction) throws(StorageError) in
                try BlockWriting(tables: tables).writeContent(block, reference, transaction)
            }
        }
    }

    /// Notes what the consensus holds to be safe and final; nil leaves a mark as it is.
    public func mark(safe: BlockReference?, finalized: BlockReference?) throws(StorageError) {
        try changing { (marks) throws(StorageError) in
            var moved = marks
            moved.safe = safe ?? marks.safe
            moved.finalized = finalized ?? marks.finalized
            if moved == marks { return }
            try environment.write { (transaction) throws(StorageError) in try moved.write(transaction, tables.meta) }
            marks = moved
        }
    }

    // MARK: Backward

    /// Makes an earlier block of the chain the head again. The blocks after it stay as side blocks, without receipts and
    /// state.
    ///
    /// - Throws: `StorageError.beyondHistory` where the state of the block is not kept any more.
    /// - Complexity: O(*n*) in the changes of the blocks taken back.
    public func unwind(to number: UInt64) throws(StorageError) {
        try changing { (marks) throws(StorageError) in
            let snapshot = try Snapshot(environment, tables)
            let blocks = ChainSnapshot(snapshot, marks: marks, tries: tries)
            guard number <= marks.head.number, number >= marks.oldestState,
                let target = try snapshot.canonicalHash(number), let version = marks.version(number)
            else { throw beyondHistory(number, marks) }
            if number == marks.head.number { return }
            var moved = marks
            moved.head = BlockReference(number: number, hash: target)
            if let safe = moved.safe, safe.number > number { moved.safe = moved.head }
            if let finalized = moved.finalized, finalized.number > number { moved.finalized = moved.head }
            let last = marks.head.number
            let root = try snapshot.root(version)
            try environment.write { (transaction) throws(StorageError) in
                for undone in stride(from: last, to: number, by: -1) {
                    guard let hash = try snapshot.canonicalHash(undone), let version = marks.version(undone) else {
                        throw .damaged("block \(undone) is missing", path: environment.path)
                    }
                    let reference = BlockReference(number: undone, hash: hash)
                    let hashes = try blocks.block(reference)?.transactions.map { $0.hash } ?? []
                    try BlockWriting(tables: tables).unlink(reference, transactionHashes: hashes, transaction)
                    try StateWriting(tables: tables).undo(version, transaction)
                }
                try moved.write(transaction, tables.meta)
            }
            marks = moved
            tries.withTries { $0.reset(to: version, root: root) }
        }
    }

    private func wrong(_ what: String) -> StorageError {
        StorageError(.wrongBlock, what, path: environment.path, remedy: "Nothing was written.")
    }

    func beyondHistory(_ number: UInt64, _ marks: ChainMarks) -> StorageError {
        StorageError(
            .beyondHistory,
            "the state of block \(number) is not kept: blocks \(marks.oldestState) to \(marks.head.number) are",
            path: environment.path, remedy: "Keep a longer history.")
    }
}
