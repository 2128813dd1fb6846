import Testing

@testable import Spans

@Suite struct TraceContextTests {
    /// The example of W3C Trace Context, section 3.2.
    private static let example = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

    @Test func headerComesBack() throws {
        let context = try #require(TraceContext(traceparent: Self.example, tracestate: "congo=t61rcWkgMzE"))
        #expect(context.isSampled)
        #expect(context.traceID == "4bf92f3577b34da6a3ce929d0e0e4736")
        #expect(context.spanID == 0x00f0_67aa_0ba9_02b7)
        #expect(context.traceparent == Self.example)
        #expect(context.state == "congo=t61rcWkgMzE")
        let next = context.next()
        #expect(next.traceID == context.traceID && next.spanID != context.spanID && next.state == context.state)
    }

    @Test func onlyTheLastFlagSaysSampled() {
        for (flags, isSampled) in [("00", false), ("02", false), ("03", true), ("ff", true)] {
            #expect(TraceContext(traceparent: Self.example.dropLast(2) + flags)?.isSampled == isSampled)
        }
    }

    @Test func laterVersionsMayHaveMore() {
        let body = String(Self.example.dropFirst(2))
        #expect(TraceContext(traceparent: "01" + body) != nil)
        #expect(TraceContext(traceparent: "cc" + body + "-what-the-future-will-be-like") != nil)
        #expect(TraceContext(traceparent: "cc" + body + ".what-the-future-will-be-like") == nil)
        #expect(TraceContext(traceparent: "00" + body + "-more") == nil)
        #expect(TraceContext(traceparent: "ff" + body) == nil)
    }

    @Test(arguments: [
        "", "00", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e473g-00f067aa0ba902b7-01",
        "0 -4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00_4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0x",
        "00-4bf92f3577b34da6a3ce929d0e0e473é-00f067aa0ba902b7-01",
    ])
    func malformedHeadersAreNone(_ text: String) {
        #expect(TraceContext(traceparent: text) == nil)
    }

    @Test func otherStatesAreLeftOut() {
        for state in [String(repeating: "a", count: 513), "a=b\r\nX-Other: 1", "a=ü"] {
            #expect(TraceContext(traceparent: Self.example, tracestate: state)?.state == "")
        }
    }
}
