import JSONRPC
import NIOCore
import Primitives
import Sequencing
import Synchronization

/// Filters whose clients ask now and then what is new (`eth_newFilter` and its like).
///
/// A filter that nobody has asked for in five minutes is forgotten. So are those asked for longest ago where what waits
/// for all of them is too much.
final class PolledFilters: Sendable {
    /// Names a filter: not to be guessed, as whoever knows it can empty the filter.
    struct ID: Hashable, Sendable, CustomStringConvertible {
        private let number: UInt128

        init() { number = UInt128.random(in: 1 ... .max) }

        init?(_ text: String) {
            guard text.hasPrefix("0x"), text.utf8.count <= 34, let number = UInt128(text.dropFirst(2), radix: 16) else {
                return nil
            }
            self.number = number
        }

        var description: String { "0x" + String(number, radix: 16) }
    }

    enum Kind: Sendable {
        case blocks
        /// Their hashes, or all of them.
        case pendingTransactions(full: Bool)
        /// With the blocks among those to come.
        case logs(LogQuery, ClosedRange<UInt64>)
    }

    private struct Filter: Sendable {
        let kind: Kind
        var lastAsked: NIODeadline
        var hashes: [Hash256] = []
        /// What waits as JSON: logs, or whole transactions.
        var objects: [ByteBuffer] = []
        /// Bytes that the filter and what waits in it take.
        var size: Int
        /// Bytes of the filter itself.
        let ownSize: Int
    }

    private struct State: Sendable {
        var filters: [ID: Filter] = [:]
        /// Bytes that all of them take.
        var size = 0
    }

    static let timeout = TimeAmount.minutes(5)
    /// Bytes that all filters together may take, with what waits in them.
    static let byteLimit = 64 << 20

    private let limit: Int
    private let now: @Sendable () -> NIODeadline
    private let state = Mutex(State())
    private let blockCount = Atomic<Int>(0)
    private let pendingCount = Atomic<Int>(0)

    /// - Parameter limit: how many filters there may be.
    init(limit: Int, now: @escaping @Sendable () -> NIODeadline = { .now() }) {
        self.limit = limit
        self.now = now
    }

    /// Whether any filter is for blocks or logs.
    var wantsBlocks: Bool { blockCount.load(ordering: .relaxed) > 0 }
    /// Whether any filter is for transactions.
    var wantsPending: Bool { pendingCount.load(ordering: .relaxed) > 0 }

    /// The number of filters.
    var count: Int { state.withLock { $0.filters.count } }

    // MARK: Clients

    func install(_ kind: Kind) -> ID {
        let id = ID()
        state.withLock { state in
            expire(&state)
            // Room is made for who comes: otherwise one client could keep all others out.
            if state.filters.count >= limit,
                let oldest = state.filters.min(by: { $0.value.lastAsked < $1.value.lastAsked })
            {
                _ = remove(oldest.key, &state)
            }
            let size = kind.byteCount
            state.filters[id] = Filter(kind: kind, lastAsked: now(), size: size, ownSize: size)
            state.size += size
            makeRoom(&state)
            count(state)
        }
        return id
    }

    /// False where there is no such filter.
    func uninstall(_ id: ID) -> Bool {
        state.withLock { state in
            expire(&state)
            defer { count(state) }
            return remove(id, &state)
        }
    }

    /// The query of a filter for logs.
    func query(_ id: ID) throws(RPCError) -> LogQuery {
        let query = state.withLock { state -> LogQuery? in
            expire(&state)
            guard case .logs(let query, _) = state.filters[id]?.kind else { return nil }
            state.filters[id]?.lastAsked = now()
            return query
        }
        guard let query else { throw .filterNotFound }
        return query
    }

    /// Writes what is new since the last time as an array.
    func writeChanges(_ id: ID, to json: inout JSONWriter) throws(RPCError) {
        let filter = state.withLock { state -> Filter? in
            expire(&state)
            guard var filter = state.filters[id] else { return nil }
            let taken = filter
            state.size -= filter.size - filter.ownSize
            (filter.hashes, filter.objects, filter.size) = ([], [], filter.ownSize)
            filter.lastAsked = now()
            state.filters[id] = filter
            return taken
        }
        guard let filter else { throw .filterNotFound }
        json.beginArray()
        for hash in filter.hashes { json.data(hash) }
        for object in filter.objects { json.raw(object) }
        json.endArray()
    }

