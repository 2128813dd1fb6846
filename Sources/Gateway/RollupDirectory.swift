import Derivation
import Glibc
import JSONRPC
import Layers
import NIOCore
import Primitives

/// The files of one rollup: those that its launch has written, and how its processes are to be run.
struct RollupDirectory: Sendable {
    /// What runs for a rollup, each with its arguments beside those that it always has; nil for nothing.
    struct Programs: Equatable, Sendable {
        var node = ["--sequence"]
        var batcher: [String]?
        var proposer: [String]?
        /// What clients may ask, where that is another than what the gateway's settings say.
        var limits: TrafficLimits?
        var replicas = ReplicaRange()

        /// The commands of those that work beside the node.
        static let companions = ["batcher", "proposer"]

        /// The arguments of a read replica's node; nil where the node is none that one could follow.
        var replica: [String]? {
            // Where the stream is nobody knows before the node has chosen it.
            guard node.contains("--sequence"), !(stream?.hasSuffix(":0") ?? false) else { return nil }
            // What is about making blocks, and where this very process serves.
            let alone: Set = [
                "--sub-block-time", "--l1-confirmations", "--unpublished-limit", "--flashblocks", "--http", "--ws",
                "--ipc", "--engine", "--jwt", "--import",
            ]
            var arguments: [String] = []
            var isSkipped = false
            for argument in node {
                defer { isSkipped = alone.contains(argument) }
                let name = argument.split(separator: "=", maxSplits: 1).first.map(String.init) ?? argument
                if !isSkipped, argument != "--sequence", !alone.contains(name) { arguments.append(argument) }
            }
            return arguments
        }

        /// Where the node tells of its open blocks because its arguments say so; nil where they do not.
        var stream: String? {
            let name = "--flashblocks"
            for (index, argument) in node.enumerated() {
                var value: String?
                if argument == name, index + 1 < node.count { value = node[index + 1] }
                if argument.hasPrefix(name + "=") { value = String(argument.dropFirst(name.count + 1)) }
                if let value { return "ws://" + (value.hasPrefix(":") ? "127.0.0.1" : "") + value }
            }
            return nil
        }

        subscript(companion command: String) -> [String]? { command == "batcher" ? batcher : proposer }
    }

    let name: String
    let path: String
    private(set) var programs: Programs
    private var optionsStamp: FileStamp?
    private var isUnreadable = false
    /// Whose logs on L1 are deposits.
    let portal: Address
    /// The L1 block that the rollup begins after.
    let firstL1Block: UInt64

    static let optionsName = "gateway.json"
    /// Says up to which L1 block the rollup had read when it went to sleep.
    private static let sleepName = "asleep"
    /// Whoever runs the rollup makes it, to have it sleep.
    private static let restName = "rest"
    /// Bytes of a file that is read whole.
    private static let fileLimit = 1 << 20

