import CSpawn
import Dispatch
import Glibc
import JSONRPC
import NIOCore

/// A process of this program that ends when this one does, however that ends.
///
/// Both hold an end of a pair of sockets: each sees by it when the other is gone. Confined to a loop.
final class ChildProcess: @unchecked Sendable {
    /// What the child finds where: the socket on which it is to serve, and its end of the pair.
    static let listenerNumber: Int32 = 3
    private static let leashNumber: Int32 = 4
    private static let versionNumber: Int32 = 5
    static let streamNumber: Int32 = 6
    /// Above what a child's descriptors are moved to.
    private static let firstFree: Int32 = 16
    /// Bytes of a log from which on it is begun anew.
    private static let logLimit = 4 << 20

    /// For people.
    let name: String
    private let loop: any EventLoop
    private let pid: pid_t
    private let leash: Int32
    private let log: String
    /// Where this process's words begin in the log.
    private let logStart: Int
    private var source: (any DispatchSourceRead)?
    private var onEnd: ((ChildProcess, Int32) -> Void)?

    /// - Parameters:
    ///   - arguments: without the program's own name.
    ///   - directory: where it runs.
    ///   - version: in which it is to count its changes.
    ///   - stream: where else it is to serve.
    ///   - log: the file that its output is appended to.
    ///   - onEnd: is told on the loop, with the status of `waitpid`.
    init(
        _ name: String, executable: String, arguments: [String], directory: String, listener: ListeningSocket?,
        version: StateVersion? = nil, stream: ListeningSocket? = nil, log: String, on loop: any EventLoop,
        onEnd: @escaping (ChildProcess, Int32) -> Void
    ) throws(GatewayError) {
        var ends: [Int32] = [-1, -1]
        guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else {
            throw GatewayError("\(name): no sockets: \(String(cString: strerror(errno)))")
        }
        // Where a descriptor is moved to must not be where another one is.
        let childEnd = fcntl(ends[1], F_DUPFD_CLOEXEC, Self.firstFree)
        close(ends[1])
        // What the child finds, by where it does.
        var given = [Self.leashNumber: childEnd]
        given[Self.listenerNumber] = listener.map { fcntl($0.descriptor, F_DUPFD_CLOEXEC, Self.firstFree) }
        given[Self.versionNumber] = version.map { fcntl($0.descriptor, F_DUPFD_CLOEXEC, Self.firstFree) }
        given[Self.streamNumber] = stream.map { fcntl($0.descriptor, F_DUPFD_CLOEXEC, Self.firstFree) }
        let output = Self.open(log)
        defer { for descriptor in given.values + [output] where descriptor >= 0 { close(descriptor) } }
        guard !given.values.contains(-1), output >= 0 else {
            let reason = String(cString: strerror(errno))
            close(ends[0])
            throw GatewayError("\(name): cannot write \(log), or there are too many open files: \(reason)")
        }
        logStart = Int(lseek(output, 0, SEEK_END))
        let (pid, code) = Self.spawn(
            executable, arguments, directory, given: given, output: output)
        guard code == 0 else {
            close(ends[0])
            throw GatewayError(
                "\(name): cannot start \(executable) in \(directory): \(String(cString: strerror(code)))")
        }
        self.name = name
        self.loop = loop
        self.pid = pid
        self.log = log
        self.onEnd = onEnd
        leash = ends[0]
        watch()
    }

    private static func open(_ log: String) -> Int32 {
        var status = stat()
        let isLong = stat(log, &status) == 0 && status.st_size > logLimit
        return Glibc.open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | (isLong ? O_TRUNC : 0), 0o600)
    }

    private static func spawn(
        _ executable: String, _ arguments: [String], _ directory: String, given: [Int32: Int32], output: Int32
    ) -> (pid: pid_t, code: Int32) {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, output, 1)
        posix_spawn_file_actions_adddup2(&actions, output, 2)
        for number in listenerNumber...streamNumber {
            if let descriptor = given[number] {
                posix_spawn_file_actions_adddup2(&actions, descriptor, number)
            } else {
                posix_spawn_file_actions_addopen(&actions, number, "/dev/null", O_RDONLY, 0)
            }
        }
        posix_spawn_file_actions_addclosefrom_np(&actions, streamNumber + 1)
        posix_spawn_file_actions_addchdir_np(&actions, directory)

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var (none, all) = (sigset_t(), sigset_t())
        sigemptyset(&none)
        sigemptyset(&all)
        for signal in [SIGINT, SIGTERM, SIGPIPE, SIGHUP] { sigaddset(&all, signal) }
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        // A group of its own: what a terminal sends goes to the gateway, which ends its children in order.
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP))

        var environment: [String] = []
        var entry = environ
        while let text = entry.pointee {
            environment.append(String(cString: text))
            entry += 1
        }
        environment.append("MAYFLY_LEASH=\(leashNumber)")
        if given[versionNumber] != nil { environment.append("\(StateVersion.environmentName)=\(versionNumber)") }
        var argv = ([executable] + arguments).map { strdup($0) } + [nil]
        var envp = environment.map { strdup($0) } + [nil]
        defer { for text in argv + envp { free(text) } }
        var pid: pid_t = 0
        let code = posix_spawn(&pid, executable, &actions, &attributes, &argv, &envp)
        return (pid, code)
    }

    /// Waits until the child's end of the pair is gone, and with it the child.
    private func watch() {
        let source = DispatchSource.makeReadSource(fileDescriptor: leash)
        let (leash, loop) = (leash, loop)
        source.setEventHandler { [weak self] in
            var byte: UInt8 = 0
            guard recv(leash, &byte, 1, Int32(MSG_DONTWAIT)) == 0 else { return }
            self?.source?.cancel()
            loop.execute { [self] in self?.reap() }
        }
        source.setCancelHandler { close(leash) }
        self.source = source
        source.resume()
    }

    private func reap() {
        guard let onEnd else { return }
        var status: Int32 = 0
        let found = waitpid(pid, &status, WNOHANG)
        if found == 0 || (found < 0 && errno == EINTR) {
            // It is about to be gone.
            loop.scheduleTask(in: .milliseconds(1)) { self.reap() }
            return
        }
        self.onEnd = nil
        onEnd(self, found == pid ? status : 0)
    }

    /// Asks it to end.
    func stop() { if onEnd != nil { kill(pid, SIGTERM) } }

    /// Ends it without asking.
    func end() { if onEnd != nil { kill(pid, SIGKILL) } }

    /// How it ended, for people.
    static func description(of status: Int32) -> String {
        let signal = status & 0x7F
        return signal == 0 ? "exit code \(status >> 8 & 0xFF)" : "signal \(signal)"
    }

    /// The last lines that it wrote; empty for none.
    func lastWords(_ limit: Int = 2_000) -> String {
        guard let stream = fopen(log, "re") else { return "" }
        defer { fclose(stream) }
        fseek(stream, 0, SEEK_END)
        let start = max(logStart, ftell(stream) - limit)
        fseek(stream, start, SEEK_SET)
        var bytes = [UInt8](repeating: 0, count: limit)
        let count = fread(&bytes, 1, limit, stream)
        let text = String(decoding: bytes[..<count], as: UTF8.self)
        return text.split(separator: "\n").suffix(8).joined(separator: "\n")
    }
}
