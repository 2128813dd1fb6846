import EVM
import Primitives
import Sequencing
import StateTransition
public import Storage
import Synchronization

extension Chain {
    /// The block that is open on the head; nil where none is.
    public var openBlock: OpenBlock? { opening.current }

    /// Calls `body` when a block is opened, extended, sealed or given up, on the thread that did it: to do little.
    public func observeOpenBlocks(_ body: @escaping @Sendable (OpenBlockEvent) -> Void) -> ObserverID {
        openEvents.add(body)
    }

    public func removeOpenBlockObserver(_ id: ObserverID) { openEvents.remove(id) }

    /// Opens a block on the head with the transactions that the attributes name. One that was open before is given up.
    ///
    /// - Parameters:
    ///   - parent: what the head has to be; nil for any.
    ///   - prepare: called with the first sub-block before anyone sees it; where it throws, no block is opened.
    /// - Throws: `blockClosed` where the head is another than `parent`; `attributes` and `invalid` as `build` does.
    public func open(
        _ attributes: BlockAttributes, on parent: BlockReference? = nil,
        prepare: (OpenBlock, SubBlock) throws(ChainError) -> Void = { _, _ in }
    ) throws(ChainError) -> OpenBlock {
        if let current = opening.current { abandon(current) }
        let view = try view()
        guard parent == nil || parent == view.head else { throw .blockClosed }
        guard attributes.stateChanges.isEmpty else { throw .attributes("an open block cannot begin with changes") }
        let header = try header(attributes, on: try view.headHeader, hash: view.head.hash)
        let revision = configuration.revision(number: header.number, timestamp: header.timestamp)
        let codes = opening.takeCodes()
        var building = try BlockBuilding(
            header: header, chain: configuration, source: try view.state(view.head, sharesTries: true), codes: codes,
            limits: dataLimits, followsChanges: true)
        let senders = try SenderRecovery.senders(of: attributes.transactions, revision, configuration.chainID)
        for (transaction, sender) in zip(attributes.transactions, senders) {
            try building.require(transaction, sender: sender)
        }
        let first = building.takeSubBlock(index: 0)
        let block = OpenBlock(
            building, codes: codes, parent: view.head,
            withdrawals: revision >= .shanghai ? attributes.withdrawals ?? [] : nil, first: first)
        try prepare(block, first)
        if let other = showing({ opening.open(block) }) { close(other) }
        // From here on a change of the head closes the block; one that came before is seen by the pool.
        guard pool.open(block.id, on: view.head, changes: first.changes) else {
            close(block)
            throw .blockClosed
        }
        openEvents.notify(.opened(block, first))
        return block
    }

    /// Adds the best of the pool to a block that is open.
    ///
    /// - Parameter prepare: called with the sub-block before anyone sees it; where it throws, the block is given up, but for a
    ///   disk that takes nothing: then the block has what was executed, nobody has heard of it, and it can only be sealed.
    /// - Returns: what was added; nil where the pool has nothing that the block has room for under the limits.
    /// - Throws: `blockClosed` where the block is not open any more.
    /// - Complexity: O(log *n*) a transaction.
    public func extend(
        _ block: OpenBlock, _ limits: SubBlockLimits = SubBlockLimits(),
        prepare: (OpenBlock, SubBlock) throws(ChainError) -> Void = { _, _ in }
    ) throws(ChainError) -> SubBlock? {
        do throws(ChainError) {
            let added = try block.work.withLock { (work) throws(ChainError) -> SubBlock? in
                guard let (subBlock, taken) = try fill(&work, block.id, limits) else { return nil }
                try prepare(block, subBlock)
                showing { block.publish(subBlock) }
                guard pool.extend(block.id, with: taken, changes: subBlock.changes), !block.isClosed else {
                    throw .blockClosed
                }
                return subBlock
            }
            if let added { openEvents.notify(.extended(block, added)) }
            return added
        } catch {
            if case .storage = error { throw error }
            abandon(block)
            throw error
        }
    }

