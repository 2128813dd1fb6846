import NIOCore
import NIOPosix
import Synchronization

/// What the connections of a server share.
final class DataServerState: Sendable {
    /// What happened so far.
    struct Counters: Sendable {
        var puts = 0
        var failedPuts = 0
        var bytesPut = 0
        var gets = 0
        var absentGets = 0
        var failedGets = 0
        var bytesGot = 0
        /// Requests that were sent away as there were too many.
        var deferred = 0
        /// Under way.
        var uploads = 0
        var downloads = 0
    }

    let store: DataStore
    let settings: DataServerSettings
    /// Runs what waits for the disk.
    let disk: NIOThreadPool
    let counters = Mutex(Counters())
    private let clocks = Mutex<(clocks: [ObjectIdentifier: ConnectionClock], isStopping: Bool)>(([:], false))

    init(_ store: DataStore, _ settings: DataServerSettings) {
        self.store = store
        self.settings = settings
        disk = NIOThreadPool(numberOfThreads: max(4, System.coreCount))
        disk.start()
    }

    var connectionCount: Int { clocks.withLock { $0.clocks.count } }
    var isStopping: Bool { clocks.withLock { $0.isStopping } }

    /// Lets a connection in, if there is room.
    func enter(_ clock: ConnectionClock) -> Bool {
        clocks.withLock { state in
            guard !state.isStopping, state.clocks.count < settings.connections else { return false }
            state.clocks[ObjectIdentifier(clock)] = clock
            return true
        }
    }

    func leave(_ clock: ConnectionClock) {
        clocks.withLock { _ = $0.clocks.removeValue(forKey: ObjectIdentifier(clock)) }
    }

    /// Lets nobody in any more, and has those inside finish.
    func stop() {
        let inside = clocks.withLock { state in
            state.isStopping = true
            return Array(state.clocks.values)
        }
        for clock in inside { clock.stop() }
    }

    /// Ends what is still open.
    func closeAll() { for clock in clocks.withLock({ Array($0.clocks.values) }) { clock.close() } }

    /// Counts a transfer in, if there is room; whoever enters leaves.
    func begin(_ transfers: WritableKeyPath<Counters, Int>, limit: Int) -> Bool {
        counters.withLock { counters in
            guard counters[keyPath: transfers] < limit else {
                counters.deferred += 1
                return false
            }
            counters[keyPath: transfers] += 1
            return true
        }
    }

    /// Why nothing can be put at the moment; nil where it can.
    var obstacle: String? {
        if isStopping { return "the server is being stopped" }
        guard let room = store.room else { return "the disk of \(store.directory) cannot be looked at" }
        if room < UInt64(settings.dataLimit) {
            return "\(room) bytes are left for data, less than one put of \(settings.dataLimit)"
        }
        return nil
    }

    /// In the text format of Prometheus.
    var metrics: String {
        let (now, usage) = (counters.withLock { $0 }, store.usage)
        var text = ""
        func add(_ name: String, _ kind: String, _ meaning: String, _ values: [(label: String, value: UInt64)]) {
            text += "# HELP mayfly_da_\(name) \(meaning)\n# TYPE mayfly_da_\(name) \(kind)\n"
            for (label, value) in values { text += "mayfly_da_\(name)\(label) \(value)\n" }
        }
        add("objects", "gauge", "Data kept.", [("", UInt64(usage.objects))])
        add("stored_bytes", "gauge", "Bytes of the data kept.", [("", usage.bytes)])
        add("room_bytes", "gauge", "Bytes that may still be kept.", [("", store.room ?? 0)])
        add(
            "puts_total", "counter", "Puts by what came of them.",
            [("{result=\"kept\"}", UInt64(now.puts)), ("{result=\"failed\"}", UInt64(now.failedPuts))])
        add("put_bytes_total", "counter", "Bytes of the puts that were kept.", [("", UInt64(now.bytesPut))])
        add(
            "gets_total", "counter", "Gets by what came of them.",
            [
                ("{result=\"served\"}", UInt64(now.gets)), ("{result=\"absent\"}", UInt64(now.absentGets)),
                ("{result=\"failed\"}", UInt64(now.failedGets)),
            ])
        add("get_bytes_total", "counter", "Bytes of the data served.", [("", UInt64(now.bytesGot))])
        add("deferred_total", "counter", "Requests sent away as there were too many.", [("", UInt64(now.deferred))])
        add(
            "transfers", "gauge", "Transfers under way.",
            [("{kind=\"put\"}", UInt64(now.uploads)), ("{kind=\"get\"}", UInt64(now.downloads))])
        add("connections", "gauge", "Open connections.", [("", UInt64(connectionCount))])
        return text
    }
}
