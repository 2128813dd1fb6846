public import Derivation
public import Layers
import Primitives

/// Follows a rollup: derives its blocks from L1 and its data, makes those that the chain has not got, replaces those that
/// are not what L1 says, and marks what is safe and final.
public actor Verifier {
    nonisolated let execution: any ExecutionLayer
    private(set) var configuration: RollupConfiguration
    nonisolated let l1: L1Source
    let log: SafeHeadLog
    private let data: DataLayers
    let followsLostFinality: Bool
    /// How far it is.
    public nonisolated let status = Latest<DerivationStatus>()
    var pipeline: DerivationPipeline?
    /// The last block that a final block of L1 gave.
    var finalized: L2BlockReference
    /// What is not marked in the database yet.
    private var isUnmarked = false
    private var trouble: String?
    private var refusal: String?
    /// Whether the rollup has ended.
    private var isClosed = false
    /// Is given each block, where somebody wants to see them.
    private var observer: (@Sendable (DerivedBlock) -> Void)?
    /// Where to end; nil for nowhere.
    private var lastWanted: UInt64?
    /// How often a single derivation tries again.
    private static let attempts = 8
    /// Since when L1's endpoint has not had a block that the chain knows.
    var laggingSince: ContinuousClock.Instant?
    static let laggingPatience = Duration.seconds(60)

    /// - Parameters:
    ///   - execution: of the rollup with that configuration.
    ///   - log: of this chain.
    ///   - data: where the rollup's data may be; one that has data elsewhere waits.
    ///   - followsLostFinality: whether to go on where L1 takes back what it had called final: an L1 for development may.
    public init(
        _ execution: any ExecutionLayer, _ configuration: RollupConfiguration, l1: L1Source, log: SafeHeadLog,
        data: DataLayers, followsLostFinality: Bool = false
    ) {
        self.followsLostFinality = followsLostFinality
        self.execution = execution
        self.configuration = configuration
        self.l1 = l1
        self.log = log
        self.data = data
        finalized = configuration.genesis.reference
    }

    /// Learns what the rollup's file does not say of L1, before it begins.
    func complete(_ configuration: RollupConfiguration) { self.configuration = configuration }

    /// Derives until it is cancelled.
    ///
    /// - Parameter report: is told of trouble, once, and nil when it is over.
    /// - Throws: what only a person can mend.
    public func run(report: @Sendable (String?) -> Void) async throws(DerivationFailure) {
        let heads = l1.status.values()
        var patience = Patience()
        var waiting = heads.makeAsyncIterator()
        while !Task.isCancelled {
            do throws(DerivationFailure) {
                try await advance()
                if trouble != nil { report(nil) }
                trouble = nil
                patience = Patience()
                publish(isCurrent: true)
                // Only a new head of L1 gives more.
                if await waiting.next() == nil { break }
            } catch {
                if Task.isCancelled { break }
                if error.severity == .fatal { throw error }
                let isNoteworthy = isNoteworthy(error, patience)
                let pause = pause(after: error, &patience)
                if error.severity == .reset {
                    (pipeline, isClosed) = (nil, false)
                    l1.forget()
                }
                if isNoteworthy {
                    if trouble == nil { report(error.message) }
                    trouble = error.message
                }
                publish(isCurrent: false)
                try? await Task.sleep(for: pause)
            }
        }
    }

    /// Whether trouble is worth telling: what is over in a moment is not.
    private func isNoteworthy(_ error: DerivationFailure, _ patience: Patience) -> Bool {
        guard case .behind = error, let laggingSince else { return patience.isNoteworthy }
        return laggingSince.duration(to: .now) > .seconds(2)
    }

    /// How long to wait before the same is tried again.
    private func pause(after error: DerivationFailure, _ patience: inout Patience) -> Duration {
        // It is over with L1's next block, and nobody is asked for that meanwhile.
        if case .behind = error { return .milliseconds(100) }
        let isFirst = patience.attempt == 0
        let pause = patience.next()
        // Where to go on after a reorganisation is found at once.
        return error.severity == .reset && isFirst ? .zero : pause
    }

    /// Derives all that L1's newest block gives.
    func advance() async throws(DerivationFailure) {
        guard let head = l1.status.value?.head else { return }
        if pipeline == nil { try await begin() }
        try await checkReading(head)
        while !Task.isCancelled, lastWanted.map({ (pipeline?.safeHead.number ?? 0) < $0 }) ?? true {
            let action = try step()
            if case .closed = action { return try await end() }
            if case .needsL1Block(let number, _) = action {
                try await mark()
                guard let head = l1.status.value?.head, number <= head.number else { return }
            }
            try await handle(action)
        }
    }

    /// Derives all that L1's newest block gives, up to a block, and ends; what does not work is tried again for a while.
    func derive(upTo last: UInt64, _ body: @escaping @Sendable (DerivedBlock) -> Void) async throws(DerivationFailure) {
        try await asking { () async throws(LayerError) in _ = try await l1.refresh() }
        (observer, lastWanted) = (body, last)
        var patience = Patience()
        while true {
            do throws(DerivationFailure) { return try await advance() } catch {
                if error.severity == .reset { throw .reorganised }
                guard error.severity == .retry, patience.attempt < Self.attempts else { throw error }
                try? await Task.sleep(for: patience.next())
            }
        }
    }

    private func step() throws(DerivationFailure) -> DerivationAction {
        do throws(DerivationError) {
            guard let action = try pipeline?.step() else { throw .unexpectedInput }
            return action
        } catch {
            throw .derivation(error)
        }
    }

    /// Notices that the L1 block that was read last is not on L1 any more, also where no block has come after it.
    private func checkReading(_ head: L1BlockReference) async throws(DerivationFailure) {
        guard let reading = pipeline?.reading, head.hash != reading.hash, head.parentHash != reading.hash else {
            return
        }
        try waitForL1(reading.number)
        let hash = try await asking { () async throws(LayerError) in try await l1.hash(of: reading.number) }
        if hash != reading.hash { throw .derivation(.reorganised(expectedParent: reading.id)) }
    }

    private func handle(_ action: DerivationAction) async throws(DerivationFailure) {
        switch action {
        case .needsL1Block(let number, _):
            let block = try await asking { () async throws(LayerError) in try await l1.block(number) }
            try deriving { (pipeline) throws(DerivationError) in try pipeline.provide(block) }
            publish(isCurrent: false)
        case .needsBlobs(let references, let block):
            let blobs = try await fetch(.blobs(references, in: block))
            try deriving { (pipeline) throws(DerivationError) in try pipeline.provide(blobs: blobs) }
        case .needsAltDAData(let commitment, let block):
            let data = try await fetch(.commitment(commitment, in: block)).first
            try deriving { (pipeline) throws(DerivationError) in try pipeline.provide(altDAData: data) }
        case .needsL2Block(let number):
            let block = try await asking { () async throws(LayerError) in try await execution.block(number) }
            try deriving { (pipeline) throws(DerivationError) in try pipeline.provide(l2Block: block) }
        case .attributes(let derived): try await apply(derived)
        case .closed: break
        }
    }

    /// Notes that the safe block is the rollup's last: what somebody has made after it is nothing.
    private func end() async throws(DerivationFailure) {
        try await mark()
        guard let last = pipeline?.safeHead else { return }
        let heads = try await asking { () async throws(LayerError) in try await execution.heads() }
        if heads.head.number > last.number {
            try await asking { () async throws(LayerError) in try await execution.rewind(to: last.number) }
        }
        isClosed = true
    }

    private func fetch(_ reference: DataReference) async throws(DerivationFailure) -> [[UInt8]] {
        try await asking { () async throws(LayerError) in try await data.fetch(reference) }
    }

    private func apply(_ derived: DerivedAttributes) async throws(DerivationFailure) {
        let applied = try await asking { () async throws(LayerError) in try await execution.apply(derived) }
        switch applied {
        case .present(let block), .made(let block):
            try deriving { (pipeline) throws(DerivationError) in try pipeline.accept(block) }
            do {
                try log.note(SafeHeadLog.Entry(l1: derived.derivedFrom.id, l2: block.id))
            } catch {
                throw .log("\(error)")
            }
            isUnmarked = true
            observer?(
                DerivedBlock(
                    reference: block, transactionCount: derived.attributes.transactions.count,
                    derivedFrom: derived.derivedFrom))
        case .refused(let why):
            refusal =
                "L1 has transactions for block \(derived.parent.number + 1) that cannot be executed (\(why)): the block has its "
                + "deposits alone"
            try deriving { (pipeline) throws(DerivationError) in try pipeline.reject() }
        }
    }

    /// Marks what is safe and final in the database.
    private func mark() async throws(DerivationFailure) {
        guard let safe = pipeline?.safeHead else { return }
        let before = finalized
        if let number = l1.status.value?.finalized?.number, let entry = log.last(upToL1: number),
            entry.l2.number > finalized.number, entry.l2.number <= safe.number
        {
            let block = try await asking { () async throws(LayerError) in try await execution.block(entry.l2.number) }
            if let block, block.id == entry.l2 { finalized = block }
        }
        guard isUnmarked || finalized != before else { return }
        try await asking { () async throws(LayerError) in
            try await execution.mark(safe: safe.id, finalized: finalized.id)
        }
        isUnmarked = false
    }

    func publish(isCurrent: Bool) {
        guard let pipeline else { return }
        var status = DerivationStatus(safe: pipeline.safeHead, finalized: finalized)
        status.currentL1 = pipeline.reading
        status.isCurrent = isCurrent
        status.closing = pipeline.closing
        status.isClosed = isClosed
        status.trouble = trouble
        status.refusal = refusal
        if status != self.status.value { self.status.set(status) }
    }

    // MARK: Errors of the parts

    func asking<Result>(
        _ body: () async throws(LayerError) -> Result
    ) async throws(DerivationFailure) -> Result {
        do throws(LayerError) { return try await body() } catch { throw .layer(error) }
    }

    private func deriving(
        _ body: (inout DerivationPipeline) throws(DerivationError) -> Void
    ) throws(DerivationFailure) {
        guard var pipeline else { throw .derivation(.unexpectedInput) }
        self.pipeline = nil
        do throws(DerivationError) {
            try body(&pipeline)
            self.pipeline = pipeline
        } catch {
            self.pipeline = pipeline
            throw .derivation(error)
        }
    }
}

/// How long to wait before the same is tried again: each time longer.
struct Patience {
    private(set) var attempt = 0

    /// Whether it has gone wrong more than once.
    var isNoteworthy: Bool { attempt > 0 }

    mutating func next() -> Duration {
        attempt += 1
        return .milliseconds(min(10_000, 100 << min(attempt, 7)))
    }
}
