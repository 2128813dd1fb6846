import Dispatch
import Glibc
import JSONRPC
import NIOCore

/// A process that follows a rollup's node on this machine, sub-block by sub-block, and answers reads in its place: first its
/// database is copied, then it runs until it is told to stop. Confined to its loop.
final class Replica: @unchecked Sendable {
    /// What it is to follow, and how.
    struct Plan {
        var executable: String
        /// The rollup's own.
        var directory: String
        /// For people.
        var name: String
        /// Of `mayfly node`, beside those of every replica.
        var arguments: [String]
        /// Where the node serves.
        var nodePort: Int
        /// Where it tells of the block that it makes, as a URL.
        var stream: String
    }

    /// Where replicas have their databases, in the rollup's directory.
    static let folder = "replicas"

    let number: Int
    let address: PlaceAddress
    let startedAt: UInt64
    /// Requests that it has.
    var inFlight = 0
    /// When it last began an answer.
    var lastAnswer = NIODeadline.uptimeNanoseconds(0)
    /// When it was last seen to be where the node is, or was started.
    private(set) var lastLevel: UInt64
    /// Since when it is of use; nil until it has been where the node is.
    private(set) var readySince: UInt64?
    private(set) var isEnding = false
    private let plan: Plan
    /// Of its own, so that nothing of another one is in its way: in the rollup's directory.
    private let data: String
    /// Nil once there is no process any more: who has connected meanwhile and was not served hears of it.
    private var listener: ListeningSocket?
    private let version: StateVersion
    private let loop: any EventLoop
    private let onEnd: (Replica, String?) -> Void
    private var child: ChildProcess?

    /// From the wish for its end to the end.
    private static let endingTime = TimeAmount.seconds(5)
    /// How long what it has to answer may take when it is not needed any more.
    private static let answeringTime = TimeAmount.seconds(30)

    /// Begins to copy the node's database.
    ///
    /// - Parameter onEnd: is told once that there is nothing of it any more, and why where nobody asked it to end.
    init(
        _ number: Int, _ plan: Plan, at now: UInt64, on loop: any EventLoop,
        onEnd: @escaping (Replica, String?) -> Void
    ) throws(GatewayError) {
        guard let version = StateVersion() else { throw GatewayError("\(plan.name): no memory to share") }
        try Self.requireRoom(in: plan.directory)
        (self.number, self.plan, self.version) = (number, plan, version)
        (startedAt, lastLevel, self.loop, self.onEnd) = (now, now, loop, onEnd)
        data = "\(Self.folder)/\(number)-\(UInt32.random(in: .min ... .max))"
        let listener = try ListeningSocket()
        self.listener = listener
        address = PlaceAddress(host: "127.0.0.1", port: listener.port)
        mkdir(plan.directory + "/" + Self.folder, 0o700)
        child = try run(["snapshot", "export", "--data", "data", data], listener: nil) { status in
            status == 0 ? self.follow() : self.ended("its copy of the database failed", status)
        }
    }

    /// A copy must not take the room that the node needs.
    private static func requireRoom(in directory: String) throws(GatewayError) {
        let database = directory + "/data/chain.mdb"
        var (file, disk) = (stat(), statvfs())
        guard stat(database, &file) == 0, statvfs(directory, &disk) == 0 else {
            throw GatewayError("cannot read \(database): \(String(cString: strerror(errno)))")
        }
        let (size, free) = (UInt64(file.st_blocks) * 512, UInt64(disk.f_bavail) * UInt64(disk.f_frsize))
        guard free / 3 >= size else {
            throw GatewayError(
                "its database has \(size >> 20) MiB, and the disk is to have room for three, and has \(free >> 20) MiB")
        }
    }

    private func follow() {
        child = nil
        if isEnding { return ended(nil, 0) }
        do throws(GatewayError) {
            child = try run(
                [
                    "node", "--rollup", "rollup.json", "--genesis", "genesis.json", "--data", data,
                    "--http", "fd:\(ChildProcess.listenerNumber)", "--sequencer", "http://127.0.0.1:\(plan.nodePort)",
                    "--flashblocks", plan.stream,
                ] + plan.arguments, listener: listener
            ) { status in self.ended("it ended (\(ChildProcess.description(of: status)))", status) }
        } catch {
            ended("\(error)", 0)
        }
    }

    private func run(
        _ arguments: [String], listener: ListeningSocket?, then: @escaping (Int32) -> Void
    ) throws(GatewayError) -> ChildProcess {
        let folder = plan.directory + "/logs"
        mkdir(folder, 0o700)
        return try ChildProcess(
            "\(plan.name)'s replica \(number)", executable: plan.executable, arguments: arguments,
            directory: plan.directory, listener: listener, version: listener.map { _ in version },
            log: "\(folder)/replica-\(number).log", on: loop
        ) { _, status in then(status) }
    }

    private func ended(_ reason: String?, _ status: Int32) {
        let words = isEnding || reason == nil ? "" : child?.lastWords() ?? ""
        (child, listener) = (nil, nil)
        Self.remove(plan.directory + "/" + data)
        onEnd(self, isEnding ? nil : reason.map { words.isEmpty ? $0 : "\($0); its last words:\n\(words)" })
    }

    /// What its state is called, and how many changes it has seen; nil while it changes or does not serve.
    var standing: (version: UInt64, name: UInt64)? { isEnding ? nil : version.standing }

    /// Whether nothing has changed since it had seen so many changes.
    func isStill(at count: UInt64) -> Bool { version.stable == count }

    var isReady: Bool { readySince != nil }

    /// It is where the node is, or nobody can tell.
    func noteLevel(at now: UInt64) { (lastLevel, readySince) = (now, readySince ?? now) }

    /// Has it end when it has answered what it has to answer, or that takes long.
    func retire() {
        isEnding = true
        retire(by: .now() + Self.answeringTime)
    }

    private func retire(by end: NIODeadline) {
        if inFlight == 0 || .now() > end { return stop() }
        loop.scheduleTask(in: .milliseconds(100)) { self.retire(by: end) }
    }

    /// Asks it to end, and ends it where it does not.
    func stop() {
        isEnding = true
        child?.stop()
        loop.scheduleTask(in: Self.endingTime) { self.kill() }
    }

    /// Ends it without asking.
    func kill() {
        isEnding = true
        child?.end()
    }

    // MARK: Its files

    private static let removedMark = ".removed-"

    /// Removes what replicas have left that nobody ended in order.
    static func removeLeftovers(in directory: String) {
        let folder = directory + "/" + Self.folder
        for name in names(in: folder) { remove(folder + "/" + name) }
    }

    /// Removes a replica's directory, as far as it is there, while others work.
    private static func remove(_ path: String) {
        // By another name first: who comes next may have this one.
        let isMarked = path.contains(removedMark)
        let old = isMarked ? path : "\(path)\(removedMark)\(UInt32.random(in: .min ... .max))"
        guard old == path || rename(path, old) == 0 else { return }
        DispatchQueue.global(qos: .utility).async {
            for name in names(in: old) { unlink(old + "/" + name) }
            rmdir(old)
        }
    }

    private static func names(in directory: String) -> [String] {
        guard let stream = opendir(directory) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }
}
