/// Where a WebSocket is opened: `ws://host:port/path`.
public struct WebSocketAddress: Sendable, Equatable, CustomStringConvertible {
    let host: String
    let port: Int
    /// Path and query, with what may be secret in them.
    let target: String
    /// Host and port as the URL has them: all that is ever printed.
    let authority: String

    /// - Parameter text: a URL; nil where it is none of that form. There is no TLS: a proxy has to add it.
    public init?(_ text: String) {
        let scheme = "ws://"
        guard text.lowercased().hasPrefix(scheme), text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { return nil }
        let rest = text.dropFirst(scheme.count)
        let authority = rest.prefix { !"/?#".contains($0) }
        var target = String(rest.dropFirst(authority.count).prefix { $0 != "#" })
        if !target.hasPrefix("/") { target = "/" + target }
        var host = authority
        var port = 80
        if let colon = authority.lastIndex(of: ":"), authority.last != "]" {
            guard let number = UInt16(authority[authority.index(after: colon)...]), number > 0 else { return nil }
            port = Int(number)
            host = authority[..<colon]
        }
        if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
        guard !host.isEmpty, !authority.contains("@") else { return nil }
        self.host = String(host)
        self.port = port
        self.target = target
        self.authority = String(authority)
    }

    public var description: String { "ws://\(authority)" }
}
