import Derivation
import Layers
import Primitives

extension Verifier {
    /// Finds where derivation begins: at the last safe block that L1 as it now is has given.
    func begin() async throws(DerivationFailure) {
        let heads = try await asking { () async throws(LayerError) in try await execution.heads() }
        let head = try await block(heads.head.number)
        try waitForL1(max(head.l1Origin.number, log.last?.l1.number ?? 0))
        let start = try await start(heads)
        if let restored = heads.finalized, restored.number > finalized.number {
            finalized = try await block(restored.number)
        }
        if start.safeHead.number < finalized.number {
            // A chain that has lost its own blocks says nothing about L1: they are derived again.
            let last = finalized.id
            let isOnChain = try await asking { () async throws(LayerError) in try await execution.contains(last) }
            guard followsLostFinality || !isOnChain else {
                throw try await lost(finalized.l1Origin, .reorganisedFinal(finalized.l1Origin))
            }
            finalized = start.safeHead
        }
        try await dropOrphans(above: start.safeHead)
        pipeline = DerivationPipeline(configuration, start)
        publish(isCurrent: false)
    }

    private func start(_ heads: ExecutionHeads) async throws(DerivationFailure) -> DerivationStart {
        let genesis = DerivationStart(genesis: configuration.genesis)
        let known = try await lastCanonical()
        let from: L2BlockReference
        if let known {
            from = known
        } else if let safe = heads.safe, safe.number > genesis.safeHead.number {
            from = try await block(safe.number)
        } else {
            let hash = try await l1Hash(genesis.base.number)
            guard hash == genesis.base.hash else {
                throw try await lost(genesis.base, .derivation(.genesisNotOnL1(genesis.base)))
            }
            return genesis
        }
        var search = SyncStart(from: from, isDerivedFromCanonical: known != nil, configuration)
        while true {
            switch search.action {
            case .needsL1Hash(let number):
                let hash = try await l1Hash(number)
                do throws(DerivationError) { try search.provide(l1Hash: hash) } catch {
                    throw try await lost(genesis.base, .derivation(error))
                }
            case .needsL2Block(let number):
                let block = try await block(number)
                try derivation { () throws(DerivationError) in try search.provide(l2Block: block) }
            case .found(let safeHead, let baseBlock):
                return try await asking { () async throws(LayerError) in
                    DerivationStart(
                        safeHead: safeHead, safeHeadConfig: try await execution.systemConfig(of: safeHead.id),
                        base: baseBlock.l1Origin, baseConfig: try await execution.systemConfig(of: baseBlock.id))
                }
            }
        }
    }

    /// The failure where every endpoint of L1 denies a block; else that they do not agree.
    private func lost(_ block: BlockID, _ failure: DerivationFailure) async throws(DerivationFailure)
        -> DerivationFailure
    {
        try await asking { () async throws(LayerError) in try await l1.has(block) } ? .disputed(block) : failure
    }

    private func l1Hash(_ number: UInt64) async throws(DerivationFailure) -> Hash256? {
        try await asking { () async throws(LayerError) in try await l1.hash(of: number) }
    }

    /// A block that the chain has.
    private func block(_ number: UInt64) async throws(DerivationFailure) -> L2BlockReference {
        try await asking { () async throws(LayerError) in
            guard let block = try await execution.block(number) else {
                throw LayerError(.execution, .retry, "block \(number) of the chain is missing")
            }
            return block
        }
    }

    /// The last safe block whose L1 block is on L1 still; forgets the entries after it. Nil where nothing is noted.
    private func lastCanonical() async throws(DerivationFailure) -> L2BlockReference? {
        var count = log.count
        defer { try? log.truncate(to: count) }
        while count > 0, let entry = log.entry(count - 1) {
            let block = try await asking { () async throws(LayerError) -> L2BlockReference? in
                guard try await execution.contains(entry.l2) else { return nil }
                return try await execution.block(entry.l2.number)
            }
            if let block, try await l1Hash(entry.l1.number) == entry.l1.hash { return block }
            count -= 1
        }
        return nil
    }

    /// Takes the chain back to its last block whose L1 origin is on L1: later ones cannot become safe.
    private func dropOrphans(above safe: L2BlockReference) async throws(DerivationFailure) {
        let head = try await asking { () async throws(LayerError) in try await execution.heads().head }
        guard head.number > safe.number else { return }
        // Where an origin is on L1, those before it are.
        var low = safe.number
        var high = head.number
        while low < high {
            let middle = high - (high - low) / 2
            let origin = try await block(middle).l1Origin
            if try await l1Hash(origin.number) == origin.hash { low = middle } else { high = middle - 1 }
        }
        guard low < head.number else { return }
        let target = low
        try await asking { () async throws(LayerError) in try await execution.rewind(to: target) }
    }

    /// Lets L1's endpoint catch up with what is known of L1 already: only where it stays behind was L1 reorganised.
    func waitForL1(_ number: UInt64) throws(DerivationFailure) {
        guard let head = l1.status.value?.head, head.number < number else {
            laggingSince = nil
            return
        }
        let since = laggingSince ?? .now
        laggingSince = since
        if since.duration(to: .now) < Self.laggingPatience {
            throw .behind(l1: number)
        }
    }

    private func derivation(_ body: () throws(DerivationError) -> Void) throws(DerivationFailure) {
        do throws(DerivationError) { try body() } catch { throw .derivation(error) }
    }
}
