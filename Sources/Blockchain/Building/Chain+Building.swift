import EVM
public import Primitives
import Sequencing
public import StateTransition
public import Storage
import Synchronization

extension Chain {
    /// Builds a block and leaves it beside the chain, where `setHead` finds it.
    ///
    /// - Parameter parent: a known block; nil for the head.
    /// - Throws: `attributes` where they allow no block, `invalid` where a transaction that the block must have is not
    ///   valid.
    public func build(
        _ attributes: BlockAttributes, on parent: Hash256? = nil, from choice: TransactionChoice = .pool
    ) throws(ChainError) -> BuiltCandidate {
        try changing { (writer) throws(ChainError) in
            let view = try view()
            var reference = view.head
            if let parent {
                guard let known = try view.reference(parent) else { throw .unknownParent(parent) }
                guard view.tree.hasRoom(on: parent) else { throw .unadoptedAncestors(known) }
                reference = known
            }
            let candidate = try build(
                attributes, on: reference, view, choice, sharesTries: false, discards: reference == view.head,
                codes: writer.codes)
            published.withLock {
                $0.tree.insert(TreeBlock(candidate.sealed, diff: candidate.diff, requests: candidate.requests))
            }
            return candidate
        }
    }

    /// Builds a block on the head and makes it the new head: what a sequencer does.
    ///
    /// - Parameter skipsEmpty: whether no block is made where it would have no transactions; nil is returned then.
    public func produce(
        _ attributes: BlockAttributes, from choice: TransactionChoice = .pool, skipsEmpty: Bool = false
    ) throws(ChainError) -> BuiltCandidate? {
        try produce(from: choice, skipsEmpty: skipsEmpty) { _ in attributes }
    }

    /// The same with attributes that depend on the head, which does not change before the block is made.
    ///
    /// - Parameter prepare: called with the block before it is part of the chain; where it throws, it does not become one.
    public func produce(
        from choice: TransactionChoice = .pool, skipsEmpty: Bool = false,
        prepare: (BuiltCandidate) throws(ChainError) -> Void = { _ in },
        attributes: (ChainView) throws(ChainError) -> BlockAttributes
    ) throws(ChainError) -> BuiltCandidate? {
        try changing { (writer) throws(ChainError) in
            let view = try view()
            let candidate = try build(
                try attributes(view), on: view.head, view, choice, sharesTries: true, discards: true,
                codes: writer.codes, skipsEmpty: skipsEmpty)
            guard let candidate else { return nil }
            try prepare(candidate)
            try commit(candidate.sealed, candidate.diff)
            let event = ChainEvent(
                added: [candidate.sealed], head: database.head, safe: database.safe, finalized: database.finalized)
            try publish(event, changes: [candidate.diff])
            return candidate
        }
    }

    /// Says what is decided about the block that would come next: for the `pending` block. Nil where there is to be none.
    public func setPendingAttributes(
        _ attributes: @escaping @Sendable (_ head: BlockHeader, BlockReference) -> BlockAttributes?
    ) { pending.setAttributes(attributes) }

    /// The block that would come next on the head of a view; nil where none can be built.
    func pendingBlock(on view: ChainView) throws(ChainError) -> TreeBlock? {
        if let open = opening.current, open.parent == view.head { return open.treeBlock }
        let header = try view.headHeader
        let changeCount = pool.withPool { $0.changeCount }
        // A rollup's next block begins with a deposit, and a chain before the Merge has none that could be built.
        guard configuration.opStack == nil, header.difficulty.isZero else { return nil }
        return try pending.block(on: view.head, header, changeCount: changeCount) {
            (attributes, codes) throws(ChainError) in
            let candidate = try build(
                attributes, on: view.head, view, .pool, sharesTries: false, discards: false, codes: codes)
            return TreeBlock(candidate.sealed, diff: candidate.diff, requests: candidate.requests)
        }
    }

    private func build(
        _ attributes: BlockAttributes, on parent: BlockReference, _ view: ChainView, _ choice: TransactionChoice,
        sharesTries: Bool, discards: Bool, codes: CodeCache
    ) throws(ChainError) -> BuiltCandidate {
        let built = try build(
            attributes, on: parent, view, choice, sharesTries: sharesTries, discards: discards, codes: codes,
            skipsEmpty: false)
        guard let built else { throw .attributes("no block was built") }
        return built
    }

