import JSONRPC
import Lifecycles
import NIOCore
import Spans

/// What is recorded of one client's request: how it was answered, and what it waited for. There is none where tracing is off.
///
/// The path may hold an API key, and is never told. Confined to a loop.
final class FrontTrace: @unchecked Sendable {
    /// Nil where the request is not recorded, which the node is told all the same.
    private let span: Span?
    private let context: TraceContext
    private var wait: Span?

    /// - Parameter rollup: its name.
    init?(_ head: RequestHead, rollup: String) {
        guard let tracer = ProcessTracing.tracer else { return nil }
        (span, context) = tracer.accept(
            "POST /{rollup}", .server, head.header("traceparent"), head.header("tracestate"))
        span?.set("http.request.method", "POST")
        span?.set("http.route", "/{rollup}")
        span?.set("mayfly.rollup", rollup)
    }

    /// The node is to be asked, which may have to be started first.
    func asks(_ place: RollupPlace) {
        span?.set("mayfly.cache.hit", false)
        guard place.outside == nil else { return }
        if case .awake = place.place { return }
        wait = span?.child("wake")
    }

    /// The node takes the request.
    func admitted() {
        guard let wait else { return }
        span?.set("mayfly.woke", true)
        wait.end()
        self.wait = nil
    }

    /// Another's answer, or one from before, is this one's.
    func hit() {
        span?.set("mayfly.cache.hit", true)
        span?.set("http.response.status_code", 200)
    }

    /// An answer begins, with its status line.
    func answered(_ head: ByteBuffer) {
        guard let span, let text = head.getSlice(at: head.readerIndex + 9, length: 3),
            let status = Int(String(buffer: text))
        else { return }
        span.set("http.response.status_code", status)
        if status >= 500 { span.fail("\(status)") }
    }

    func end() { span?.end() }

    /// Header lines by which the node goes on with the trace.
    func write(to buffer: inout ByteBuffer) {
        buffer.writeString("traceparent: \(context.traceparent)\r\n")
        if !context.state.isEmpty { buffer.writeString("tracestate: \(context.state)\r\n") }
    }
}
