import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1

/// Rollups on this machine: each has a directory, which `mayfly gateway` runs as its `gateway.json` says.
///
/// The processes are the gateway's, so that they outlive a platform, and a platform finds them again.
public struct LocalFleet: Fleet {
    let rollups: String
    private let retired: String
    private let gateway: String

    /// - Parameters:
    ///   - directory: of the platform; `rollups` in it is what the gateway reads.
    ///   - gateway: its URL, without a slash at the end.
    public init(directory: String, gateway: String) throws(FleetError) {
        rollups = directory + "/rollups"
        retired = directory + "/retired"
        self.gateway = gateway
        for path in [rollups, retired] { try Self.make(path) }
    }

    private static func make(_ path: String) throws(FleetError) {
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw FleetError("cannot make the directory \(path): \((error as NSError).localizedDescription)")
        }
    }

    public func directory(of name: String) -> String {
        let path = rollups + "/" + name
        return !Self.exists(path) && Self.exists(retired + "/" + name) ? retired + "/" + name : path
    }

    private static func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

    public func prepare(_ name: String, _ programs: RollupPrograms) throws(FleetError) {
        let path = rollups + "/" + name
        try Self.make(path)
        let file = path + "/gateway.json"
        // What else somebody has written there, such as limits, stays.
        let known = FileManager.default.contents(atPath: file).flatMap { try? JSONSerialization.jsonObject(with: $0) }
        var object = known as? [String: Any] ?? [:]
        (object["node"], object["batcher"], object["proposer"]) = (programs.node, programs.batcher, programs.proposer)
        do {
            let text = try JSONSerialization.data(
                withJSONObject: object, options: [.sortedKeys, .withoutEscapingSlashes])
            try text.write(to: URL(fileURLWithPath: file), options: .atomic)
        } catch {
            throw FleetError("cannot write \(path)/gateway.json: \((error as NSError).localizedDescription)")
        }
    }

    public func endpoint(of name: String) -> String { gateway + "/" + name }

    public var restsByOrder: Bool { true }

    public func rest(_ name: String) async throws(FleetError) {
        let path = "\(rollups)/\(name)/rest"
        do { try Data().write(to: URL(fileURLWithPath: path)) } catch {
            throw FleetError("cannot write \(path): \((error as NSError).localizedDescription)")
        }
    }

    public func state(of name: String) async -> PlaceState {
        await Self.state(of: name, at: gateway)
    }

    /// What a gateway says of a rollup.
    static func state(of name: String, at gateway: String) async -> PlaceState {
        struct Answer: Decodable { var place: PlaceState }
        guard let (status, body) = await ask(name, gateway) else { return .unknown }
        if status == 404 { return .closed }
        return (try? JSONDecoder().decode(Answer.self, from: body))?.place ?? .unknown
    }

    public func figures(of name: String) async -> String? { await Self.figures(of: name, at: gateway) }

    /// What a gateway knows of a node's figures.
    static func figures(of name: String, at gateway: String) async -> String? {
        guard let (status, body) = await ask(name, gateway, "metrics"), status == 200 else { return nil }
        return String(decoding: body, as: UTF8.self)
    }

    /// - Returns: nil where the gateway does not answer.
    private static func ask(
        _ name: String, _ gateway: String, _ page: String = "health"
    ) async -> (status: UInt, body: Data)? {
        var request = HTTPClientRequest(url: "\(gateway)/\(name)/\(page)")
        // A task's gateway answers to no name but this machine's.
        request.headers.add(name: "Host", value: "localhost")
        guard let response = try? await HTTPClient.shared.execute(request, timeout: .seconds(2)),
            let body = try? await response.body.collect(upTo: 1 << 20)
        else { return nil }
        return (response.status.code, Data(body.readableBytesView))
    }

    /// Says in a rollup's directory that it is being ended, to all platforms that see it: none is to have it run again.
    func noteRetiring(_ name: String) { try? Data().write(to: URL(fileURLWithPath: "\(rollups)/\(name)/retiring")) }

    /// Whether a rollup is to run: its launch is complete, and it is not being ended.
    func isToRun(_ name: String) -> Bool {
        Self.exists("\(rollups)/\(name)/rollup.json") && !Self.exists("\(rollups)/\(name)/retiring")
    }

    public func retire(_ name: String) async throws(FleetError) -> String {
        let (path, end) = (rollups + "/" + name, retired + "/" + name)
        if Self.exists(path) {
            // An earlier rollup of that name has keys and an archive of its own, which somebody may need.
            if Self.exists(end) {
                let number = (1...).first { !Self.exists("\(end).\($0)") } ?? 0
                _ = rename(end, "\(end).\(number)")
            }
            guard rename(path, end) == 0 else {
                throw FleetError("cannot move \(path) to \(end): \(String(cString: strerror(errno)))")
            }
        }
        // The gateway sees that the directory is gone. One that does not answer may have processes all the same.
        var isAnswered = false
        for _ in 0..<200 {
            if let (status, _) = await Self.ask(name, gateway) {
                if status == 404 { return end }
                isAnswered = true
            }
            try? await Task.sleep(for: .milliseconds(100))
            if Task.isCancelled { break }
        }
        throw FleetError(isAnswered ? "the gateway still runs \(name)" : "the gateway does not answer at \(gateway)")
    }

    public func log(of name: String, _ program: FleetProgram, from offset: UInt64?, limit: Int) async -> LogPart? {
        // Whoever writes them may not have another file told in their place.
        let folder = open("\(directory(of: name))/logs", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard folder >= 0 else { return nil }
        let descriptor = openat(folder, "\(program.rawValue).log", O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        close(folder)
        guard descriptor >= 0 else { return nil }
        let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        guard let end = try? file.seekToEnd() else { return nil }
        defer { try? file.close() }
        // A log that has become shorter was begun anew.
        var start = offset.map { $0 > end ? 0 : $0 } ?? (end > UInt64(limit) ? end - UInt64(limit) : 0)
        try? file.seek(toOffset: start)
        guard let data = try? file.read(upToCount: limit) else { return LogPart(text: "", next: start) }
        start += UInt64(data.count)
        return LogPart(text: String(decoding: data, as: UTF8.self), next: start)
    }

    public func clear(_ name: String) throws(FleetError) {
        for part in ["data", "replicas", "logs", "asleep"] {
            let path = "\(retired)/\(name)/\(part)"
            guard Self.exists(path) else { continue }
            do { try FileManager.default.removeItem(atPath: path) } catch {
                throw FleetError("cannot remove \(path): \((error as NSError).localizedDescription)")
            }
        }
    }
}
