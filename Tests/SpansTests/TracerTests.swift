import Testing

@testable import Spans

@Suite struct TracerTests {
    private static let sampled = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

    @Test func aParentDecides() throws {
        let never = Tracer(ratio: 0)
        let (span, context) = never.accept("a", .server, Self.sampled, nil)
        let found = try #require(span)
        #expect(found.context == context && context.traceID == "4bf92f3577b34da6a3ce929d0e0e4736")
        found.end()
        let record = try #require(never.take(upTo: 9).first)
        #expect(record.parentID == 0x00f0_67aa_0ba9_02b7 && record.context.spanID == context.spanID)

        let always = Tracer(ratio: 1)
        let unsampled = Self.sampled.dropLast() + "0"
        let (none, passedOn) = always.accept("a", .server, String(unsampled), nil)
        #expect(none == nil && passedOn.traceparent == String(unsampled))
    }

    @Test func whatBeginsHereIsSampledByRatio() {
        #expect(Tracer(ratio: 0).begin("a", .internal) == nil)
        #expect(Tracer(ratio: 0).accept("a", .server, nil, nil).context.isSampled == false)
        #expect(Tracer(ratio: 0).accept("a", .server, "nonsense", nil).span == nil)
        #expect(Tracer(ratio: 1).begin("a", .internal) != nil)
        let some = Tracer(ratio: 0.25)
        let count = (0..<8_000).count { _ in some.begin("a", .internal) != nil }
        // Nine standard deviations either side.
        #expect((1_650...2_350).contains(count))
    }

    @Test func spansEndOnceAndWithTheirLastReference() throws {
        let tracer = Tracer()
        var span = tracer.begin("first", .internal)
        span?.set("number", 7)
        span?.set("number", 8)
        span?.fail("broken")
        span?.end()
        span?.set("number", 9)
        span?.end()
        span = nil
        _ = tracer.begin("forgotten", .client)
        let records = tracer.take(upTo: 9)
        #expect(records.map { $0.name } == ["first", "forgotten"])
        let first = try #require(records.first)
        #expect(first.attributes.first { $0.key == "number" }?.value == .number(8))
        #expect(first.failure == "broken" && first.end >= first.start && first.start > 1_700_000_000_000_000_000)
    }

    @Test func queueAndSpansAreBounded() throws {
        let tracer = Tracer(capacity: 3)
        for _ in 0..<10 { tracer.begin(String(repeating: "n", count: 1_000), .internal)?.end() }
        #expect(tracer.droppedCount == 7)
        let kept = tracer.take(upTo: 2)
        #expect(kept.count == 2 && kept.allSatisfy { $0.name.utf8.count == Span.textLimit })
        #expect(tracer.take(upTo: 9).count == 1 && tracer.take(upTo: 9).isEmpty)
        let span = try #require(tracer.begin("a", .internal))
        for _ in 0..<1_000 { span.note("again") }
        span.set("long", String(repeating: "é", count: 1_000))
        span.end()
        let record = try #require(tracer.take(upTo: 1).first)
        #expect(record.events.count == Span.eventLimit)
        guard case .text(let text) = record.attributes[0].value else { throw Missing() }
        #expect(text.utf8.count <= Span.textLimit + 3)
    }

    @Test func workInASpanHasParts() async throws {
        let tracer = Tracer()
        let span = try #require(tracer.begin("whole", .internal))
        #expect(Span.current == nil)
        let part = await Span.within(span) { Span.current?.child("part", .client) }
        #expect(part?.context.traceID == span.context.traceID)
        part?.end()
        #expect(tracer.take(upTo: 1).first?.parentID == span.context.spanID)
        await #expect(throws: Missing.self) {
            try await Span.within(span) { () async throws(Missing) in throw Missing() }
        }
    }

    private struct Missing: Error {}
}
