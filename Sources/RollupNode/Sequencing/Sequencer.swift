import Blockchain
import Derivation
import Dispatch
import Glibc
public import Layers
import Lifecycles
import Primitives
import Sequencing
import Spans
import StateTransition
import Storage
import Synchronization

/// Makes a rollup's blocks: each on the head, open for the time of one block, in sub-blocks.
///
/// It only ever adds to the head. Where L1 was reorganised, whoever derives takes the chain back, and it goes on from there.
public final class Sequencer: Sendable {
    public struct Settings: Sendable {
        /// Milliseconds from sub-block to sub-block, 10 to 250.
        public var subBlockTime: UInt64 = 100
        /// Milliseconds before its timestamp at which a block is sealed.
        public var sealingTime: UInt64 = 20
        /// L1 blocks on top of a new origin.
        public var confirmationDepth: UInt64 = 0
        /// Whether a block is on the disk itself before anyone hears that it is sealed.
        public var isDurable = true
        /// Bytes of transactions in blocks that are not safe, from which on blocks take no transactions until a quarter of
        /// them are; zero for never.
        public var unpublishedLimit = 64 << 20

        /// Says before each block whether it is this node's to make.
        public var policy: any SequencingPolicy = SingleSequencer()

        public init() {}
    }

    /// Why there is no sequencer of these settings.
    public enum SettingsError: Error, Equatable, Sendable {
        case schedule
    }

    private struct State {
        var isStopped = false
        /// How the rollup ends, as far as L1 is known.
        var closing: RollupClosing?
        /// Since when something is the matter.
        var troubledSince: ContinuousClock.Instant?
        var isReported = false
    }

    /// Whom the thread that makes blocks tells.
    private struct Reporting: Sendable {
        let heldBack: @Sendable (String?) -> Void
        let trouble: @Sendable (String?) -> Void
    }

    private let chain: RollupChain
    private let origins: KnownOrigins
    private let settings: Settings
    private let schedule: BlockSchedule
    private let selection: OriginSelection
    private let journal: OpenBlockJournal
    /// Whether the block that an earlier process had open is in the chain.
    private let isRecovered: Bool
    /// What waits for the batcher and L1.
    public let unpublished: UnpublishedData
    private let state = Mutex(State())
    private let wake = DispatchSemaphore(value: 0)

    /// Goes on with what an earlier process had: the block that was open, and what waited in the pool.
    ///
    /// - Parameters:
    ///   - l1: watched by somebody else.
    ///   - directory: where the journals of the open block and of the pool are kept; that of the chain.
    /// - Throws: `SettingsError`; `ChainError.storage` where a journal cannot be written.
    public init(_ chain: RollupChain, l1: L1Source, directory: String, settings: Settings = Settings()) throws {
        let schedule = BlockSchedule(
            blockTime: chain.configuration.blockTime, subBlockTime: settings.subBlockTime,
            sealingTime: settings.sealingTime)
        guard let schedule else { throw SettingsError.schedule }
        self.chain = chain
        self.settings = settings
        self.schedule = schedule
        selection = OriginSelection(confirmationDepth: settings.confirmationDepth)
        origins = KnownOrigins(chain, l1: l1)
        unpublished = UnpublishedData(chain.chain, limit: settings.unpublishedLimit)
        journal = try OpenBlockJournal(path: directory + "/open-block")
        // Now, as nobody can send anything yet that does not go with it. Where the disk is full it is tried again later.
        do throws(ChainError) {
            _ = try chain.chain.recover(journal)
            isRecovered = true
        } catch {
            isRecovered = false
        }
        chain.chain.pool.keep(in: try PoolJournal(path: directory + "/pool"))
    }

    /// Makes blocks until it is cancelled; then seals the one that is open.
    ///
    /// - Parameters:
    ///   - heldBack: is told once when blocks begin to take no transactions, and why, and nil when they take them again.
    ///   - report: is told of trouble, once, and nil when it is over.
    public func run(
        heldBack: @escaping @Sendable (String?) -> Void, report: @escaping @Sendable (String?) -> Void
    ) async {
        await withTaskGroup { group in
            group.addTask { [origins] in
                await origins.follow(every: .milliseconds(100)) { trouble in report(trouble.map { "L1: \($0)" }) }
            }
            group.addTask {
                await withTaskCancellationHandler {
                    await withCheckedContinuation { continuation in
                        DispatchQueue(label: "mayfly.sequencer", qos: .userInitiated).async {
                            self.makeBlocks(Reporting(heldBack: heldBack, trouble: report))
                            continuation.resume()
                        }
                    }
                } onCancel: {
                    self.state.withLock { $0.isStopped = true }
                    self.wake.signal()
                }
            }
        }
    }

    /// Whether L1 has closed the rollup: blocks take no transactions any more.
    private var isClosing: Bool { state.withLock { $0.closing != nil } }

