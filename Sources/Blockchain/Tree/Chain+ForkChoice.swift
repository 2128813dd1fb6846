public import Primitives
public import StateTransition
public import Storage

extension Chain {
    /// Makes a known block the head of the chain, whatever was the head before; blocks of another fork lose their place,
    /// and their transactions go back to the pool.
    ///
    /// - Parameters:
    ///   - safe: what the consensus holds to be safe; nil leaves it as it is.
    ///   - finalized: what it holds to be final; likewise.
    /// - Throws: `unknownBlock`; `stateUnavailable` where the fork begins before the states that are kept;
    ///   `invalidForkChoice` where the safe or final block is no ancestor of the head. Nothing has changed then.
    public func setHead(
        _ hash: Hash256, safe: Hash256? = nil, finalized: Hash256? = nil
    ) throws(ChainError) {
        try changing { (writer) throws(ChainError) in
            var view = try view()
            guard let target = try view.reference(hash) else { throw .unknownBlock(hash) }
            if try !view.isExecuted(target) {
                guard let block = try view.block(target) else { throw .unknownBlock(hash) }
                _ = try execute(block, hash: hash, senders: nil, on: view, writer)
                view = try self.view()
            }
            let (path, fork) = try path(to: target, view)
            let safeBlock = try ancestor(safe, "safe", path, fork, view)
            let finalBlock = try ancestor(finalized, "finalized", path, fork, view)
            try move(path, from: fork, view, safe: safeBlock, finalized: finalBlock)
        }
    }

    /// Makes an earlier block of the chain its head again. The blocks after it stay known.
    ///
    /// - Parameter keepsTransactions: whether the transactions of the blocks taken back go to the pool.
    /// - Throws: `stateUnavailable` where the state of the block is not kept.
    public func rewind(to number: UInt64, keepsTransactions: Bool = true) throws(ChainError) {
        try changing { (_) throws(ChainError) in
            let view = try view()
            let target = try storing { () throws(StorageError) in try view.snapshot.reference(number) }
            guard let target else { throw .attributes("there is no block \(number)") }
            try move(
                [], from: target, view, safe: nil, finalized: nil, keepsTransactions: keepsTransactions)
        }
    }

    /// Notes what the consensus holds to be safe and final, of blocks of the chain.
    public func mark(safe: BlockReference?, finalized: BlockReference?) throws(ChainError) {
        try changing { (_) throws(ChainError) in
            let view = try view()
            for block in [safe, finalized] {
                if let block, try !view.isCanonical(block) { throw .unknownBlock(block.hash) }
            }
            try move([], from: view.head, view, safe: safe, finalized: finalized)
        }
    }

    /// Verifies a block and makes it the head.
    @discardableResult
    public func append(
        _ block: Block, hash: Hash256? = nil, senders: [Address]? = nil
    ) throws(ChainError) -> SealedBlock {
        let sealed = try insert(block, hash: hash, senders: senders)
        try setHead(sealed.hash)
        return sealed
    }

    // MARK: Moving

    /// The blocks between the chain and a block beside it, oldest first, and the block of the chain that they are on.
    private func path(
        to target: BlockReference, _ view: ChainView
    ) throws(ChainError) -> (path: [TreeBlock], fork: BlockReference) {
        var path: [TreeBlock] = []
        var current = target
        while try !view.isCanonical(current) {
            guard let block = view.tree[current.hash] else { throw .unknownBlock(current.hash) }
            path.append(block)
            current = BlockReference(number: current.number &- 1, hash: block.parentHash)
        }
        return (path.reversed(), current)
    }

    private func ancestor(
        _ hash: Hash256?, _ name: String, _ path: [TreeBlock], _ fork: BlockReference, _ view: ChainView
    ) throws(ChainError) -> BlockReference? {
        guard let hash else { return nil }
        if let block = path.first(where: { $0.sealed.hash == hash }) { return block.sealed.reference }
        guard let block = try view.reference(hash), block.number <= fork.number, try view.isCanonical(block) else {
            throw .invalidForkChoice("the \(name) block \(hash) is no ancestor of the head")
        }
        return block
    }

    /// Takes the chain back to `fork` and then forward along `path`.
    private func move(
        _ path: [TreeBlock], from fork: BlockReference, _ view: ChainView, safe: BlockReference?,
        finalized: BlockReference?, keepsTransactions: Bool = true
    ) throws(ChainError) {
        guard fork.number >= view.oldestState || fork == view.head else { throw .stateUnavailable(fork) }
        // A long way back goes in steps, each of them an event: the blocks of one are in memory together.
        var head = view.head.number
        while head - fork.number > Self.unwindingStep {
            head -= Self.unwindingStep
            var event = ChainEvent(head: view.head)
            event.removed = try unwind(to: head)
            (event.head, event.safe, event.finalized) = (database.head, database.safe, database.finalized)
            try publish(event, changes: [], keepsTransactions: keepsTransactions)
        }
        var event = ChainEvent(head: view.head)
        event.removed = try unwind(to: fork.number)
        var failure: ChainError?
        do throws(ChainError) {
            for block in path {
                try commit(block.sealed, block.diff)
                event.added.append(block.sealed)
            }
            if safe != nil || finalized != nil {
                try storing { () throws(StorageError) in try database.mark(safe: safe, finalized: finalized) }
            }
        } catch {
            failure = error
        }
        // What took effect is made known, also where something after it failed.
        (event.head, event.safe, event.finalized) = (database.head, database.safe, database.finalized)
        try publish(
            event, changes: path.prefix(event.added.count).map { $0.diff }, keepsTransactions: keepsTransactions)
        if let failure { throw failure }
    }

    /// How many blocks are taken back at a time.
    private static var unwindingStep: UInt64 { 64 }

    /// Takes the chain back to an earlier block of it.
    ///
    /// - Returns: the blocks taken back, newest first.
    private func unwind(to number: UInt64) throws(ChainError) -> [SealedBlock] {
        let view = try view()
        guard number < view.head.number else { return [] }
        var removed: [SealedBlock] = []
        for number in stride(from: view.head.number, to: number, by: -1) {
            if let block = try view.reference(.number(number)), let sealed = try view.sealedBlock(block) {
                removed.append(sealed)
            }
        }
        try storing { () throws(StorageError) in try database.unwind(to: number) }
        return removed
    }

    func commit(_ sealed: SealedBlock, _ diff: StateDiff) throws(ChainError) {
        try storing { () throws(StorageError) in
            try database.commit(
                ExecutedBlock(
                    block: sealed.block, hash: sealed.hash, transactionHashes: sealed.transactionHashes,
                    senders: sealed.senders, receipts: sealed.receipts, stateDiff: diff))
        }
    }
}
