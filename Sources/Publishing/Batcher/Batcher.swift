public import Derivation
import Primitives

/// Publishes a rollup's blocks on L1: a state machine without I/O and clock, told what happens and saying what to do.
///
/// It keeps nothing on disk. At its start, and whenever something does not add up, it waits until no transaction of its
/// account is under way and the rollup's node has derived what they brought, and begins after the safe head. So whatever
/// went wrong, no block is left out; at worst some are published twice, which derivation passes over.
///
/// Transactions have consecutive nonces in the order of their channels' frames, as Holocene's strict ordering needs. Each
/// is kept until it is deep in L1, and sent again where L1 loses it.
public struct Batcher: Sendable {
    public let configuration: RollupConfiguration
    public let settings: BatcherSettings
    /// Where the data of further channels go.
    public internal(set) var choice: DataChoice

    enum Phase: Sendable {
        case settling(Settling)
        case running
        case stopped
        /// The rollup has ended, and what is not on L1 comes to nothing.
        case ended
    }

    /// Waiting until nothing is under way.
    struct Settling: Sendable {
        /// Not to go on before.
        var notBefore: UInt64 = 0
        /// The L1 head's number when no transaction was under way any more.
        var settledAt: UInt64?
        /// The account's nonce, and since when it has been that.
        var nonce: UInt64 = 0
        var since: UInt64?
    }

    var phase = Phase.settling(Settling())
    /// Milliseconds, of any clock that does not go back.
    var now: UInt64 = 0
    var l1: L1View?
    var rollup: RollupView?
    /// The safe block that publishing began after, or a later one, and all blocks taken since.
    var known: [BlockID] = []
    var builder: ChannelBuilder
    /// L1's head, and the time, when the first block of the builder came.
    var builderOpened: (l1: UInt64, time: UInt64) = (0, 0)
    /// When the last channel was closed because it was full.
    var lastFull: UInt64?
    /// Not safe yet, in order.
    var channels: [ClosedChannel] = []
    /// By nonce, without a hole; those at the beginning may be included, and kept for reorganisations.
    var window: [InFlight] = []
    /// Above all nonces that were given away here.
    var nextNonce: UInt64 = 0
    /// The lowest nonce that is not included, and since when it has been that.
    var lowest: (nonce: UInt64, since: UInt64) = (0, 0)
    /// Until when blocks are awaited.
    var loadingUntil: UInt64?
    /// How the rollup ends, once L1 has closed it.
    var closing: RollupClosing?
    /// The last block that batches are of, once it is known.
    var lastOrdinary: UInt64?
    var provider = ProviderHealth()
    var lossCount = 0
    var nextSerial: UInt64 = 1
    var dataLimit: Int?
    /// Whether it was said that little is left of a sequencing window.
    var isWindowShort = false
    var actions: [BatcherAction] = []

    public init(_ configuration: RollupConfiguration, choice: DataChoice, settings: BatcherSettings = BatcherSettings())
    {
        self.configuration = configuration
        self.settings = settings.corrected
        self.choice = configuration.allowsAltDA || choice != .altDA ? choice : .automatic
        builder = ChannelBuilder(configuration)
    }

    /// Takes an event, and says what to do.
    ///
    /// - Parameter now: milliseconds of any clock that does not go back.
    public mutating func handle(_ event: BatcherEvent, now: UInt64) -> [BatcherAction] {
        self.now = max(self.now, now)
        take(event)
        endWhereDrained()
        do throws(PublishingError) {
            switch phase {
            case .settling: settle()
            case .running: break
            case .stopped: actions = []
            case .ended: break
            }
            if case .running = phase { try run() }
        } catch {
            phase = .stopped
            actions.append(.report(.stopped(error)))
        }
        defer { actions = [] }
        return actions
    }

    private mutating func take(_ event: BatcherEvent) {
        switch event {
        case .l1(let view): take(view)
        case .rollup(let view): rollup = view
        case .blocks(let blocks): take(blocks)
        case .located(let nonce, let block): located(nonce, block)
        case .refused(let nonce, let attempt, let refusal): refused(nonce, attempt, refusal)
        case .stored(let request, let commitment): stored(request, commitment)
        case .storeFailed(let request): storeFailed(request)
        case .choose(let choice):
            self.choice = configuration.allowsAltDA || choice != .altDA ? choice : .automatic
        case .closing(let closing):
            if let closing, self.closing != closing {
                actions.append(.report(.closing(drainEnd: closing.drainEnd)))
            }
            if self.closing != closing { lastOrdinary = nil }
            self.closing = closing
        case .time: break
        }
    }

    /// Ends where L1 has passed the last block whose batches count. Where it takes the end back, another batcher is started.
    private mutating func endWhereDrained() {
        guard let closing, let l1, l1.head.number > closing.drainEnd else { return }
        switch phase {
        case .settling, .running: break
        case .stopped, .ended: return
        }
        phase = .ended
        actions.append(.report(.ended(drainEnd: closing.drainEnd)))
    }