    private var isStopped: Bool { state.withLock { $0.isStopped } }

    /// Milliseconds since the Unix epoch.
    private static var now: UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return UInt64(max(0, time.tv_sec)) * 1_000 + UInt64(time.tv_nsec) / 1_000_000
    }

    /// Waits until a time, or until it is to stop.
    private func wait(until time: UInt64) {
        let now = Self.now
        guard time > now else { return }
        _ = wake.wait(timeout: .now() + .milliseconds(Int(min(time - now, 1_000))))
    }

    // MARK: The thread that makes blocks

    private func makeBlocks(_ report: Reporting) {
        var hasRecovered = isRecovered
        while !isStopped {
            do throws(ChainError) {
                if !hasRecovered { _ = try chain.chain.recover(journal) }
                hasRecovered = true
                note(try makeBlock(report), report)
            } catch {
                // The head moved: the next block is made on the one that there is now.
                if error == .blockClosed { continue }
                note(error.message, report)
            }
        }
        chain.chain.pool.rewriteJournal()
    }

    /// Tells of trouble once it has lasted a second, and when it is over; lets some time pass.
    private func note(_ trouble: String?, _ report: Reporting) {
        let isNews = state.withLock { state in
            let wasReported = state.isReported
            if trouble == nil {
                (state.troubledSince, state.isReported) = (nil, false)
                return wasReported
            }
            let since = state.troubledSince ?? .now
            state.troubledSince = since
            guard !wasReported, ContinuousClock.now - since >= .seconds(1) else { return false }
            state.isReported = true
            return true
        }
        if isNews { report.trouble(trouble) }
        if trouble != nil { wait(until: Self.now + 100) }
    }

    /// Makes one block, or waits for the time to come.
    ///
    /// - Returns: why there can be none yet; nil where nothing is the matter.
    private func makeBlock(_ report: Reporting) throws(ChainError) -> String? {
        let parent = try chain.head()
        let timestamp = parent.timestamp + schedule.blockTime
        if case .early(let time) = schedule.phase(of: timestamp, at: Self.now) {
            wait(until: time)
            return nil
        }
        if case .notOurs(let reason) = settings.policy.turn(after: parent, timestamp: timestamp) {
            wait(until: Self.now + 20)
            return reason
        }
        origins.want(parent.l1Origin.number)
        guard let current = origins[parent.l1Origin.number] else {
            return "L1 block \(parent.l1Origin.number) is not known yet"
        }
        refuseTransactions()
        _ = isHeldBack(report)
        if let closing = current.closing, current.reference.id == parent.l1Origin {
            return try dissolve(after: parent, current, closing, report)
        }
        let choice = selection.choose(
            after: parent, blockTime: schedule.blockTime, current: current.reference,
            next: origins[parent.l1Origin.number + 1]?.reference, l1Head: origins.head)
        let attributes: BlockAttributes
        let isEmpty: Bool
        switch choice {
        case .needsNext:
            return "no block can be made until L1 has a block after \(parent.l1Origin.number): it is too long ago"
        case .reorganised:
            return
                "L1 block \(parent.l1Origin.number) was replaced by another: the rollup goes back to where they agree"
        case .use(let reference, let mustBeEmpty):
            guard let origin = origins[reference.number], origin.reference == reference else { return nil }
            isEmpty =
                mustBeEmpty
                || LateBlocks.isEmpty(
                    timestamp: timestamp, now: Self.now / 1_000, origin: reference.number, l1Head: origins.head,
                    sequencingWindow: chain.configuration.sequencingWindow)
            attributes = try self.attributes(after: parent, origin, isEmpty)
        }
        try make(attributes, on: BlockReference(number: parent.number, hash: parent.hash), isEmpty: isEmpty, report)
        return nil
    }

    private func attributes(
        after parent: L2BlockReference, _ origin: L1Origin, _ isEmpty: Bool
    ) throws(ChainError) -> BlockAttributes {
        var config = try chain.systemConfig(in: parent.id)
        let attributes: PayloadAttributes
        do throws(DerivationError) {
            attributes = try PayloadAttributes(
                after: parent, origin: origin, systemConfig: &config, sequenced: [], noTxPool: isEmpty,
                chain.configuration)
        } catch {
            throw .attributes("\(error)")
        }
        return try Self.building(attributes, origin)
    }

    private static func building(
        _ attributes: PayloadAttributes, _ origin: L1Origin
    ) throws(ChainError) -> BlockAttributes {
        do throws(TransactionDecodingError) {
            return try BlockAttributes(attributes)
        } catch {
            throw .attributes("a deposit of L1 block \(origin.reference.number): \(error)")
        }
    }

    // MARK: The end

    /// Has the pool refuse transactions while L1 has closed the rollup.
    private func refuseTransactions() {
        let closing = origins.closing
        guard state.withLock({ $0.closing }) != closing else { return }
        state.withLock { $0.closing = closing }
        chain.chain.pool.refuseTransactions(closing?.refusal)
    }

    /// Makes the blocks after the last ordinary one, and then none any more.
    private func dissolve(
        after parent: L2BlockReference, _ origin: L1Origin, _ closing: RollupClosing, _ report: Reporting
    ) throws(ChainError) -> String? {
        guard case .dissolution(let index) = closing.successor(of: parent) else {
            wait(until: Self.now + 1_000)
            return nil
        }
        let config = try chain.systemConfig(in: parent.id)
        let attributes: PayloadAttributes
        do throws(DerivationError) {
            attributes = try PayloadAttributes(
                dissolvingAfter: parent, closingOrigin: origin, systemConfig: config,
                index: index, chain.configuration)
        } catch {
            throw .attributes("\(error)")
        }
        try make(
            try Self.building(attributes, origin), on: BlockReference(number: parent.number, hash: parent.hash),
            isEmpty: true, report)
        return nil
    }

    /// Opens a block, lets it have what comes until it is time, and seals it.
    private func make(
        _ attributes: BlockAttributes, on parent: BlockReference, isEmpty: Bool, _ report: Reporting
    ) throws(ChainError) {
        let span = ProcessTracing.begin("sequencer.block")
        let chainID = chain.configuration.l2ChainID
        span?.set("mayfly.chain_id", chainID)
        span?.set("mayfly.block.number", parent.number + 1)
        let chain = chain.chain
        let block = try chain.open(attributes, on: parent) { [journal] (_, _) throws(ChainError) in
            try journal.begin(parent.hash, attributes)
        }
        let total = block.header.gasLimit
        // A block that is late already takes what it can at once.
        let lastStart = ContinuousClock.now + .milliseconds(Int(schedule.blockTime * 500))
        var seen: UInt64?
        // What the journal could not keep nobody may hear of before the block is there.
        var isFull = false
        while true {
            refuseTransactions()
            let phase = schedule.phase(of: attributes.timestamp, at: Self.now)
            var limits = SubBlockLimits(deadline: lastStart)
            var end: UInt64?
            if case .open(let subBlock, let until) = phase {
                limits.gas = schedule.share(of: total, upTo: subBlock)
                limits.dataFootprint = limits.gas
                limits.deadline = .now + .milliseconds(Int(until - min(until, Self.now)))
                end = until
            }
            var isExhausted = true
            var hasMore = false
            if !isEmpty && !isFull && !isClosing && !isHeldBack(report) && seen != chain.pool.changeCount {
                var added: SubBlock?
                let part = span?.child("sequencer.fill")
                do throws(ChainError) {
                    added = try chain.extend(block, limits) { [journal] (_, added) throws(ChainError) in
                        try journal.append(added)
                    }
                } catch {
                    guard case .storage = error else { throw error }
                    note(error.message, report)
                    isFull = true
                }
                part?.set("mayfly.block.transactions", added?.hashes.count ?? 0)
                part?.end()
                isExhausted = added == nil
                hasMore = added.map { $0.hashes.count >= limits.count } ?? false
                // What is left may fit the next sub-block.
                let count = chain.pool.changeCount
                seen = chain.pool.hasPending ? nil : count
            }
            if isStopped { break }
            if let end {
                if !hasMore { wait(until: end) }
            } else if isExhausted {
                break
            }
        }
        // One with deposits only is the same again where it is lost.
        try seal(block, isDurable: settings.isDurable && !isEmpty, report, span)
    }

    /// Whether too much waits for L1 to take more transactions; tells where that begins and ends.
    private func isHeldBack(_ report: Reporting) -> Bool {
        let (isHeldBack, isNews) = unpublished.check()
        if isNews { report.heldBack(isHeldBack ? unpublished.complaint : nil) }
        return isHeldBack
    }

    /// Seals a block; where the disk is full, once it has room again.
    private func seal(
        _ block: OpenBlock, isDurable: Bool, _ report: Reporting, _ span: Span?
    ) throws(ChainError) {
        let sealing = span?.child("sequencer.seal")
        defer { sealing?.end() }
        while true {
            do throws(ChainError) {
                let sealed = try chain.chain.seal(block, isDurable: isDurable).sealed
                span?.set("mayfly.block.hash", "\(sealed.hash)")
                span?.set("mayfly.block.transactions", sealed.block.transactions.count)
                span?.set("mayfly.block.gas_used", sealed.header.gasUsed)
                return
            } catch {
                guard case .storage = error, !isStopped else { throw error }
                note(error.message, report)
            }
        }
    }
}

extension RollupClosing {
    /// What people are told whose transactions are not taken any more.
    fileprivate var refusal: String {
        let why = ClosingReason(rawValue: reason)?.text ?? "reason \(reason)"
        return "the rollup is closing and takes no transactions any more: \(why) (L1 block \(closingBlock))"
    }
}
