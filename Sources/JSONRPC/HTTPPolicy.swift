public import NIOCore

/// Who may ask, and how, over HTTP and WebSocket: hosts, origins, tokens.
public struct HTTPPolicy: Sendable {
    /// Host names under which the server may be addressed, lower case, against DNS rebinding; `*` for any. Addresses
    /// always may.
    public var hosts: [String] = ["localhost"]
    /// Origins of pages that may read answers and open WebSockets; `*` for any. None: no CORS header is sent, and no
    /// page but one of this host may open a WebSocket.
    public var origins: [String] = []
    /// Asked with the `Authorization` header of each request; a text refuses, with 401 and that text.
    public var authorise: (@Sendable (_ authorization: String?) -> String?)?
    /// Whether JSON-RPC is served by POST.
    public var servesHTTP = true
    /// Whether WebSocket upgrades are served.
    public var servesWebSocket = true

    public init() {}

    /// Whether a `Host` header names an address or an allowed host.
    package func allowsHost(_ header: UnsafeRawBufferPointer?) -> Bool {
        guard let header, let first = header.first else { return true }
        if first == UInt8(ascii: "[") { return true }
        let colons = header.lazy.filter { $0 == UInt8(ascii: ":") }.count
        if colons > 1 { return true }
        let end = header.firstIndex(of: UInt8(ascii: ":")) ?? header.count
        let name = UnsafeRawBufferPointer(rebasing: header[..<end])
        if Self.isIPv4(name) { return true }
        let text = String(decoding: name, as: UTF8.self).lowercased()
        return hosts.contains { $0 == "*" || $0 == text }
    }

    private static func isIPv4(_ name: UnsafeRawBufferPointer) -> Bool {
        var dots = 0
        var value = -1
        for byte in name {
            if byte == UInt8(ascii: ".") {
                guard value >= 0 else { return false }
                dots += 1
                value = -1
            } else {
                let digit = byte &- UInt8(ascii: "0")
                guard digit < 10 else { return false }
                value = max(value, 0) * 10 + Int(digit)
                guard value < 256 else { return false }
            }
        }
        return dots == 3 && value >= 0
    }

    /// Whether a page of that origin may read answers.
    package func allowsOrigin(_ origin: String) -> Bool { origins.contains { $0 == "*" || $0 == origin.lowercased() } }

    /// The header lines by which a browser knows whether a page may read the answer (CORS); none where no origin may.
    package func originHeaders(for head: RequestHead) -> [String] {
        guard !origins.isEmpty, let bytes = head.origin else { return [] }
        var lines = ["Vary: Origin"]
        let origin = String(decoding: bytes, as: UTF8.self)
        guard allowsOrigin(origin) else { return lines }
        lines.append("Access-Control-Allow-Origin: \(origins.contains("*") ? "*" : origin)")
        guard head.method == .options, head.header("access-control-request-method") != nil else { return lines }
        lines.append("Access-Control-Allow-Methods: POST, GET")
        lines.append(
            "Access-Control-Allow-Headers: \(head.header("access-control-request-headers") ?? "Content-Type")")
        lines.append("Access-Control-Max-Age: 600")
        return lines
    }

    /// Whether a page may open a WebSocket: one of an allowed origin or of this very host, and what is no page.
    package func allowsWebSocket(from head: RequestHead) -> Bool {
        guard let bytes = head.origin else { return true }
        let origin = String(decoding: bytes, as: UTF8.self)
        if allowsOrigin(origin) { return true }
        guard origins.isEmpty, let host = head.host else { return false }
        return origin.lowercased().hasSuffix("://" + String(decoding: host, as: UTF8.self).lowercased())
    }

    static let acceptedContentTypes: [StaticString] = [
        "application/json", "application/json-rpc", "application/jsonrequest",
    ]

    /// Whether a body of that type is taken for JSON.
    package static func acceptsContentType(_ header: UnsafeRawBufferPointer?) -> Bool {
        guard let header else { return false }
        var end = header.firstIndex(of: UInt8(ascii: ";")) ?? header.count
        while end > 0, header[end - 1] == 0x20 { end -= 1 }
        return acceptedContentTypes.contains { header.matches(0..<end, $0) }
    }
}

/// What one connection may cost.
public struct ConnectionLimits: Sendable {
    /// Connections of one endpoint at a time.
    public var connections = 4096
    /// Bytes of a request's head.
    public var headBytes = 16 << 10
    /// Bytes of a request's body, after decompression too.
    public var bodyBytes = 5 << 20
    /// Bytes of a WebSocket or IPC message.
    public var messageBytes = 32 << 20
    /// Bytes that may wait for a client that does not read its notifications.
    public var unreadBytes = 16 << 20
    /// Subscriptions of one connection.
    public var subscriptions = 1024
    /// From the start of an HTTP connection to its first byte.
    public var openingTimeout = TimeAmount.seconds(20)
    /// From the first byte of a request to the end of its head.
    public var headTimeout = TimeAmount.seconds(10)
    /// From the end of the head to the end of the body; of a WebSocket or IPC message from its first byte.
    public var bodyTimeout = TimeAmount.seconds(30)
    /// Between requests.
    public var idleTimeout = TimeAmount.seconds(120)
    /// How long the client may take nothing of an answer.
    public var writeTimeout = TimeAmount.seconds(30)
    /// Between pings of a WebSocket that is silent; one that answers none until the next is closed.
    public var pingInterval = TimeAmount.seconds(30)
    /// Answers shorter than this are not compressed.
    public var compressionBytes = 1024

    public init() {}

    /// How often a connection looks at its clock.
    package var tick: TimeAmount {
        let least =
            [openingTimeout, headTimeout, bodyTimeout, idleTimeout, writeTimeout, pingInterval].min() ?? idleTimeout
        return .nanoseconds(min(max(least.nanoseconds / 4, 5_000_000), 1_000_000_000))
    }
}
