import Glibc
import JSONRPC
import Lifecycles
import NIOCore

/// Where a process serves: an address and a port.
struct PlaceAddress: Equatable, Sendable {
    var host: String
    var port: Int
}

/// Who runs a rollup: this gateway, or a fleet that says so in `place.json` of the rollup's directory.
enum Whereabouts: Equatable, Sendable {
    case here
    /// Somebody else, and nobody at this moment.
    case moving
    case outside(PlaceAddress)

    static let fileName = "place.json"

    /// Reads `{"host": "10.0.0.7", "port": 20001}`, or `{}` for nowhere at this moment.
    static func read(in directory: String) throws(GatewayError) -> Whereabouts {
        let path = directory + "/" + fileName
        guard let bytes = RollupDirectory.read(path) else {
            // Only where there surely is none: two that run a rollup would be two sequencers.
            var status = stat()
            if stat(path, &status) != 0, errno == ENOENT { return .here }
            throw GatewayError("cannot read \(path), which says who runs the rollup")
        }
        var (host, port): (String?, UInt64?)
        var failure: JSONError?
        bytes.withUnsafeBytes { bytes in
            do throws(JSONError) {
                var reader = JSONReader(bytes)
                try reader.beginObject()
                while let key = try reader.nextKey() {
                    switch key.string {
                    case "host": host = try reader.readString().string
                    case "port": port = try reader.readUInt64()
                    default: throw JSONError(.unexpectedByte, at: 0)
                    }
                }
                try reader.finish()
            } catch { failure = error }
        }
        if failure == nil, host == nil, port == nil { return .moving }
        guard failure == nil, let host, !host.isEmpty, let port, (1...65_535).contains(port) else {
            throw GatewayError("\(path): it is {\"host\": \"ADDRESS\", \"port\": NUMBER}, or {} for nowhere yet")
        }
        return .outside(PlaceAddress(host: host, port: Int(port)))
    }
}

/// Lets requests through to a rollup that others run, and has them wait while it moves. Confined to its loop.
final class OutsidePlace: @unchecked Sendable {
    private struct Waiting {
        var id: UInt64
        var guest: any PlaceGuest
        var bytes: Int
        var since: NIODeadline
    }

    private let directory: String
    private let limits: IdlingLimits
    private let loop: any EventLoop
    private let report: (String) -> Void
    private var whereabouts: Whereabouts
    /// Of the file that was read last: another has another number, or was changed at another time.
    private var mark: FileStamp?
    private var waiting: [Waiting] = []
    private var waitingBytes = 0
    private var served: [UInt64: Waiting] = [:]
    private var timer: Scheduled<Void>?
    private(set) var isClosed = false

    /// From one look for where it is to the next, while somebody waits.
    private static let pause = TimeAmount.milliseconds(100)

    init(
        _ whereabouts: Whereabouts, in directory: String, _ limits: IdlingLimits, on loop: any EventLoop,
        report: @escaping (String) -> Void
    ) {
        self.whereabouts = whereabouts
        self.directory = directory
        self.limits = limits
        self.loop = loop
        self.report = report
    }

    var waitingCount: Int { waiting.count }
    var servedCount: Int { served.count }

    func request(_ id: UInt64, bytes: Int, _ guest: any PlaceGuest) {
        let request = Waiting(id: id, guest: guest, bytes: bytes, since: .now())
        if !isClosed, waiting.isEmpty, case .outside(let address) = whereabouts {
            admit(request, to: address)
        } else {
            wait(request)
        }
    }

    private func admit(_ request: Waiting, to address: PlaceAddress) {
        served[request.id] = request
        request.guest.admitted(to: address)
    }

    private func wait(_ request: Waiting) {
        if isClosed { return request.guest.refused(.shuttingDown, retryAfter: 1_000) }
        guard waiting.count < limits.waitingCount, request.bytes <= limits.waitingBytes - waitingBytes else {
            return request.guest.refused(.tooManyWaiting, retryAfter: 1_000)
        }
        waiting.append(request)
        waitingBytes += request.bytes
        watch()
    }

    /// Nobody took the connection of a request, so that nothing of it was sent: it waits for another try.
    func unreachable(_ id: UInt64) { if let request = served.removeValue(forKey: id) { wait(request) } }

    func finished(_ id: UInt64) {
        if served.removeValue(forKey: id) != nil { return }
        if let index = waiting.firstIndex(where: { $0.id == id }) { waitingBytes -= waiting.remove(at: index).bytes }
    }

    func shutDown() {
        isClosed = true
        timer?.cancel()
        let left = waiting
        (waiting, waitingBytes) = ([], 0)
        for each in left { each.guest.refused(.shuttingDown, retryAfter: 1_000) }
    }

    private func watch() {
        guard timer == nil, !waiting.isEmpty else { return }
        timer = loop.scheduleTask(in: Self.pause) {
            self.timer = nil
            self.look()
            self.letIn()
            self.watch()
        }
    }

    private func letIn() {
        let now = NIODeadline.now()
        let all = waiting
        (waiting, waitingBytes) = ([], 0)
        for each in all {
            if now - each.since >= .milliseconds(Int64(limits.patience)) {
                each.guest.refused(.tooLate, retryAfter: 5_000)
            } else if case .outside(let address) = whereabouts {
                admit(each, to: address)
            } else {
                waiting.append(each)
                waitingBytes += each.bytes
            }
        }
    }

    /// Reads where it is, where that was written anew.
    func look() {
        let new = FileStamp(directory + "/" + Whereabouts.fileName)
        guard new != mark else { return }
        mark = new
        do throws(GatewayError) {
            let found = try Whereabouts.read(in: directory)
            // A rollup that others ran is never taken over by itself: both would write to its directory.
            whereabouts = found == .here ? .moving : found
        } catch { report("\(error)") }
    }
}