    /// Ends a block that is open and makes it the head. No transaction runs for it.
    ///
    /// Where it could not be put on disk it can be tried again: the block stays what it is.
    ///
    /// - Parameters:
    ///   - isDurable: whether the block is on the disk itself before anyone hears of it, so that even a loss of power does
    ///     not take it back.
    ///   - prepare: called with the block before it is part of the chain; where it throws, it does not become one.
    /// - Throws: `blockClosed` where the block is not open any more.
    public func seal(
        _ block: OpenBlock, isDurable: Bool = false,
        prepare: (BuiltCandidate) throws(ChainError) -> Void = { _ in }
    ) throws(ChainError) -> BuiltCandidate {
        do throws(ChainError) {
            let candidate = try commit(block, isDurable: isDurable, prepare)
            openEvents.notify(.sealed(block, candidate.sealed))
            return candidate
        } catch {
            if case .storage = error { throw error }
            abandon(block)
            throw error
        }
    }

    private func commit(
        _ block: OpenBlock, isDurable: Bool, _ prepare: (BuiltCandidate) throws(ChainError) -> Void
    ) throws(ChainError) -> BuiltCandidate {
        try changing { (_) throws(ChainError) in
            let candidate = try block.work.withLock { (work) throws(ChainError) -> BuiltCandidate in
                guard !block.isClosed, database.head == block.parent else { throw .blockClosed }
                if let candidate = work.candidate { return candidate }
                guard var building = work.building.take() else { throw .blockClosed }
                let candidate = try building.seal(withdrawals: block.withdrawals)
                work.candidate = candidate
                opening.giveBack(block.codes)
                return candidate
            }
            try prepare(candidate)
            try commit(candidate.sealed, candidate.diff)
            // It is in the chain now, whatever comes of this: where it fails, whoever runs the node says so and tries again.
            if isDurable { try? database.sync() }
            _ = block.close()
            opening.forget(block)
            let event = ChainEvent(
                added: [candidate.sealed], head: database.head, safe: database.safe, finalized: database.finalized)
            try publish(event, changes: [candidate.diff], sealing: block.id)
            return candidate
        }
    }

    /// Gives a block up that is open; its transactions stay in the pool.
    public func abandon(_ block: OpenBlock) {
        pool.release(block.id)
        close(block)
    }

    /// Closes the block that is open where it is not on the head.
    func closeOpenBlock(unlessOn head: BlockReference) {
        if let current = opening.current, current.parent != head { close(current) }
    }

    private func close(_ block: OpenBlock) {
        showing { opening.forget(block) }
        if block.close() { openEvents.notify(.abandoned(block)) }
    }

    /// Executes what the pool has and the block has room for, until there is a sub-block.
    private func fill(
        _ work: inout OpenBlock.Work, _ id: UInt64, _ limits: SubBlockLimits
    ) throws(ChainError) -> (SubBlock, [PooledTransaction])? {
        guard work.candidate == nil, var building = work.building.take() else { throw .blockClosed }
        let index = work.nextIndex
        let taken = try take(into: &building, id, &work.passed, limits)
        if !taken.isEmpty { work.nextIndex += 1 }
        let subBlock = taken.isEmpty ? nil : building.takeSubBlock(index: index)
        work.building = consume building
        return subBlock.map { ($0, taken) }
    }

    /// - Returns: what was taken from the pool.
    private func take(
        into building: inout BlockBuilding, _ id: UInt64, _ passed: inout Set<Address>, _ limits: SubBlockLimits
    ) throws(ChainError) -> [PooledTransaction] {
        var taken: [PooledTransaction] = []
        var isFull = false
        while taken.isEmpty && !isFull {
            let batch = pool.best(
                for: id, baseFee: building.header.baseFee ?? 0, gasLimit: building.gasAvailable, skipping: passed,
                count: limits.count)
            guard let batch else { throw .blockClosed }
            if batch.isEmpty { break }
            var blocked = passed
            for pooled in batch {
                isFull =
                    building.gasUsed >= limits.gas || building.dataFootprint >= limits.dataFootprint
                    || building.isFullOfData || limits.deadline.map { ContinuousClock.now >= $0 } ?? false
                if isFull { break }
                if !blocked.isEmpty && blocked.contains(pooled.sender) { continue }
                if try building.offer(pooled) {
                    taken.append(pooled)
                } else {
                    blocked.insert(pooled.sender)
                    // What is refused leaves the pool; what does not fit now does not fit later either.
                    if building.refused.last != pooled.hash { passed.insert(pooled.sender) }
                }
            }
            let refused = building.takeRefused()
            if !refused.isEmpty { pool.discard(refused, for: id) }
        }
        return taken
    }
}
