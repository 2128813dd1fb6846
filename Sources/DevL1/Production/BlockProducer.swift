public import Blockchain
import Dispatch
import Glibc
public import Primitives
import Sequencing
public import StateTransition
import Storage
import Synchronization

/// Makes the blocks of an embedded L1: at once when there is a transaction, at intervals, or when told to.
public final class BlockProducer: Sendable {
    /// When blocks are made.
    public enum Mode: Equatable, Sendable {
        case instant
        /// Every so many seconds, empty ones too.
        case interval(seconds: UInt64)
        case onCommand
    }

    private struct State {
        var mode: Mode
        var clock: BlockClock
        var isWoken = false
        var isStopped = false
        var wishes: BlockWishes
        /// Why the last block could not be made.
        var failure: ChainError?
        /// Whether blobs could not be kept the last time that there were some.
        var losesBlobs = false
        var report: @Sendable (Trouble) -> Void = { _ in }
    }

    /// What those who run it should know, once when it begins and once when it is over.
    public enum Trouble: Sendable {
        /// No block can be made; it is tried again and again.
        case blocks(ChainError)
        /// Blobs cannot be kept, so that their transactions were dropped.
        case blobs(ChainError)
        case over
    }

    public let chain: Chain
    private let state: Mutex<State>
    private let wake = DispatchSemaphore(value: 0)
    private let ended = DispatchSemaphore(value: 0)
    private let finality: Finality
    private let blobs: BlobArchive
    private let directory: String

    /// - Parameters:
    ///   - clock: gives blocks their timestamps.
    ///   - gasLimit: that blocks go towards.
    ///   - blobs: takes the blobs of each block.
    ///   - directory: where the chain is kept.
    init(
        chain: Chain, mode: Mode, clock: BlockClock, gasLimit: UInt64, blobs: BlobArchive,
        directory: String, feeRecipient: Address = Address()
    ) {
        self.directory = directory
        self.chain = chain
        self.blobs = blobs
        let wishes = BlockWishes(feeRecipient: feeRecipient, gasLimit: gasLimit)
        state = Mutex(State(mode: mode, clock: clock, wishes: wishes))
        finality = Finality(chain)
        chain.setPendingAttributes { [weak self] (head, reference) in
            guard let self else { return nil }
            let clock = self.withClock { $0 }
            return self.attributes(
                timestamp: clock.timestamp(after: head.timestamp), randomness: Hash256(), parent: reference)
        }
    }

    // MARK: Running

    /// Starts the thread that makes blocks.
    public func start() {
        finality.begin()
        _ = chain.pool.observePending { [weak self] _ in self?.wakeUp() }
        let thread = BlockThread { self.run() }
        thread.start()
        wakeUp()
    }

    /// Stops it, after the block that it is at.
    public func stop() {
        state.withLock { $0.isStopped = true }
        wake.signal()
        ended.wait()
    }

    private func wakeUp() {
        let isFirst = state.withLock { state in
            defer { state.isWoken = true }
            if case .interval = state.mode { return false }
            return !state.isWoken
        }
        if isFirst { wake.signal() }
    }

    private func run() {
        while true {
            let (mode, isStopped) = state.withLock { state in
                state.isWoken = false
                return (state.mode, state.isStopped)
            }
            if isStopped { break }
            switch mode {
            case .instant:
                produceAll()
                rest()
            case .interval(let seconds):
                if wake.wait(timeout: .now() + delay(seconds)) == .timedOut { _ = try? produce() }
            case .onCommand: rest()
            }
        }
        ended.signal()
    }

    /// Waits until there is something to do: where nobody sends, what is there becomes final, and where no block could be
    /// made, a disk that was full may have room again.
    private func rest() {
        if failure != nil {
            guard wake.wait(timeout: .now() + .seconds(1)) == .timedOut else { return }
            // With a transaction a block says more.
            if mode == .instant && chain.pool.hasPending { return }
            if finality.catchUp() && hasRoom { note(nil) }
        } else if finality.isBehind {
            let left = finality.restLeft
            if left == .zero
                || wake.wait(timeout: .now() + .milliseconds(Int(left / .milliseconds(1)) + 1)) == .timedOut
            {
                if !finality.catchUp() { _ = wake.wait(timeout: .now() + .seconds(1)) }
            }
        } else {
            wake.wait()
        }
    }

