package import NIOCore
import JSONRPC
package import Spans

/// Spans in the JSON encoding of the OpenTelemetry protocol (OTLP 1.x, `ExportTraceServiceRequest`): identities in
/// hexadecimal, 64-bit numbers as decimal text.
package enum OTLPText {
    /// - Parameters:
    ///   - resource: attributes of the process.
    ///   - version: of the program.
    package static func request(
        _ spans: [Span.Record], resource: [(key: String, value: String)], version: String
    ) -> ByteBuffer {
        var json = JSONWriter()
        json.beginObject()
        json.key("resourceSpans")
        json.beginArray()
        json.beginObject()
        json.key("resource")
        json.beginObject()
        attributes(resource.map { ($0.key, .text($0.value)) }, to: &json)
        json.endObject()
        json.key("scopeSpans")
        json.beginArray()
        json.beginObject()
        json.key("scope")
        json.beginObject()
        json.key("name")
        json.string("mayfly")
        json.key("version")
        json.string(version)
        json.endObject()
        json.key("spans")
        json.beginArray()
        for span in spans { write(span, to: &json) }
        json.endArray()
        json.endObject()
        json.endArray()
        json.endObject()
        json.endArray()
        json.endObject()
        return json.buffer
    }

    private static func write(_ span: Span.Record, to json: inout JSONWriter) {
        json.beginObject()
        json.key("traceId")
        json.string(span.context.traceID)
        json.key("spanId")
        json.string(TraceContext.hex(span.context.spanID))
        if span.parentID != 0 {
            json.key("parentSpanId")
            json.string(TraceContext.hex(span.parentID))
        }
        if !span.context.state.isEmpty {
            json.key("traceState")
            json.string(span.context.state)
        }
        json.key("name")
        json.string(span.name)
        json.key("kind")
        json.number(Int64(span.kind.rawValue))
        json.key("startTimeUnixNano")
        json.string("\(span.start)")
        json.key("endTimeUnixNano")
        json.string("\(span.end)")
        attributes(span.attributes, to: &json)
        if !span.events.isEmpty {
            json.key("events")
            json.beginArray()
            for event in span.events {
                json.beginObject()
                json.key("timeUnixNano")
                json.string("\(event.time)")
                json.key("name")
                json.string(event.name)
                json.endObject()
            }
            json.endArray()
        }
        json.key("status")
        json.beginObject()
        if let failure = span.failure {
            json.key("code")
            json.number(Int64(2))
            json.key("message")
            json.string(failure)
        }
        json.endObject()
        json.endObject()
    }

    private static func attributes(_ list: [(key: String, value: Span.Value)], to json: inout JSONWriter) {
        json.key("attributes")
        json.beginArray()
        for (key, value) in list {
            json.beginObject()
            json.key("key")
            json.string(key)
            json.key("value")
            json.beginObject()
            switch value {
            case .text(let text):
                json.key("stringValue")
                json.string(text)
            case .number(let number):
                json.key("intValue")
                json.string("\(number)")
            case .flag(let flag):
                json.key("boolValue")
                json.boolean(flag)
            }
            json.endObject()
            json.endObject()
        }
        json.endArray()
    }
}
