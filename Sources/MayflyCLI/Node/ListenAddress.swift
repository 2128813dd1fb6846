import ArgumentParser

/// Where a server listens: `ADDR:PORT`, `[ADDR]:PORT`, or `:PORT` for this machine only.
struct ListenAddress: ExpressibleByArgument, Equatable {
    var host: String
    /// Zero for any that is free.
    var port: Int

    init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    init?(argument: String) {
        guard let colon = argument.lastIndex(of: ":"), let port = Int(argument[argument.index(after: colon)...]),
            (0...65_535).contains(port)
        else { return nil }
        var host = String(argument[..<colon])
        if host.hasPrefix("[") && host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
        self.init(host: host.isEmpty ? "127.0.0.1" : host, port: port)
    }

    /// A listening TCP socket that the process was started with: `fd:NUMBER`.
    var descriptor: Int32? { host == "fd" ? Int32(port) : nil }

    /// Whether only this machine reaches it.
    var isLoopback: Bool { host == "localhost" || host == "::1" || host.hasPrefix("127.") }

    /// `HOST:PORT` as URLs have it.
    static func text(_ host: String, _ port: Int) -> String { "\(host.contains(":") ? "[\(host)]" : host):\(port)" }

    var defaultValueDescription: String { "\(host):\(port)" }
}