    /// Whether something can be written beside the chain.
    private var hasRoom: Bool {
        let path = directory + "/room"
        defer { unlink(path) }
        do throws(WholeFile.Failure) {
            try WholeFile.write([UInt8](repeating: 0, count: 256 << 10), to: path, in: directory)
            return true
        } catch {
            return false
        }
    }

    /// Makes blocks until the pool has nothing for one.
    ///
    /// A block costs something by itself: where several senders are at it, what comes within the pause goes into one. Who
    /// sends one transaction after another never waits.
    private func produceAll() {
        var start = ContinuousClock.now
        while chain.pool.hasPending, state.withLock({ !$0.isStopped && $0.mode == .instant }) {
            start = .now
            guard let block = try? produce(skipsEmpty: true) else { return }
            guard block.block.transactions.count > 2 else { continue }
            let rest = Self.pause - (ContinuousClock.now - start)
            if rest > .zero { usleep(UInt32(rest / .microseconds(1))) }
        }
    }

    private static let pause: Duration = .milliseconds(3)

    /// How long it is until the next block is due.
    private func delay(_ seconds: UInt64) -> DispatchTimeInterval {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        let genesis = state.withLock { $0.clock.genesis }
        let interval = Int(clamping: max(1, seconds)) * 1_000
        let passed = (Int(time.tv_sec) - Int(clamping: genesis)) * 1_000 + Int(time.tv_nsec) / 1_000_000
        return .milliseconds(interval - (passed % interval + interval) % interval)
    }

    // MARK: Trouble

    /// Why the last block could not be made; nil where it could.
    public var failure: ChainError? { state.withLock { $0.failure } }

    /// The same for people; nil where blocks are made.
    public var failureText: String? {
        switch failure {
        case .storage(let error):
            "no block can be made: \(error.path): \(error.what). It is tried again all the time, so that the chain goes on "
                + "by itself when that is mended."
        case let error?: "no block can be made: \(error.message)"
        case nil: nil
        }
    }

    /// Calls `body` when trouble begins and when it is over, on whatever thread met it.
    public func report(to body: @escaping @Sendable (Trouble) -> Void) { state.withLock { $0.report = body } }

    /// Notes whether a block could be made. What a caller asked for and cannot be done is only the caller's business.
    private func note(_ error: ChainError?) {
        if let error {
            guard case .storage = error else { return }
        }
        let trouble: (Trouble, @Sendable (Trouble) -> Void)? = state.withLock { state in
            let had = state.failure
            state.failure = error
            if let error { return had == nil ? (.blocks(error), state.report) : nil }
            return had == nil ? nil : (.over, state.report)
        }
        if let (trouble, report) = trouble { report(trouble) }
    }

    /// Takes transactions out of the pool whose blobs cannot be kept: who reads them later would find nothing.
    private func dropBlobs(_ error: ChainError) {
        chain.pool.withPool { pool in
            for account in pool.content {
                for pooled in account.queued + account.pending.reversed() where pooled.transaction.kind == .blob {
                    _ = pool.remove(pooled.hash)
                }
            }
        }
        let report = state.withLock { state in
            defer { state.losesBlobs = true }
            return state.losesBlobs ? nil : state.report
        }
        report?(.blobs(error))
    }

    // MARK: Making blocks

    /// Makes a block of what the pool has, now.
    ///
    /// - Parameters:
    ///   - skipsEmpty: whether there is no block where it would have no transaction.
    ///   - changes: of the head's state, before everything else; for development only.
    @discardableResult
    public func produce(
        skipsEmpty: Bool = false, changes: ((StateSource) throws(StateError) -> StateDiff)? = nil
    ) throws(ChainError) -> SealedBlock? {
        var refusal: BlobArchive.Refusal?
        var again: BlobArchive.Refusal?
        do throws(ChainError) {
            do throws(ChainError) {
                return try produceOnce(skipsEmpty, changes, &refusal)
            } catch {
                // A full disk may have room again; a folder that cannot be written to must not stop everything else.
                guard let refusal, !refusal.isTransient else { throw error }
                dropBlobs(error)
                return try produceOnce(skipsEmpty, changes, &again)
            }
        } catch {
            note(error)
            throw error
        }
    }

