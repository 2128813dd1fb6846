public import Derivation
public import EthereumClient
public import Layers
import Primitives
public import Publishing
import StateTransition
import Synchronization

/// Runs a batcher: looks at L1 and the rollup, tells the state machine, and does what it says.
public actor BatcherDriver {
    /// Requests for blocks in one round; L1 is looked at between rounds.
    private static let loadLimit = 8

    let configuration: RollupConfiguration
    let account: BatcherAccount
    let l1: any SettlementSending
    let data: DataLayers
    var rollup: RollupReader
    private var batcher: Batcher
    /// How the rollup was closed, by L1; nil where it has no end.
    private let closing: ClosingSource?
    /// What was sent with each nonce, the newest last.
    var attempts: [UInt64: [SentAttempt]] = [:]
    /// By nonce.
    var unsent: [Unsent] = []
    var nextUnsent: UInt64 = 0
    /// What transactions carry that are not sent yet, as soon as it is known.
    nonisolated let carriages = Mutex<[UInt64: Result<DataCarriage, LayerError>]>([:])
    /// A request for blocks that waits for the next round.
    private var postponed: BatcherAction?
    private var loads = 0
    /// What an alt-DA server answered.
    private let answers = Mutex<[BatcherEvent]>([])
    private let wanted = Mutex<DataChoice?>(nil)
    /// What a person may want to see.
    public nonisolated let status = Latest<Batcher.Status>()
    /// What does not work at the moment, each part once.
    public nonisolated let complaints = Latest<[String]>()
    private let start = ContinuousClock.now
    private var report: @Sendable (BatcherNotice) -> Void = { _ in }
    private var troubles: [String: String] = [:]
    /// What nobody but a person can mend.
    private var failure: LayerError?

    /// Asks L1 how the rollup was closed; nil while it is active.
    public typealias ClosingSource = @Sendable () async throws(LayerError) -> RollupClosing?

    /// - Parameters:
    ///   - closing: nil for a rollup that has no end.
    ///   - rollup: a node of the rollup.
    ///   - data: where the rollup's data can go: calldata and blobs, and an alt-DA server where there is one.
    public init(
        _ configuration: RollupConfiguration, choice: DataChoice, settings: BatcherSettings = BatcherSettings(),
        account: BatcherAccount, l1: any SettlementSending, rollup: EthereumClient, data: DataLayers,
        closing: ClosingSource? = nil
    ) {
        self.closing = closing
        self.configuration = configuration
        self.account = account
        self.l1 = l1
        self.rollup = RollupReader(rollup)
        self.data = data
        batcher = Batcher(configuration, choice: choice, settings: settings)
    }

    /// Why data cannot go where the owner wants them.
    public enum ChoiceError: Error, Equatable, Sendable {
        /// The rollup's configuration does not let its data lie with an alt-DA server.
        case notAllowed
        /// No alt-DA server was named.
        case noServer
    }

    /// Wants the data of further channels elsewhere.
    public nonisolated func choose(_ choice: DataChoice) throws(ChoiceError) {
        if choice == .altDA {
            guard configuration.allowsAltDA else { throw .notAllowed }
            guard data[.altDA] != nil else { throw .noServer }
        }
        wanted.withLock { $0 = choice }
    }

    /// Publishes until it is cancelled, the rollup has ended, or only a person can help.
    ///
    /// - Parameter report: is told what happens.
    /// - Throws: what L1 will not do however often it is asked.
    public func run(
        every interval: Duration, report: @escaping @Sendable (BatcherNotice) -> Void
    ) async throws(LayerError) {
        self.report = report
        while !Task.isCancelled {
            await round()
            if let failure { throw failure }
            if [.stopped, .ended].contains(batcher.status.phase) { return }
            await pause(interval)
        }
    }

    /// Lets time pass, and sends what waits for its proofs as soon as it has them.
    private func pause(_ interval: Duration) async {
        let end = ContinuousClock.now + interval
        while !Task.isCancelled, case let left = end - .now, left > .zero {
            try? await Task.sleep(for: unsent.isEmpty ? left : min(left, .milliseconds(10)))
            for event in await sendWhatIsReady() { await tell(event) }
        }
    }

    private var now: UInt64 {
        let elapsed = ContinuousClock.now - start
        return UInt64(elapsed.components.seconds) * 1_000
            + UInt64(elapsed.components.attoseconds / 1_000_000_000_000_000)
    }

    private func round() async {
        loads = 0
        if let choice = wanted.withLock({ $0.take() }) { await tell(.choose(choice)) }
        for answer in answers.withLock({ answers in
            defer { answers = [] }; return answers
        }) { await tell(answer) }
        do throws(LayerError) {
            let outlook = try await l1.outlook(of: account.address)
            let view = L1View(
                head: outlook.head, includedNonce: outlook.includedNonce, pendingNonce: outlook.pendingNonce,
                prices: L1Prices(baseFee: outlook.baseFee, blobBaseFee: outlook.blobBaseFee, tip: outlook.tip))
            if let closing { await tell(.closing(try await closing())) }
            await tell(.l1(view))
            attempts = attempts.filter { batcher.holds(nonce: $0.key) }
            recovered("L1")
        } catch {
            trouble("L1", error)
        }
        do throws(EthereumClientError) {
            var reader = rollup
            let view = try await reader.view()
            rollup = reader
            await tell(.rollup(view))
            recovered("the rollup's node")
        } catch {
            trouble("the rollup's node", error.message)
        }
        if let action = postponed {
            postponed = nil
            await perform([action])
        }
        await tell(.time)
        let status = batcher.status
        if status != self.status.value { self.status.set(status) }
    }

    /// Whether a transaction is still to be sent.
    func wants(_ submission: Submission) -> Bool { batcher.wants(submission) }

    /// The blocks that a transaction carries a part of; nil for none.
    func blocks(of submission: Submission) -> ClosedRange<UInt64>? { batcher.blocks(nonce: submission.nonce) }

    /// Tells the state machine of an event, and does what it says.
    func tell(_ event: BatcherEvent) async { await perform(batcher.handle(event, now: now)) }

    private func perform(_ first: [BatcherAction]) async {
        var queue = first[...]
        while let action = queue.popFirst(), !Task.isCancelled {
            guard let event = await carryOut(action) else { continue }
            for event in event { queue += batcher.handle(event, now: now) }
        }
    }

    /// Does one thing; what came of it.
    private func carryOut(_ action: BatcherAction) async -> [BatcherEvent]? {
        switch action {
        case .loadBlocks(let from, let count):
            loads += 1
            guard loads <= Self.loadLimit else {
                postponed = action
                return nil
            }
            do throws(EthereumClientError) {
                return [.blocks(try await rollup.blocks(from: from, count: count))]
            } catch {
                // They are asked for again after a while.
                trouble("the rollup's blocks", error.message)
                return nil
            }
        case .send(let submission):
            await enqueue(submission)
            return await sendWhatIsReady()
        case .prepare(let blobs):
            data[.blobs]?.prepare(blobs)
            return nil
        case .locate(let nonces): return await locate(nonces)
        case .store(let request, let data):
            store(request, data)
            return nil
        case .limitBlockData(let bytes):
            do throws(EthereumClientError) {
                try await rollup.limitData(block: bytes ?? 0)
            } catch {
                trouble("the sequencer's limit", error.message)
            }
            return nil
        case .report(let report):
            self.report(.happened(report))
            return nil
        }
    }

    /// Gives data to the alt-DA server, beside everything else; the state machine does not wait for ever.
    private func store(_ request: UInt64, _ frames: [UInt8]) {
        guard let layer = data[.altDA] else {
            answers.withLock { $0.append(.storeFailed(request: request)) }
            return
        }
        Task {
            let part = "the alt-DA server"
            do throws(LayerError) {
                guard case .input(let input) = try await layer.publish([frames]),
                    let commitment = AltDACommitment(batcherData: input)
                else { throw LayerError(.dataAvailability, .retry, "it gives no commitment") }
                answers.withLock { $0.append(.stored(request: request, commitment)) }
                recovered(part)
            } catch {
                // Whatever it is, L1 takes the data meanwhile.
                answers.withLock { $0.append(.storeFailed(request: request)) }
                trouble(part, error.message)
            }
        }
    }

    /// Tells of what a layer did not do; where nothing mends it, publishing ends.
    func trouble(_ part: String, _ error: LayerError) {
        if error.severity == .fatal { failure = failure ?? error }
        trouble(part, error.message)
    }

    func trouble(_ part: String, _ message: String) {
        // What was asked when the driver was stopped comes to nothing, and that is no trouble.
        guard !Task.isCancelled, troubles[part] != message else { return }
        troubles[part] = message
        complain()
        report(.trouble("\(part): \(message)"))
    }

    func recovered(_ part: String) {
        guard troubles.removeValue(forKey: part) != nil else { return }
        complain()
        report(.recovered(part))
    }

    private func complain() { complaints.set(troubles.map { "\($0.key): \($0.value)" }.sorted()) }
}
