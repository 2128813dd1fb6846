import Spans

/// A request to a node as a span, by the semantic conventions for JSON-RPC. Parameters, paths and what an endpoint says of an
/// error may hold secrets or anything: they are not told.
extension Span {
    func request(_ method: String, to endpoint: Endpoint) -> Span {
        let span = child(method, .client)
        span.set("rpc.system", "jsonrpc")
        span.set("rpc.method", method)
        span.set("rpc.jsonrpc.version", "2.0")
        let (host, port) = endpoint.hostAndPort
        span.set("server.address", host)
        span.set("server.port", port)
        return span
    }

    /// What a request says of its trace: nothing of what others have put into it, as the node may be a stranger's.
    var headers: [(name: String, value: String)] { [("traceparent", context.traceparent)] }

    func note(_ outcome: HTTPTransport.Outcome) {
        switch outcome {
        case .answered, .absent: return
        case .later: fail("unavailable")
        case .failed: fail("unreachable")
        }
        end()
    }

    func note(_ error: EthereumClientError) {
        if case .refused(let code, _, _) = error {
            set("rpc.jsonrpc.error_code", code)
            fail("\(code)")
        } else {
            fail("malformed")
        }
    }
}

extension Endpoint {
    /// Of the node, with the scheme's port where the URL has none.
    var hostAndPort: (host: String, port: Int) {
        let isSecure = name.lowercased().hasPrefix("https")
        let authority = name.drop { $0 != "/" }.dropFirst(2)
        let digits = authority.reversed().prefix { $0.isASCII && $0.isNumber }
        let before = authority.dropLast(digits.count)
        guard before.hasSuffix(":"), !digits.isEmpty, let port = Int(String(digits.reversed())) else {
            return (String(authority), isSecure ? 443 : 80)
        }
        return (String(before.dropLast()), port)
    }
}