    // MARK: Events

    /// Puts a block in the filters for blocks.
    func add(block hash: Hash256) {
        guard wantsBlocks else { return }
        append { filter in
            guard case .blocks = filter.kind else { return 0 }
            filter.hashes.append(hash)
            return 32
        }
    }

    /// Puts transactions in the filters for them.
    ///
    /// - Parameter encode: gives a transaction as JSON.
    func add(pending transactions: [PooledTransaction], encode: (PooledTransaction) -> ByteBuffer) {
        guard wantsPending else { return }
        var encoded: [ByteBuffer]?
        append { filter in
            guard case .pendingTransactions(let isFull) = filter.kind else { return 0 }
            if !isFull {
                filter.hashes += transactions.lazy.map { $0.hash }
                return 32 * transactions.count
            }
            let objects = encoded ?? transactions.map(encode)
            encoded = objects
            filter.objects += objects
            return objects.reduce(0) { $0 + $1.readableBytes }
        }
    }

    /// The filters for logs.
    var logConsumers: [EventFeed.LogConsumer] {
        guard wantsBlocks else { return [] }
        return state.withLock { state in
            state.filters.compactMap { id, filter in
                guard case .logs(let query, let blocks) = filter.kind else { return nil }
                return EventFeed.LogConsumer(filter: query.filter, blocks: blocks) { [weak self] log in
                    self?.add(log: log, to: id)
                }
            }
        }
    }

    private func add(log: ByteBuffer, to id: ID) {
        state.withLock { state in
            guard state.filters[id] != nil else { return }
            state.filters[id]?.objects.append(log)
            state.filters[id]?.size += log.readableBytes
            state.size += log.readableBytes
            makeRoom(&state)
        }
    }

    /// - Parameter put: puts something in a filter, and gives its bytes.
    private func append(_ put: (inout Filter) -> Int) {
        state.withLock { state in
            expire(&state)
            var index = state.filters.startIndex
            while index != state.filters.endIndex {
                let size = put(&state.filters.values[index])
                state.filters.values[index].size += size
                state.size += size
                state.filters.formIndex(after: &index)
            }
            makeRoom(&state)
        }
    }

    /// Forgets the filters for blocks and logs: what was to come to them was lost.
    func dropBlocks() {
        drop { kind in
            if case .pendingTransactions = kind { false } else { true }
        }
    }

    /// Forgets the filters for transactions.
    func dropPending() {
        drop { kind in
            if case .pendingTransactions = kind { true } else { false }
        }
    }

    private func drop(_ isLost: (Kind) -> Bool) {
        state.withLock { state in
            for id in state.filters.filter({ isLost($0.value.kind) }).keys { _ = remove(id, &state) }
            count(state)
        }
    }

    // MARK: Bounds

    /// Forgets the filters that nobody asks for.
    private func expire(_ state: inout State) {
        let oldest = now() - Self.timeout
        let expired = state.filters.filter { $0.value.lastAsked < oldest }
        if expired.isEmpty { return }
        for id in expired.keys { _ = remove(id, &state) }
        count(state)
    }

    /// Forgets those asked for longest ago until the rest has room.
    private func makeRoom(_ state: inout State) {
        while state.size > Self.byteLimit,
            let id = state.filters.min(by: { $0.value.lastAsked < $1.value.lastAsked })?.key
        {
            _ = remove(id, &state)
            count(state)
        }
    }

    private func remove(_ id: ID, _ state: inout State) -> Bool {
        guard let filter = state.filters.removeValue(forKey: id) else { return false }
        state.size -= filter.size
        return true
    }

    private func count(_ state: borrowing State) {
        var pending = 0
        for filter in state.filters.values {
            if case .pendingTransactions = filter.kind { pending += 1 }
        }
        pendingCount.store(pending, ordering: .relaxed)
        blockCount.store(state.filters.count - pending, ordering: .relaxed)
    }
}

extension PolledFilters.Kind {
    /// Bytes that a filter takes before anything waits in it, roughly.
    fileprivate var byteCount: Int {
        guard case .logs(let query, _) = self else { return 256 }
        return 256 + query.filter.byteCount
    }
}

extension RPCError {
    static let filterNotFound = RPCError(code: -32_000, message: "filter not found")
}
