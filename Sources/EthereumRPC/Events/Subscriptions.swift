import JSONRPC
import NIOCore
import Synchronization

/// The subscriptions of all connections (`eth_subscribe`).
final class Subscriptions: Sendable {
    /// What a subscription is to.
    enum Kind: Sendable {
        case newHeads
        /// With the blocks among those to come.
        case logs(LogFilter, ClosedRange<UInt64>)
        case pendingTransactions(full: Bool)
        /// What the block that is open gets, as the Flashblocks stream has it.
        case flashblocks
        /// A node without peers is never syncing, so nothing is ever said.
        case syncing
    }

    /// One subscription on one connection.
    struct Subscription: Sendable {
        let subscriber: Subscriber
        let id: SubscriptionID

        /// - Parameter result: JSON text.
        func notify(_ result: ByteBuffer) { subscriber.notify(id, result: result) }
    }

    private struct State: Sendable {
        var next: UInt64 = 0
        /// Subscriptions that are being made: they may be over before they have begun.
        var reserved: Set<UInt64> = []
        var heads: [UInt64: Subscription] = [:]
        var logs: [UInt64: (subscription: Subscription, filter: LogFilter, blocks: ClosedRange<UInt64>)] = [:]
        var pendingHashes: [UInt64: Subscription] = [:]
        var pendingObjects: [UInt64: Subscription] = [:]
        var flashblocks: [UInt64: Subscription] = [:]
        /// Bytes of the filters in `logs`.
        var filterBytes = 0
    }

    /// Bytes of the filters of all subscriptions at most.
    private static let filterByteLimit = 64 << 20

    private let state = Mutex(State())
    private let blockCount = Atomic<Int>(0)
    private let pendingCount = Atomic<Int>(0)
    private let flashblockCount = Atomic<Int>(0)

    /// Whether anybody wants to hear of what blocks get while they are open.
    var wantsFlashblocks: Bool { flashblockCount.load(ordering: .relaxed) > 0 }
    /// Whether anybody wants to hear of blocks.
    var wantsBlocks: Bool { blockCount.load(ordering: .relaxed) > 0 }
    /// Whether anybody wants to hear of transactions.
    var wantsPending: Bool { pendingCount.load(ordering: .relaxed) > 0 }

    var flashblocks: [Subscription] { state.withLock { Array($0.flashblocks.values) } }
    var heads: [Subscription] { state.withLock { Array($0.heads.values) } }
    var pending: (hashes: [Subscription], objects: [Subscription]) {
        state.withLock { (Array($0.pendingHashes.values), Array($0.pendingObjects.values)) }
    }
    var logConsumers: [EventFeed.LogConsumer] {
        state.withLock { $0.logs }.values.map { entry in
            EventFeed.LogConsumer(filter: entry.filter, blocks: entry.blocks) { entry.subscription.notify($0) }
        }
    }

    /// Closes the connections of those who wanted to hear of blocks or logs.
    func cutOffBlocks() {
        for subscriber in state.withLock({ state in
            state.heads.values.map { $0.subscriber } + state.flashblocks.values.map { $0.subscriber }
                + state.logs.values.map { $0.subscription.subscriber }
        }) { subscriber.cutOff() }
    }

    /// Closes the connections of those who wanted to hear of transactions.
    func cutOffPending() {
        for subscriber in state.withLock({ state in
            (Array(state.pendingHashes.values) + Array(state.pendingObjects.values)).map { $0.subscriber }
        }) { subscriber.cutOff() }
    }

    /// Opens a subscription, which lasts until it is cancelled or the connection closes.
    ///
    /// - Throws: where the filters of all subscriptions would take too much memory.
    func open(_ kind: Kind, for subscriber: Subscriber) throws(RPCError) -> SubscriptionID {
        let reserved: UInt64? = state.withLock { state in
            if case .logs(let filter, _) = kind, state.filterBytes + filter.byteCount > Self.filterByteLimit {
                return nil
            }
            defer { state.next += 1 }
            state.reserved.insert(state.next)
            return state.next
        }
        guard let number = reserved else {
            throw RPCError(code: -32_005, message: "the filters of all subscriptions take too much; use smaller ones")
        }
        let id: SubscriptionID
        do throws(RPCError) {
            id = try subscriber.subscribe { [weak self] in self?.end(number) }
        } catch {
            end(number)
            throw error
        }
        let subscription = Subscription(subscriber: subscriber, id: id)
        state.withLock { state in
            guard state.reserved.remove(number) != nil else { return }
            switch kind {
            case .newHeads: state.heads[number] = subscription
            case .logs(let filter, let blocks):
                state.logs[number] = (subscription, filter, blocks)
                state.filterBytes += filter.byteCount
            case .pendingTransactions(full: false): state.pendingHashes[number] = subscription
            case .pendingTransactions(full: true): state.pendingObjects[number] = subscription
            case .flashblocks: state.flashblocks[number] = subscription
            case .syncing: break
            }
            count(state)
        }
        return id
    }

    private func end(_ number: UInt64) {
        state.withLock { state in
            if state.reserved.remove(number) != nil { return }
            state.heads[number] = nil
            if let ended = state.logs.removeValue(forKey: number) { state.filterBytes -= ended.filter.byteCount }
            state.pendingHashes[number] = nil
            state.pendingObjects[number] = nil
            state.flashblocks[number] = nil
            count(state)
        }
    }

    private func count(_ state: borrowing State) {
        blockCount.store(state.heads.count + state.logs.count, ordering: .relaxed)
        flashblockCount.store(state.flashblocks.count, ordering: .relaxed)
        pendingCount.store(state.pendingHashes.count + state.pendingObjects.count, ordering: .relaxed)
    }
}
