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
        /// Why the last block could not be made.
        var failure: ChainError?
    }

    public let chain: Chain
    private let feeRecipient: Address
    private let gasLimit: UInt64
    private let state: Mutex<State>
    private let wake = DispatchSemaphore(value: 0)
    private let ended = DispatchSemaphore(value: 0)
    private let finality: Finality
    private let blobs: BlobArchive

    /// - Parameters:
    ///   - clock: gives blocks their timestamps.
    ///   - gasLimit: that blocks go towards.
    ///   - blobs: takes the blobs of each block.
    init(
        chain: Chain, mode: Mode, clock: BlockClock, gasLimit: UInt64, blobs: BlobArchive,
        feeRecipient: Address = Address()
    ) {
        self.chain = chain
        self.blobs = blobs
        self.gasLimit = gasLimit
        self.feeRecipient = feeRecipient
        state = Mutex(State(mode: mode, clock: clock))
        finality = Finality(chain)
        chain.setPendingAttributes { [weak self] (head, reference) in
            guard let self else { return nil }
            var clock = self.withClock { $0 }
            return self.attributes(
                timestamp: clock.timestamp(after: head.timestamp), randomness: Hash256(), parent: reference)
        }
    }

    // MARK: Running

    /// Starts the thread that makes blocks.
    public func start() {
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
            return !state.isWoken && state.mode == .instant
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
                if failure != nil {
                    // A disk that was full may have room again.
                    _ = wake.wait(timeout: .now() + .seconds(1))
                    continue
                }
                // Nobody is sending: what is there can be final.
                if finality.isBehind {
                    if wake.wait(timeout: .now() + .seconds(1)) == .timedOut { finality.catchUp() }
                } else {
                    wake.wait()
                }
            case .interval(let seconds):
                if wake.wait(timeout: .now() + delay(seconds)) == .timedOut { _ = produceOne(skipsEmpty: false) }
            case .onCommand: wake.wait()
            }
        }
        ended.signal()
    }

    /// Makes blocks until the pool has nothing for one.
    ///
    /// A block costs something by itself: where several senders are at it, what comes within the pause goes into one. Who
    /// sends one transaction after another never waits.
    private func produceAll() {
        var start = ContinuousClock.now
        while chain.pool.hasPending, state.withLock({ !$0.isStopped && $0.mode == .instant }) {
            start = .now
            guard let block = produceOne(skipsEmpty: true) else { return }
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

    private func produceOne(skipsEmpty: Bool) -> SealedBlock? {
        do throws(ChainError) {
            return try produce(skipsEmpty: skipsEmpty)
        } catch {
            state.withLock { $0.failure = error }
            return nil
        }
    }

    // MARK: Making blocks

    /// Why the thread could not make the last block that it should have made; nil where it could.
    public var failure: ChainError? { state.withLock { $0.failure } }

    /// Makes a block of what the pool has, now.
    ///
    /// - Parameters:
    ///   - skipsEmpty: whether there is no block where it would have no transaction.
    ///   - changes: of the head's state, before everything else; for development only.
    @discardableResult
    public func produce(
        skipsEmpty: Bool = false, changes: ((StateSource) throws(StateError) -> StateDiff)? = nil
    ) throws(ChainError) -> SealedBlock? {
        let built = try chain.produce(
            skipsEmpty: skipsEmpty, prepare: { (built) throws(ChainError) in try blobs.keep(built) }
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
        state.withLock { $0.failure = nil }
        finality.follow(built.sealed)
        // Whoever made the block: the thread sees to it that it becomes final.
        if finality.isBehind { wakeUp() }
        return built.sealed
    }

    private func attributes(timestamp: UInt64, randomness: Hash256, parent: BlockReference) -> BlockAttributes {
        BlockAttributes(
            timestamp: timestamp, randomness: randomness, feeRecipient: feeRecipient,
            // What the beacon API calls the root of the parent's slot.
            parentBeaconBlockRoot: parent.hash, gasLimit: gasLimit)
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
