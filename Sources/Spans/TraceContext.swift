import Synchronization

/// Where a span stands, as it goes from process to process: W3C Trace Context.
public struct TraceContext: Sendable, Equatable {
    /// Of all spans of one request, 16 bytes that are not all zero.
    public let traceHigh: UInt64
    public let traceLow: UInt64
    /// Of one span, not zero.
    public let spanID: UInt64
    /// Whether the span is recorded.
    public let isSampled: Bool
    /// What others know of the trace, passed on as it came; empty for nothing.
    public let state: String

    /// The most characters of a `tracestate` that are passed on: what everyone must take (W3C Trace Context, 3.3.1.5).
    static let stateLimit = 512

    init(traceHigh: UInt64, traceLow: UInt64, spanID: UInt64, isSampled: Bool, state: String = "") {
        (self.traceHigh, self.traceLow, self.spanID) = (traceHigh, traceLow, spanID)
        (self.isSampled, self.state) = (isSampled, state)
    }

    /// Reads the header `traceparent` (W3C Trace Context, 3.2); nil where that is malformed, of which the specification says
    /// that a new trace begins.
    public init?(traceparent text: String, tracestate: String? = nil) {
        let bytes = Array(text.utf8)
        guard bytes.count >= 55, bytes[2] == Self.dash, bytes[35] == Self.dash, bytes[52] == Self.dash,
            let version = Self.number(bytes[0..<2]), version != 0xFF,
            // What later versions add follows after another dash.
            bytes.count == 55 || (version > 0 && bytes[55] == Self.dash),
            let high = Self.number(bytes[3..<19]), let low = Self.number(bytes[19..<35]), high | low != 0,
            let span = Self.number(bytes[36..<52]), span != 0, let flags = Self.number(bytes[53..<55])
        else { return nil }
        (traceHigh, traceLow, spanID, isSampled) = (high, low, span, flags & 1 == 1)
        if let tracestate, tracestate.utf8.count <= Self.stateLimit,
            tracestate.utf8.allSatisfy({ 0x20...0x7E ~= $0 })
        {
            state = tracestate
        } else {
            state = ""
        }
    }

    /// The beginning of a trace.
    static func root(isSampled: (_ traceLow: UInt64) -> Bool) -> TraceContext {
        let low = newNumber()
        return TraceContext(
            traceHigh: newNumber(), traceLow: low, spanID: newNumber(), isSampled: isSampled(low))
    }

    /// Another span of the trace.
    func next() -> TraceContext {
        TraceContext(
            traceHigh: traceHigh, traceLow: traceLow, spanID: Self.newNumber(), isSampled: isSampled, state: state)
    }

    /// The header `traceparent`.
    public var traceparent: String { "00-\(traceID)-\(Self.hex(spanID))-\(isSampled ? "01" : "00")" }

    /// 32 hexadecimal digits.
    public var traceID: String { Self.hex(traceHigh) + Self.hex(traceLow) }

    /// 16 hexadecimal digits.
    public static func hex(_ number: UInt64) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 16 - digits.utf8.count) + digits
    }

    private static let dash = UInt8(ascii: "-")

    private static let counter = Atomic<UInt64>(.random(in: 0 ... .max))

    /// Never zero, and not the same again: identities have to be told apart, and nothing depends on their being secret.
    private static func newNumber() -> UInt64 {
        // SplitMix64 (Steele, Lea, Flood 2014), a bijection of its counter: random bytes of the system take longer.
        var word = counter.wrappingAdd(0x9E37_79B9_7F4A_7C15, ordering: .relaxed).newValue
        word = (word ^ word >> 30) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
        word ^= word >> 31
        return word == 0 ? newNumber() : word
    }

    /// Lower-case hexadecimal digits and nothing else.
    private static func number(_ digits: ArraySlice<UInt8>) -> UInt64? {
        var number: UInt64 = 0
        for digit in digits {
            switch digit {
            case 0x30...0x39: number = number << 4 | UInt64(digit - 0x30)
            case 0x61...0x66: number = number << 4 | UInt64(digit - 0x61 + 10)
            default: return nil
            }
        }
        return number
    }
}
