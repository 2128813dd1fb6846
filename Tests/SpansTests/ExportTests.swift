import EthereumClient
import Foundation
import JSONRPC
import NIOCore
import Synchronization
import Testing

@testable import SpanExport
@testable import Spans

@Suite struct ExportTests {
    @Test func spansAreOTLP() throws {
        let tracer = Tracer()
        let (span, _) = tracer.accept(
            "eth_call", .server, "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "a=b")
        let found = try #require(span)
        found.set("rpc.method", "eth_\"call\"\n")
        found.set("count", Int64.max)
        found.set("is", true)
        found.note("step")
        found.fail("-32000")
        found.end()
        let record = try #require(tracer.take(upTo: 1).first)
        let body = OTLPText.request([record], resource: [("service.name", "mayfly-test")], version: "1")
        let json = try #require(
            try JSONSerialization.jsonObject(with: Data(body.readableBytesView)) as? [String: Any])
        let whole = try #require((json["resourceSpans"] as? [[String: Any]])?.first)
        let resource = try #require((whole["resource"] as? [String: Any])?["attributes"] as? [[String: Any]])
        #expect(resource[0]["key"] as? String == "service.name")
        let scope = try #require((whole["scopeSpans"] as? [[String: Any]])?.first)
        let text = try #require((scope["spans"] as? [[String: Any]])?.first)
        #expect(text["traceId"] as? String == "4bf92f3577b34da6a3ce929d0e0e4736")
        #expect(text["parentSpanId"] as? String == "00f067aa0ba902b7")
        #expect(text["spanId"] as? String == TraceContext.hex(record.context.spanID))
        #expect(text["traceState"] as? String == "a=b")
        #expect(text["kind"] as? Int == 2)
        #expect(text["startTimeUnixNano"] as? String == "\(record.start)")
        #expect(text["endTimeUnixNano"] as? String == "\(record.end)")
        #expect((text["status"] as? [String: Any])?["code"] as? Int == 2)
        #expect((text["events"] as? [[String: Any]])?.first?["name"] as? String == "step")
        let values = (text["attributes"] as? [[String: Any]] ?? []).compactMap { $0["value"] as? [String: Any] }
        #expect(values[0]["stringValue"] as? String == "eth_\"call\"\n")
        #expect(values[1]["intValue"] as? String == "9223372036854775807")
        #expect(values[2]["boolValue"] as? Bool == true)
    }

    @Test(.timeLimit(.minutes(1)))
    func aDeadCollectorCostsNothingButSpans() async throws {
        // Nothing listens on port 9 of this machine.
        let tracer = Tracer(capacity: 20)
        let told = Mutex<[String?]>([])
        let exporter = SpanExporter(tracer, .init(try Endpoint("http://user:secret@127.0.0.1:9/key"))) { text in
            told.withLock { $0.append(text) }
        }
        for _ in 0..<50 { tracer.begin("a", .internal)?.end() }
        while told.withLock({ $0.isEmpty }) { try await Task.sleep(for: .milliseconds(50)) }
        #expect(tracer.droppedCount == 50)
        for _ in 0..<10 { tracer.begin("a", .internal)?.end() }
        let start = ContinuousClock.now
        await exporter.end(within: .seconds(1))
        #expect(ContinuousClock.now - start < .seconds(5))
        let words = told.withLock { $0 }
        #expect(words.count == 1 && words.allSatisfy { !($0 ?? "").contains("secret") })
    }
}