    /// Whether a text can be a rollup's name: what may become a part of a path.
    static func isName(_ text: some StringProtocol) -> Bool {
        (1...40).contains(text.utf8.count)
            && text.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 45 }
    }

    /// Reads a rollup's files; nil where there is no rollup of that name.
    ///
    /// - Parameter limits: of its clients, but for what its files say.
    init?(
        named name: String, in directory: String, limits: TrafficLimits = TrafficLimits()
    ) throws(GatewayError) {
        guard Self.isName(name) else { return nil }
        let path = directory + "/" + name
        guard let text = Self.read(path + "/rollup.json") else { return nil }
        self.name = name
        self.path = path
        do throws(ManifestError) {
            let configuration = try RollupFile(text: String(decoding: text, as: UTF8.self)).configuration
            portal = configuration.depositContract
            firstL1Block = configuration.genesis.l1.number
        } catch {
            throw GatewayError("\(path)/rollup.json: \(error)")
        }
        programs = Programs()
        try readPrograms(limits)
    }

    /// Reads how its processes are to be run.
    private mutating func readPrograms(_ limits: TrafficLimits) throws(GatewayError) {
        let file = path + "/" + Self.optionsName
        // Before it is read: what is written meanwhile is another.
        let stamp = FileStamp(file)
        guard let options = Self.read(file) else {
            if stamp == nil { return }
            let isNew = !isUnreadable
            isUnreadable = true
            // It is read again at the next look.
            if isNew { throw GatewayError("cannot read \(file)") }
            return
        }
        (optionsStamp, isUnreadable) = (stamp, false)
        do throws(JSONError) { programs = try Self.programs(options, limits) } catch {
            throw GatewayError(
                "\(file): \(error): it is an object with lists of arguments as node, batcher, proposer "
                    + "and numbers in an object limits: requestsPerSecond, burst, inFlight, waiting; and in an object "
                    + "replicas: least, most")
        }
    }

    /// Reads how its processes are to be run where that has changed since the last time.
    ///
    /// - Returns: how it was before; nil where nothing has changed.
    /// - Throws: where it cannot be understood; all stays as it was, and this is told once.
    mutating func readChange(_ limits: TrafficLimits) throws(GatewayError) -> Programs? {
        guard let stamp = FileStamp(path + "/" + Self.optionsName), stamp != optionsStamp else { return nil }
        let old = programs
        try readPrograms(limits)
        return old == programs ? nil : old
    }

    /// Whether somebody has asked for its sleep since the last time.
    func takeRest() -> Bool { unlink(path + "/" + Self.restName) == 0 }

    private static func programs(_ text: [UInt8], _ limits: TrafficLimits) throws(JSONError) -> Programs {
        var result: Result<Programs, JSONError> = .success(Programs())
        text.withUnsafeBytes { bytes in
            do throws(JSONError) {
                var programs = Programs()
                var reader = JSONReader(bytes)
                try reader.beginObject()
                while let key = try reader.nextKey() {
                    let name = key.string
                    if name == "limits" {
                        programs.limits = limits
                        try programs.limits?.read(&reader)
                        continue
                    }
                    if name == "replicas" {
                        programs.replicas = try ReplicaRange.read(&reader)
                        continue
                    }
                    let arguments = try reader.readArray { (reader) throws(JSONError) in try reader.readString().string
                    }
                    switch name {
                    case "node": programs.node = arguments
                    case "batcher": programs.batcher = arguments
                    case "proposer": programs.proposer = arguments
                    default: throw JSONError(.unexpectedByte, at: 0)
                    }
                }
                try reader.finish()
                result = .success(programs)
            } catch {
                result = .failure(error)
            }
        }
        return try result.get()
    }

    /// From which L1 block on a deposit is news to the rollup.
    var firstUnreadL1Block: UInt64 {
        guard let bytes = Self.read(path + "/" + Self.sleepName),
            let number = UInt64(String(decoding: bytes, as: UTF8.self).prefix { $0.isNumber })
        else { return firstL1Block + 1 }
        return number + 1
    }

    /// Whether its processes have run and did not go to sleep in order: they may have what L1 has not.
    var wasInterrupted: Bool {
        access(path + "/data/chain.mdb", F_OK) == 0 && access(path + "/" + Self.sleepName, F_OK) != 0
    }

    /// Notes that its processes run.
    func noteWaking() { unlink(path + "/" + Self.sleepName) }

    /// Notes that they went to sleep in order, and up to which L1 block the rollup has read.
    func noteSleep(readUpTo number: UInt64) {
        let (file, new) = (path + "/" + Self.sleepName, path + "/" + Self.sleepName + ".new")
        guard let stream = fopen(new, "w") else { return }
        let isWritten = fputs("\(number)\n", stream) >= 0
        guard fclose(stream) == 0, isWritten else { return }
        rename(new, file)
    }

    /// Whether a directory has a rollup of that name.
    static func exists(_ name: String, in directory: String) -> Bool {
        access(directory + "/" + name + "/rollup.json", F_OK) == 0
    }

    /// The names of all directories with a rollup.
    static func names(in directory: String) throws(GatewayError) -> [String] {
        guard let stream = opendir(directory) else {
            throw GatewayError("cannot read the directory \(directory): \(String(cString: strerror(errno)))")
        }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if isName(name), access(directory + "/" + name + "/rollup.json", R_OK) == 0 { names.append(name) }
        }
        return names.sorted()
    }

    /// The bytes of a file; nil where it cannot be read or is larger than such files are.
    static func read(_ path: String) -> [UInt8]? {
        guard let stream = fopen(path, "re") else { return nil }
        defer { fclose(stream) }
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        var result: [UInt8] = []
        while true {
            let count = fread(&bytes, 1, bytes.count, stream)
            result += bytes[..<count]
            if count < bytes.count { return ferror(stream) == 0 ? result : nil }
            if result.count > fileLimit { return nil }
        }
    }
}
