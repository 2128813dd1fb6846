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
    /// Requests that it has.
    var inFlight = 0
    /// When it was last seen to be where the node is, or was started.
    private(set) var lastLevel: UInt64
    /// Whether it has been there.
    private(set) var isReady = false
    private(set) var isEnding = false
    private let plan: Plan
    private let listener: ListeningSocket
    private let version: StateVersion
    private let loop: any EventLoop
    private let onEnd: (Replica, String?) -> Void
    private var child: ChildProcess?

    /// Begins to copy the node's database.
    ///
    /// - Parameter onEnd: is told once that there is nothing of it any more, and why where nobody asked it to end.
    init(
        _ number: Int, _ plan: Plan, at now: UInt64, on loop: any EventLoop,
        onEnd: @escaping (Replica, String?) -> Void
    ) throws(GatewayError) {
        guard let version = StateVersion() else { throw GatewayError("\(plan.name): no memory to share") }
        (self.number, self.plan, self.version, lastLevel) = (number, plan, version, now)
        (self.loop, self.onEnd) = (loop, onEnd)
        listener = try ListeningSocket()
        address = PlaceAddress(host: "127.0.0.1", port: listener.port)
        mkdir(plan.directory + "/" + Self.folder, 0o700)
        Self.remove(plan.directory + "/" + data)
        child = try run(["snapshot", "export", "--data", "data", data], listener: nil) { status in
            status == 0 ? self.follow() : self.ended("its copy of the database failed", status)
        }
    }

    private var data: String { "\(Self.folder)/\(number)" }

    private func follow() {
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
        child = nil
        Self.remove(plan.directory + "/" + data)
        onEnd(self, isEnding ? nil : reason.map { words.isEmpty ? $0 : "\($0); its last words:\n\(words)" })
    }

    /// What its state is called, and how many changes it has seen; nil while it changes or does not serve.
    var standing: (version: UInt64, name: UInt64)? { isEnding ? nil : version.standing }

    /// Whether nothing has changed since it had seen so many changes.
    func isStill(at count: UInt64) -> Bool { version.stable == count }

    /// It is where the node is.
    func noteLevel(at now: UInt64) { (lastLevel, isReady) = (now, true) }

    /// Asks it to end in order: what it has to answer is answered.
    func stop() {
        isEnding = true
        child?.stop()
    }

    /// Ends it without asking.
    func kill() { child?.end() }

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
