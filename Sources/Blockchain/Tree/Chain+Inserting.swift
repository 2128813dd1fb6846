import EVM
public import Primitives
public import StateTransition
import Storage
import Synchronization

extension Chain {
    /// Verifies a block on top of its parent and keeps it beside the chain, where `setHead` finds it.
    ///
    /// - Parameters:
    ///   - hash: keccak256 of the header; computed where it is not given.
    ///   - senders: of the transactions, where they are known; else they are recovered on all processors.
    /// - Returns: the block; also where it was known before, and then it is not executed again.
    /// - Throws: `unknownParent`, `stateUnavailable`, or `invalid` naming the rule that the block breaks.
    @discardableResult
    public func insert(
        _ block: Block, hash: Hash256? = nil, senders: [Address]? = nil
    ) throws(ChainError) -> SealedBlock {
        let hash = hash ?? block.header.hash
        return try changing { (writer) throws(ChainError) in
            let view = try view()
            let reference = BlockReference(number: block.header.number, hash: hash)
            if let known = view.tree[hash]?.sealed { return known }
            if try view.isCanonical(reference), let known = try view.sealedBlock(reference) { return known }
            return try execute(block, hash: hash, senders: senders, on: view, writer).sealed
        }
    }

    /// Requests of a block that is beside the chain (EIP-7685); nil where it is not.
    public func requests(ofBlock hash: Hash256) -> [[UInt8]]? {
        published.withLock { $0.tree[hash]?.requests }
    }

    /// Executes a block and enters it in the tree.
    func execute(
        _ block: Block, hash: Hash256, senders: [Address]?, on view: ChainView, _ writer: Writer
    ) throws(ChainError) -> TreeBlock {
        let header = block.header
        let parent = BlockReference(number: header.number &- 1, hash: header.parentHash)
        guard let parentHeader = try view.header(parent) else { throw .unknownParent(header.parentHash) }
        guard view.tree.hasRoom(on: parent.hash) else { throw .unadoptedAncestors(parent) }
        if try !view.isExecuted(parent) {
            return try executeWithAncestors(block, hash: hash, senders: senders, writer)
        }
        let source = try view.state(parent, sharesTries: parent == view.head)
        let difficulty = try totalDifficulty(parentHeader, view, writer)
        let revision = configuration.revision(
            number: header.number, timestamp: header.timestamp, parentTotalDifficulty: difficulty)
        let senders =
            if let senders { senders } else {
                try SenderRecovery.senders(of: block.transactions, revision, configuration.chainID)
            }
        let outcome: BlockOutcome
        do throws(InvalidBlock) {
            outcome = try BlockVerifier(chain: configuration).verify(
                block, ancestors: try ancestors(of: block, parentHeader, view), parentTotalDifficulty: difficulty,
                senders: senders, source: source, codes: writer.codes)
        } catch {
            if case .state = error { throw .invalid(error) }
            refused.add(SealedBlock(block, hash: hash, senders: senders, receipts: []))
            throw .invalid(error)
        }
        let sealed = SealedBlock(block, hash: hash, senders: senders, receipts: outcome.receipts)
        let entry = TreeBlock(sealed, diff: outcome.stateDiff, requests: outcome.requests)
        published.withLock { $0.tree.insert(entry) }
        return entry
    }

    /// Executes a block whose ancestors lost their place in the chain, and with it what they had changed.
    private func executeWithAncestors(
        _ block: Block, hash: Hash256, senders: [Address]?, _ writer: Writer
    ) throws(ChainError) -> TreeBlock {
        var missing: [(block: Block, hash: Hash256)] = []
        var view = try view()
        var parent = BlockReference(number: block.header.number &- 1, hash: block.header.parentHash)
        while try !view.isExecuted(parent) {
            guard missing.count < BlockTree.limit / 2, let ancestor = try view.block(parent) else {
                throw .unknownParent(parent.hash)
            }
            missing.append((ancestor, parent.hash))
            parent = BlockReference(number: parent.number &- 1, hash: ancestor.header.parentHash)
        }
        for (ancestor, ancestorHash) in missing.reversed() {
            _ = try execute(ancestor, hash: ancestorHash, senders: nil, on: view, writer)
            view = try self.view()
        }
        return try execute(block, hash: hash, senders: senders, on: view, writer)
    }

    /// The ancestors that uncles can come from, or the parent alone where there can be none.
    private func ancestors(
        of block: Block, _ parent: BlockHeader, _ view: ChainView
    ) throws(InvalidBlock) -> [Ancestor] {
        guard !block.uncles.isEmpty else { return [Ancestor(Block(header: parent))] }
        var ancestors: [Ancestor] = []
        var reference = BlockReference(number: block.header.number &- 1, hash: block.header.parentHash)
        while ancestors.count < 8, let ancestor = try? view.block(reference) {
            ancestors.append(Ancestor(ancestor))
            if ancestor.header.number == 0 { break }
            reference = BlockReference(number: reference.number &- 1, hash: ancestor.header.parentHash)
        }
        return ancestors
    }

    /// The difficulty of a block and all before it: what decides whether its child is under proof of stake.
    private func totalDifficulty(
        _ header: BlockHeader, _ view: ChainView, _ writer: Writer
    ) throws(ChainError) -> UInt256 {
        let depends = configuration.upgrades.contains {
            if case .totalDifficulty = $0.activation { true } else { false }
        }
        if !depends || (header.difficulty.isZero && header.number > 0) { return .max }
        var sum = header.difficulty
        var current = header
        while current.number > 0 {
            if let known = writer.headDifficulty, known.hash == current.parentHash {
                sum = sum &+ known.total
                break
            }
            let parent = BlockReference(number: current.number - 1, hash: current.parentHash)
            guard let parentHeader = try view.header(parent) else { throw .unknownParent(parent.hash) }
            sum = sum &+ parentHeader.difficulty
            current = parentHeader
        }
        writer.headDifficulty = (header.hash, sum)
        return sum
    }
}
