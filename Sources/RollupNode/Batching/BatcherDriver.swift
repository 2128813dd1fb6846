public import Derivation
public import EthereumClient
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
    let l1: EthereumClient
    var rollup: RollupReader
    private let altDA: AltDAWriter?
    private var batcher: Batcher
    /// What was sent with each nonce, the newest last.
    var attempts: [UInt64: [SentAttempt]] = [:]
    /// A request for blocks that waits for the next round.
    private var postponed: BatcherAction?
    private var loads = 0
    /// What an alt-DA server answered.
    private let answers = Mutex<[BatcherEvent]>([])
    private let wanted = Mutex<DataChoice?>(nil)
    /// What a person may want to see.
    public nonisolated let status = Latest<Batcher.Status>()
    private let start = ContinuousClock.now
    private var report: @Sendable (BatcherNotice) -> Void = { _ in }
    private var troubles: [String: String] = [:]

    /// - Parameters:
    ///   - rollup: a node of the rollup.
    ///   - altDA: nil where no server was named.
    public init(
        _ configuration: RollupConfiguration, choice: DataChoice, settings: BatcherSettings = BatcherSettings(),
        account: BatcherAccount, l1: EthereumClient, rollup: EthereumClient, altDA: AltDAWriter? = nil
    ) {
        self.configuration = configuration
        self.account = account
        self.l1 = l1
        self.rollup = RollupReader(rollup)
        self.altDA = altDA
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
            guard altDA != nil else { throw .noServer }
        }
        wanted.withLock { $0 = choice }
    }

    /// Publishes until it is cancelled, or only a person can help.
    ///
    /// - Parameter report: is told what happens.
    public func run(every interval: Duration, report: @escaping @Sendable (BatcherNotice) -> Void) async {
        self.report = report
        while !Task.isCancelled {
            await round()
            if batcher.status.phase == .stopped { return }
            try? await Task.sleep(for: interval)
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
        do throws(EthereumClientError) {
            let view = try await l1View()
            attempts = attempts.filter { $0.key &+ 256 >= view.includedNonce }
            await tell(.l1(view))
            recovered("L1")
        } catch {
            trouble("L1", error.message)
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

    private func l1View() async throws(EthereumClientError) -> L1View {
        let head = try await l1.header(.latest)
        let included = try await l1.nonce(of: account.address, countsPending: false)
        let pending = try await l1.nonce(of: account.address, countsPending: true)
        let fees = try await l1.fees()
        return L1View(
            head: BlockID(number: head.header.number, hash: head.hash), includedNonce: included, pendingNonce: pending,
            prices: L1Prices(baseFee: fees.baseFee, blobBaseFee: fees.blobBaseFee, tip: fees.tip))
    }

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
            guard let refusal = await send(submission) else { return nil }
            return [.refused(nonce: submission.nonce, attempt: submission.attempt, refusal)]
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
    private func store(_ request: UInt64, _ data: [UInt8]) {
        guard let altDA else {
            answers.withLock { $0.append(.storeFailed(request: request)) }
            return
        }
        Task {
            let commitment = await altDA(data)
            answers.withLock {
                $0.append(commitment.map { .stored(request: request, $0) } ?? .storeFailed(request: request))
            }
        }
    }

    func trouble(_ part: String, _ message: String) {
        guard troubles[part] != message else { return }
        troubles[part] = message
        report(.trouble("\(part): \(message)"))
    }

    func recovered(_ part: String) {
        if troubles.removeValue(forKey: part) != nil { report(.recovered(part)) }
    }
}