    /// One round of work while publishing.
    private mutating func run() throws(PublishingError) {
        if let reason = contradiction() {
            reset(reason)
            settle()
            return
        }
        forgetSafeChannels()
        load()
        try closeChannels()
        try store()
        sendNext()
        keepSending()
        limitData()
        watchWindow()
    }

    // MARK: Beginning, and beginning again

    /// Gives up all channels: their transactions that are under way are seen through, and nothing is made of them.
    mutating func reset(_ reason: ResetReason) {
        actions.append(.report(.reset(reason)))
        var settling = Settling()
        if case .lost = reason {
            let pause = min(settings.lossPauseLimit, settings.lossPause << UInt64(min(lossCount, 20)))
            lossCount += 1
            settling.notBefore = now &+ pause
            // A server that forgets is as bad as one that is down.
            if channels.contains(where: { $0.carrier == .altDA && $0.isSent }) { provider.failed(now, settings) }
        }
        builder.removeAll()
        channels = []
        known = []
        loadingUntil = nil
        for index in window.indices { window[index].channel = nil }
        phase = .settling(settling)
    }

    private mutating func settle() {
        guard case .settling(var settling) = phase, let l1, let rollup else { return }
        let highest = max(l1.pendingNonce, nextNonce)
        if l1.includedNonce >= highest {
            if settling.settledAt == nil { settling.settledAt = l1.head.number }
            phase = .settling(settling)
            guard let settledAt = settling.settledAt, rollup.derived >= settledAt, now >= settling.notBefore else {
                return
            }
            begin(rollup.safeHead, nonce: l1.includedNonce)
            return
        }
        settling.settledAt = nil
        if settling.since == nil || settling.nonce != l1.includedNonce {
            settling.nonce = l1.includedNonce
            settling.since = now
        }
        let isPatient = now - (settling.since ?? now) < settings.strangerPatience
        phase = .settling(settling)
        if !isPatient { cancelStrangers(l1.includedNonce..<highest, l1.prices) }
        keepSending()
    }

    private mutating func begin(_ safeHead: BlockID, nonce: UInt64) {
        known = [safeHead]
        // What is kept of before must end where the new ones begin.
        if window.last.map({ $0.nonce &+ 1 != nonce }) ?? false { window = [] }
        nextNonce = nonce
        phase = .running
        actions.append(.report(.began(after: safeHead, nonce: nonce)))
    }

    /// Why what was done until now cannot be right; nil where it can.
    private func contradiction() -> ResetReason? {
        guard let l1, let rollup, let base = known.first, let last = known.last else { return nil }
        if l1.includedNonce > nextNonce { return .nonceTaken(nextNonce) }
        if l1.includedNonce < window.first?.nonce ?? nextNonce { return .reorganisedBeyondHistory }
        for entry in window where entry.missing > 1 && entry.channel != nil { return .nonceTaken(entry.nonce) }
        if rollup.safeHead.number < base.number { return .safeHeadWentBack }
        for head in [rollup.safeHead, rollup.unsafeHead] where (base.number...last.number).contains(head.number) {
            if known[Int(head.number - base.number)].hash != head.hash { return .reorganised }
        }
        for channel in channels {
            let inclusion = self.inclusion(of: channel)
            if let first = inclusion.first, inclusion.last == nil,
                l1.head.number > first &+ ProtocolConstant.channelTimeout
            {
                return .channelTimedOut(first: channel.first.number, last: channel.last.number)
            }
            if let end = inclusion.last, rollup.derived >= end, rollup.safeHead.number < channel.last.number {
                return .lost(first: channel.first.number, last: channel.last.number)
            }
        }
        return nil
    }

    /// The L1 blocks with the first and the last of a channel's transactions; the last one only where all are included.
    func inclusion(of channel: ClosedChannel) -> (first: UInt64?, last: UInt64?) {
        var first: UInt64?
        var last: UInt64?
        var isComplete = channel.isSent
        for entry in window where entry.channel == channel.serial {
            guard let number = entry.included?.number else {
                isComplete = false
                continue
            }
            first = min(first ?? number, number)
            last = max(last ?? number, number)
        }
        return (first, isComplete ? last : nil)
    }

    private mutating func forgetSafeChannels() {
        guard let safeHead = rollup?.safeHead, let base = known.first else { return }
        while let channel = channels.first, channel.last.number <= safeHead.number {
            channels.removeFirst()
            lossCount = 0
            for index in window.indices where window[index].channel == channel.serial { window[index].channel = nil }
            actions.append(.report(.published(last: channel.last.number)))
        }
        // Blocks are known until the first channel that is not safe.
        let keep = min(safeHead.number, channels.first.map { $0.first.number - 1 } ?? safeHead.number)
        let waiting = builder.blocks.first.map { $0.reference.number - 1 } ?? keep
        let number = min(keep, waiting)
        if number > base.number, number - base.number < UInt64(known.count) {
            known.removeFirst(Int(number - base.number))
        }
    }
}
