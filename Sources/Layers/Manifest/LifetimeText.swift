import Foundation

/// Times as people write them.
public enum LifetimeText {
    /// Seconds, of a number with `s`, `m`, `h` or `d` behind it; nil where it is none, or too long for 64 bits.
    public static func duration(_ text: String) -> UInt64? {
        let units: [Character: UInt64] = ["s": 1, "m": 60, "h": 3_600, "d": 86_400]
        guard let last = text.last, let unit = units[last], let count = UInt64(text.dropLast()) else { return nil }
        let (seconds, overflow) = count.multipliedReportingOverflow(by: unit)
        return overflow ? nil : seconds
    }

    /// Seconds since the Unix epoch, of a time as ISO 8601 has it or of such a number; nil where it is neither.
    public static func time(_ text: String) -> UInt64? {
        if let seconds = UInt64(text) { return seconds }
        let formatter = ISO8601DateFormatter()
        guard let date = formatter.date(from: text), date.timeIntervalSince1970 > 0 else { return nil }
        return UInt64(date.timeIntervalSince1970)
    }

    /// A time as ISO 8601 has it.
    public static func text(_ seconds: UInt64) -> String {
        ISO8601DateFormatter().string(from: Date(timeIntervalSince1970: TimeInterval(seconds)))
    }
}
