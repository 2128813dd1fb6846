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
        /// A node without peers is never syncing, so nothing is ever said.
        case syncing
    }

    /// One subscription on one connection.
    struct Subscription: Sendable {
        fileprivate let number: UInt64
        let subscriber: Subscriber
        let id: SubscriptionID

        /// - Parameter result: JSON text.
        func notify(_ result: ByteBuffer) { subscriber.notify(id, result: result) }
    }

    private struct State: Sendable {
        var next: UInt64 = 0
        /// Subscriptions that are being made: they may be over before they have begun.
        var reserved: Set<UInt64> = []
        var heads: [Subscription] = []
        var logs: [(subscription: Subscription, filter: LogFilter, blocks: ClosedRange<UInt64>)] = []
        var pendingHashes: [Subscription] = []
        var pendingObjects: [Subscription] = []
    }

    private let state = Mutex(State())
    private let blockCount = Atomic<Int>(0)
    private let pendingCount = Atomic<Int>(0)

    /// Whether anybody wants to hear of blocks.
    var wantsBlocks: Bool { blockCount.load(ordering: .relaxed) > 0 }
    /// Whether anybody wants to hear of transactions.
    var wantsPending: Bool { pendingCount.load(ordering: .relaxed) > 0 }

    var heads: [Subscription] { state.withLock { $0.heads } }
    var pending: (hashes: [Subscription], objects: [Subscription]) {
        state.withLock { ($0.pendingHashes, $0.pendingObjects) }
    }
    var logConsumers: [EventFeed.LogConsumer] {
        state.withLock { $0.logs }.map { entry in
            EventFeed.LogConsumer(filter: entry.filter, blocks: entry.blocks) { entry.subscription.notify($0) }
        }
    }

    /// Opens a subscription, which lasts until it is cancelled or the connection closes.
    func open(_ kind: Kind, for subscriber: Subscriber) throws(RPCError) -> SubscriptionID {
        let number = state.withLock { state in
            defer { state.next += 1 }
            state.reserved.insert(state.next)
            return state.next
        }
        let id: SubscriptionID
        do throws(RPCError) {
            id = try subscriber.subscribe { [weak self] in self?.end(number) }
        } catch {
            end(number)
            throw error
        }
        let subscription = Subscription(number: number, subscriber: subscriber, id: id)
        state.withLock { state in
            guard state.reserved.remove(number) != nil else { return }
            switch kind {
            case .newHeads: state.heads.append(subscription)
            case .logs(let filter, let blocks): state.logs.append((subscription, filter, blocks))
            case .pendingTransactions(full: false): state.pendingHashes.append(subscription)
            case .pendingTransactions(full: true): state.pendingObjects.append(subscription)
            case .syncing: break
            }
            count(state)
        }
        return id
    }

    private func end(_ number: UInt64) {
        state.withLock { state in
            if state.reserved.remove(number) != nil { return }
            state.heads.removeAll { $0.number == number }
            state.logs.removeAll { $0.subscription.number == number }
            state.pendingHashes.removeAll { $0.number == number }
            state.pendingObjects.removeAll { $0.number == number }
            count(state)
        }
    }

    private func count(_ state: borrowing State) {
        blockCount.store(state.heads.count + state.logs.count, ordering: .relaxed)
        pendingCount.store(state.pendingHashes.count + state.pendingObjects.count, ordering: .relaxed)
    }
}
