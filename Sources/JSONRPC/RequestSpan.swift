package import NIOCore
package import Spans

/// Requests as spans, by the semantic conventions for JSON-RPC.
extension Span {
    /// The span of a request over HTTP; nil where nothing is recorded.
    static func ofRequest(_ head: RequestHead) -> Span? {
        guard let tracer = ProcessTracing.tracer else { return nil }
        let (span, _) = tracer.accept(
            "jsonrpc", .server, head.header("traceparent"), head.header("tracestate"))
        span?.set("rpc.system", "jsonrpc")
        span?.set("http.request.method", "POST")
        return span
    }

    /// Names the span after its method: one that is served, as others may be called anything.
    func describe(_ method: Methods.Method?, isWhole: Bool = true) {
        let name = method.map { String(decoding: $0.name, as: UTF8.self) } ?? "_OTHER"
        if isWhole { rename(name) }
        set("rpc.method", name)
    }

    /// What came of it; zero for a result.
    func note(errorCode: Int) {
        guard errorCode != 0 else { return }
        set("rpc.jsonrpc.error_code", errorCode)
        fail("\(errorCode)")
    }

    /// Ends it with the status of an answer over HTTP.
    package func end(with response: ByteBuffer) {
        let status = response.getSlice(at: response.readerIndex + 9, length: 3).flatMap { Int(String(buffer: $0)) }
        if let status {
            set("http.response.status_code", status)
            if status >= 500 { fail("\(status)") }
        }
        end()
    }
}