    private func produceOnce(
        _ skipsEmpty: Bool, _ changes: ((StateSource) throws(StateError) -> StateDiff)?,
        _ refusal: inout BlobArchive.Refusal?
    ) throws(ChainError) -> SealedBlock? {
        // A block that begins with a change has no transactions: traces, which do not see the change, have nothing to tell
        // of it then.
        let built = try chain.produce(
            from: changes == nil ? .pool : .none, skipsEmpty: skipsEmpty,
            prepare: { (built) throws(ChainError) in
                do throws(BlobArchive.Refusal) {
                    try blobs.keep(built)
                } catch {
                    refusal = error
                    throw error.chainError
                }
            }
        ) { (view) throws(ChainError) in
            let parent = try view.headHeader
            let timestamp = self.state.withLock { $0.clock.timestamp(after: parent.timestamp) }
            var attributes = self.attributes(
                timestamp: timestamp, randomness: Self.randomness(), parent: view.head)
            if let changes {
                let state = try view.state(view.head)
                do throws(StateError) {
                    attributes.stateChanges = try changes(state)
                } catch {
                    throw .invalid(.state(error))
                }
            }
            return attributes
        }
        guard let built else { return nil }
        state.withLock { state in
            state.clock.follow(built.sealed.header.timestamp)
            state.wishes.follow(built.sealed.header)
            if !built.sidecars.isEmpty { state.losesBlobs = false }
        }
        note(nil)
        finality.follow(built.sealed)
        // Whoever made the block: the thread sees to it that it becomes final.
        if finality.isBehind { wakeUp() }
        return built.sealed
    }

    private func attributes(timestamp: UInt64, randomness: Hash256, parent: BlockReference) -> BlockAttributes {
        let wishes = wishes
        var attributes = BlockAttributes(
            timestamp: timestamp, randomness: wishes.nextRandomness ?? randomness, feeRecipient: wishes.feeRecipient,
            // What the beacon API calls the root of the parent's slot.
            parentBeaconBlockRoot: parent.hash, gasLimit: wishes.gasLimit)
        attributes.baseFee = wishes.nextBaseFee
        return attributes
    }

    private static func randomness() -> Hash256 {
        Hash256(
            UInt256(
                limbs: .random(in: .min ... .max), .random(in: .min ... .max), .random(in: .min ... .max),
                .random(in: .min ... .max)))
    }

    // MARK: Time and mode

    public var mode: Mode {
        get { state.withLock { $0.mode } }
        set {
            state.withLock { state in
                state.mode = newValue
                if case .interval(let seconds) = newValue { state.clock.interval = max(1, seconds) }
                if newValue == .instant { state.clock.interval = 1 }
            }
            wake.signal()
        }
    }

    /// What is wished for of the blocks to come.
    var wishes: BlockWishes { state.withLock { $0.wishes } }

    /// Changes what is wished for; what was too dear may be worth a block now.
    func wish(_ body: (inout BlockWishes) -> Void) {
        state.withLock { body(&$0.wishes) }
        wakeUp()
    }

    /// Reads or changes the clock that gives blocks their timestamps.
    public func withClock<Result: Sendable>(_ body: (inout BlockClock) -> Result) -> Result {
        state.withLock { body(&$0.clock) }
    }
}

/// The thread that makes blocks: a thread of its own, as it mostly waits.
private final class BlockThread: Sendable {
    private let body: @Sendable () -> Void

    init(_ body: @escaping @Sendable () -> Void) { self.body = body }

    func start() {
        let queue = DispatchQueue(label: "mayfly.blocks", qos: .userInitiated)
        queue.async { self.body() }
    }
}
