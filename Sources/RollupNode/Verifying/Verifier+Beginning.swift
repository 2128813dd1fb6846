import Blockchain
import Derivation
import EthereumClient
import Primitives
import Storage

extension Verifier {
    /// Finds where derivation begins: at the last safe block that L1 as it now is has given.
    func begin() async throws(DerivationFailure) {
        let head = try await chaining { [chain] () throws(ChainError) in try chain.head() }
        try waitForL1(max(head.l1Origin.number, log.last?.l1.number ?? 0))
        let start = try await start()
        let restored = try await chaining { [chain] () throws(ChainError) -> L2BlockReference? in
            guard let block = chain.chain.database.finalized else { return nil }
            return try chain.reference(block.number)
        }
        if let restored, restored.number > finalized.number { finalized = restored }
        if start.safeHead.number < finalized.number {
            guard followsLostFinality else { throw .reorganisedFinal(finalized.l1Origin) }
            finalized = start.safeHead
        }
        try await dropOrphans(above: start.safeHead)
        pipeline = DerivationPipeline(chain.configuration, start)
        publish(isCurrent: false)
    }

    private func start() async throws(DerivationFailure) -> DerivationStart {
        let genesis = DerivationStart(genesis: chain.configuration.genesis)
        let known = try await lastCanonical()
        let database = chain.chain.database
        let safe = database.safe ?? database.genesis
        let from: L2BlockReference
        if let known {
            from = known
        } else {
            let number = safe.number
            let block = try await chaining { [chain] () throws(ChainError) in try chain.reference(number) }
            guard let block, block.number > genesis.safeHead.number else {
                let base = genesis.base
                let hash = try await source { () async throws(EthereumClientError) in try await l1.hash(of: base.number)
                }
                guard hash == base.hash else { throw .derivation(.genesisNotOnL1(base)) }
                return genesis
            }
            from = block
        }
        var search = SyncStart(from: from, isDerivedFromCanonical: known != nil, chain.configuration)
        while true {
            switch search.action {
            case .needsL1Hash(let number):
                let hash = try await source { () async throws(EthereumClientError) in try await l1.hash(of: number) }
                try derivation { () throws(DerivationError) in try search.provide(l1Hash: hash) }
            case .needsL2Block(let number):
                let block = try await chaining { [chain] () throws(ChainError) in try chain.reference(number) }
                guard let block else { throw .chain(.attributes("block \(number) of the chain is missing")) }
                try derivation { () throws(DerivationError) in try search.provide(l2Block: block) }
            case .found(let safeHead, let baseBlock):
                return try await chaining { [chain] () throws(ChainError) in
                    DerivationStart(
                        safeHead: safeHead, safeHeadConfig: try chain.systemConfig(in: safeHead.id),
                        base: baseBlock.l1Origin, baseConfig: try chain.systemConfig(in: baseBlock.id))
                }
            }
        }
    }

    /// The last safe block whose L1 block is on L1 still; forgets the entries after it. Nil where nothing is noted.
    private func lastCanonical() async throws(DerivationFailure) -> L2BlockReference? {
        var count = log.count
        defer { try? log.truncate(to: count) }
        while count > 0, let entry = log.entry(count - 1) {
            let block = try await chaining { [chain] () throws(ChainError) -> L2BlockReference? in
                guard try chain.isCanonical(entry.l2) else { return nil }
                return try chain.reference(entry.l2.number)
            }
            if let block {
                let hash = try await source { () async throws(EthereumClientError) in
                    try await l1.hash(of: entry.l1.number)
                }
                if hash == entry.l1.hash { return block }
            }
            count -= 1
        }
        return nil
    }

    /// Takes the chain back to its last block whose L1 origin is on L1: later ones cannot become safe.
    private func dropOrphans(above safe: L2BlockReference) async throws(DerivationFailure) {
        let head = try await chaining { [chain] () throws(ChainError) in try chain.head() }
        guard head.number > safe.number else { return }
        // Where an origin is on L1, those before it are.
        var low = safe.number
        var high = head.number
        while low < high {
            let middle = high - (high - low) / 2
            let block = try await chaining { [chain] () throws(ChainError) in try chain.reference(middle) }
            guard let block else { throw .chain(.attributes("block \(middle) of the chain is missing")) }
            let hash = try await source { () async throws(EthereumClientError) in
                try await l1.hash(of: block.l1Origin.number)
            }
            if hash == block.l1Origin.hash { low = middle } else { high = middle - 1 }
        }
        guard low < head.number else { return }
        let target = low
        try await chaining { [chain] () throws(ChainError) in try chain.chain.rewind(to: target) }
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
