import Blockchain
import Dispatch
import JSONRPC
import NIOCore
import Primitives
import Sequencing
import StateTransition
import Storage
import Synchronization

/// Takes what happens to chain and pool off the threads that it happens on, and tells those who want to hear of it.
///
/// Each event is encoded at most once, and not at all where nobody wants it.
final class EventFeed: Sendable {
    /// Somebody who wants logs.
    struct LogConsumer: Sendable {
        let filter: LogFilter
        /// Numbers of blocks.
        let blocks: ClosedRange<UInt64>
        /// Takes a log as JSON.
        let take: @Sendable (ByteBuffer) -> Void
    }

    private enum Event: Sendable {
        case chain(ChainEvent)
        case pending([PooledTransaction])
        case open(OpenBlockEvent)
    }

    private struct Inbox: Sendable {
        var events: [Event] = []
        /// Of all `pending` events.
        var pendingCount = 0
        /// Bytes of the blocks of all `chain` events, roughly.
        var blockBytes = 0
        var isScheduled = false
        /// Whether something could not be put in, so that nobody can be told all any more.
        var hasLostBlocks = false
        var hasLostPending = false
    }

    /// Pending transactions that may wait to be told of. With more, those who wanted them are cut off: rather than with a
    /// gap that they do not know of, they go on with a new connection.
    private let pendingLimit: Int
    /// Bytes of blocks that may wait to be told of; likewise. Clients that do not read are cut off long before: this is for
    /// more subscriptions than there is time to serve.
    private let blockByteLimit: Int

    let subscriptions = Subscriptions()
    let filters: PolledFilters
    private let chain: Chain
    private let inbox = Mutex(Inbox())
    private let queue = DispatchQueue(label: "mayfly.events")
    private let observers = Mutex<(chain: ObserverID, pool: ObserverID, open: ObserverID)?>(nil)

    init(_ context: NodeContext, pendingLimit: Int = 65_536, blockByteLimit: Int = 64 << 20) {
        self.pendingLimit = pendingLimit
        self.blockByteLimit = blockByteLimit
        chain = context.chain
        filters = PolledFilters(limit: context.settings.filterLimit)
        let chainID = chain.observe { [weak self] event in
            guard let self, self.subscriptions.wantsBlocks || self.filters.wantsBlocks else { return }
            self.put(.chain(event))
        }
        let poolID = chain.pool.observePending { [weak self] transactions in
            guard let self, self.subscriptions.wantsPending || self.filters.wantsPending else { return }
            self.put(.pending(transactions))
        }
        let openID = chain.observeOpenBlocks { [weak self] event in
            guard let self, self.subscriptions.wantsFlashblocks else { return }
            self.put(.open(event))
        }
        observers.withLock { $0 = (chainID, poolID, openID) }
    }

    deinit {
        guard let observers = observers.withLock({ $0 }) else { return }
        chain.removeObserver(observers.chain)
        chain.pool.removeObserver(observers.pool)
        chain.removeOpenBlockObserver(observers.open)
    }

    /// Waits until everything that happened before has been told.
    func settle() { queue.sync {} }

    // MARK: The queue

    private func put(_ event: Event) {
        let isToSchedule = inbox.withLock { inbox -> Bool in
            add(event, to: &inbox)
            defer { inbox.isScheduled = true }
            return !inbox.isScheduled
        }
        if isToSchedule { queue.async { [weak self] in self?.tell() } }
    }

    private func add(_ event: Event, to inbox: inout Inbox) {
        switch event {
        case .pending(let transactions):
            if inbox.pendingCount >= pendingLimit { inbox.hasLostPending = true }
            if inbox.hasLostPending { return }
            inbox.pendingCount += transactions.count
        case .chain(let event):
            if inbox.blockBytes >= blockByteLimit { inbox.hasLostBlocks = true }
            if inbox.hasLostBlocks { return }
            for block in event.removed + event.added { inbox.blockBytes += block.residentByteCount }
        case .open(let event):
            if inbox.blockBytes >= blockByteLimit { inbox.hasLostBlocks = true }
            if inbox.hasLostBlocks { return }
            if case .extended(_, let subBlock) = event {
                inbox.blockBytes += subBlock.encoded.reduce(1_024) { $0 + 2_048 + 3 * $1.count }
            }
        }
        inbox.events.append(event)
    }

    private func tell() {
        let inbox = inbox.withLock { inbox in
            defer { inbox = Inbox() }
            return inbox
        }
        // Before anything newer could come to them.
        if inbox.hasLostBlocks {
            subscriptions.cutOffBlocks()
            filters.dropBlocks()
        }
        if inbox.hasLostPending {
            subscriptions.cutOffPending()
            filters.dropPending()
        }
        for event in inbox.events {
            switch event {
            case .chain(let event): tell(event)
            case .pending(let transactions): tell(transactions)
            case .open(let event):
                guard let text = FlashblockStream.message(event) else { continue }
                for subscription in subscriptions.flashblocks { subscription.notify(text) }
            }
        }
    }

    // MARK: The chain

    private func tell(_ event: ChainEvent) {
        for block in event.removed { tellLogs(of: block, areRemoved: true) }
        for block in event.added {
            let heads = subscriptions.heads
            if !heads.isEmpty {
                let text = Self.encode { $0.header(block.header, hash: block.hash) }
                for head in heads { head.notify(text) }
            }
            filters.add(block: block.hash)
            tellLogs(of: block, areRemoved: false)
        }
    }

    private func tellLogs(of block: SealedBlock, areRemoved: Bool) {
        let bloom = block.header.logsBloom
        if bloom == LogsBloom() { return }
        let consumers = (subscriptions.logConsumers + filters.logConsumers).filter {
            $0.blocks.contains(block.header.number) && $0.filter.mayMatch(bloom)
        }
        if consumers.isEmpty { return }
        block.forEachLog { log, transaction, index in
            var text: ByteBuffer?
            for consumer in consumers where consumer.filter.matches(log) {
                let encoded =
                    text
                    ?? Self.encode {
                        $0.log(log, of: block, transaction: transaction, logIndex: index, isRemoved: areRemoved)
                    }
                text = encoded
                consumer.take(encoded)
            }
        }
    }

    // MARK: The pool

    private func tell(_ transactions: [PooledTransaction]) {
        filters.add(pending: transactions) { pooled in
            Self.encode { $0.pendingTransaction(pooled.transaction, hash: pooled.hash, sender: pooled.sender) }
        }
        let (hashes, objects) = subscriptions.pending
        if hashes.isEmpty && objects.isEmpty { return }
        for pooled in transactions {
            if !hashes.isEmpty {
                let text = Self.encode { $0.data(pooled.hash) }
                for subscription in hashes { subscription.notify(text) }
            }
            if !objects.isEmpty {
                let text = Self.encode {
                    $0.pendingTransaction(pooled.transaction, hash: pooled.hash, sender: pooled.sender)
                }
                for subscription in objects { subscription.notify(text) }
            }
        }
    }

    private static func encode(_ write: (inout JSONWriter) -> Void) -> ByteBuffer {
        var json = JSONWriter()
        write(&json)
        return json.buffer
    }
}