    private func build(
        _ attributes: BlockAttributes, on parent: BlockReference, _ view: ChainView, _ choice: TransactionChoice,
        sharesTries: Bool, discards: Bool, codes: CodeCache, skipsEmpty: Bool
    ) throws(ChainError) -> BuiltCandidate? {
        guard let parentHeader = try view.header(parent) else { throw .unknownParent(parent.hash) }
        let header = try header(attributes, on: parentHeader, hash: parent.hash)
        var source = try view.state(parent, sharesTries: sharesTries)
        if !attributes.stateChanges.isEmpty {
            guard let stored = source as? StoredState else {
                throw .attributes("the state can only be changed on a block of the chain")
            }
            source = OverlaidState(stored, after: attributes.stateChanges, hashes: [:])
        }
        var building = try BlockBuilding(
            header: header, chain: configuration, source: source, codes: codes, limits: dataLimits)
        let revision = configuration.revision(number: header.number, timestamp: header.timestamp)
        let senders = try SenderRecovery.senders(of: attributes.transactions, revision, configuration.chainID)
        for (transaction, sender) in zip(attributes.transactions, senders) {
            try building.require(transaction, sender: sender)
        }
        if choice == .pool { try fill(&building, discards: discards) }
        if skipsEmpty && building.count == 0 && attributes.stateChanges.isEmpty { return nil }
        var candidate = try building.seal(withdrawals: revision >= .shanghai ? attributes.withdrawals ?? [] : nil)
        if !attributes.stateChanges.isEmpty {
            candidate.diff = attributes.stateChanges.merging(candidate.diff)
        }
        return candidate
    }

    /// Takes from the pool what fits.
    ///
    /// - Parameter discards: whether what cannot be executed leaves the pool: only on the head, which the pool follows.
    private func fill(_ building: inout BlockBuilding, discards: Bool) throws(ChainError) {
        var seen: Set<Hash256> = []
        var blocked: Set<Address> = []
        while !building.isFullOfData {
            let batch = pool.best(
                baseFee: building.header.baseFee ?? 0, gasLimit: building.gasAvailable, excluding: seen)
            if batch.isEmpty { break }
            for pooled in batch {
                seen.insert(pooled.hash)
                if blocked.contains(pooled.sender) { continue }
                if try !building.offer(pooled) { blocked.insert(pooled.sender) }
                if building.isFullOfData { break }
            }
        }
        if discards && !building.refused.isEmpty { pool.discard(building.refused) }
    }

    /// The header as far as it is known before the block's transactions run.
    func header(
        _ attributes: BlockAttributes, on parent: BlockHeader, hash: Hash256
    ) throws(ChainError) -> BlockHeader {
        guard attributes.timestamp > parent.timestamp else {
            throw .attributes("timestamp \(attributes.timestamp) is not after the parent's, \(parent.timestamp)")
        }
        guard parent.number < .max - 1 else { throw .attributes("the number of the block would not fit 64 bits") }
        if configuration.opStack != nil { return try rollupHeader(attributes, on: parent) }
        let number = parent.number + 1
        let revision = configuration.revision(
            number: number, timestamp: attributes.timestamp,
            parentTotalDifficulty: parent.difficulty.isZero || number == 1 ? .max : .zero)
        guard revision >= .paris else { throw .attributes("blocks before the Merge cannot be built, only imported") }
        guard attributes.extraData.count <= 32 else { throw .attributes("more than 32 bytes of extra data") }
        var header = BlockHeader(
            parentHash: hash, coinbase: attributes.feeRecipient, number: number,
            gasLimit: Self.gasLimit(towards: attributes.gasLimit ?? parent.gasLimit, from: parent.gasLimit),
            timestamp: attributes.timestamp, extraData: attributes.extraData, mixHash: attributes.randomness,
            baseFee: attributes.baseFee ?? configuration.baseFee(after: parent))
        if revision >= .cancun {
            header.parentBeaconBlockRoot = attributes.parentBeaconBlockRoot ?? Hash256()
            header.blobGasUsed = 0
            header.excessBlobGas = configuration.excessBlobGas(
                after: parent, timestamp: attributes.timestamp, revision: revision)
        }
        return header
    }

    private func rollupHeader(
        _ attributes: BlockAttributes, on parent: BlockHeader
    ) throws(ChainError) -> BlockHeader {
        let rollup = RollupAttributes(
            timestamp: attributes.timestamp, randomness: attributes.randomness, coinbase: attributes.feeRecipient,
            parentBeaconBlockRoot: attributes.parentBeaconBlockRoot ?? Hash256(),
            gasLimit: attributes.gasLimit ?? parent.gasLimit, baseFeeParameters: attributes.baseFeeParameters ?? [],
            minimumBaseFee: attributes.minimumBaseFee, transactions: [])
        do throws(RollupAttributesError) {
            return try RollupBlockBuilder(chain: configuration).header(rollup, on: parent)
        } catch {
            throw .attributes("\(error)")
        }
    }

    /// The gas limit nearest to the one wanted that a block may have after one with `parent` (yellow paper, 4.3.4).
    private static func gasLimit(towards wanted: UInt64, from parent: UInt64) -> UInt64 {
        let step = max(parent / 1_024, 1) - 1
        let wanted = max(wanted, 5_000)
        return wanted > parent ? min(wanted, parent &+ step) : max(wanted, parent - min(step, parent))
    }
}
