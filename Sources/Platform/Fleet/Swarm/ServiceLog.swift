import Foundation

/// What a service's tasks have said, as the engine sends it: frames of eight bytes of head, the last four of which are the length of
/// what follows, and each line with its time before it.
enum ServiceLog {
    struct Line: Equatable {
        /// Nanoseconds since the Unix epoch.
        var time: UInt64
        var text: String
    }

    /// The lines in the order of their times. What is cut off at the end is left out.
    static func lines(_ data: Data) -> [Line] {
        let bytes = [UInt8](data)
        var (lines, index): ([Line], Int) = ([], 0)
        while index + 8 <= bytes.count {
            let length = bytes[index + 4..<index + 8].reduce(0) { $0 << 8 | Int($1) }
            guard length <= bytes.count - index - 8 else { break }
            let text = String(decoding: bytes[index + 8..<index + 8 + length], as: UTF8.self)
            index += 8 + length
            guard let space = text.firstIndex(of: " "), let time = time(text[..<space]) else { continue }
            lines.append(Line(time: time, text: String(text[text.index(after: space)...])))
        }
        return lines.enumerated().sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }.map(\.element)
    }

    /// Nanoseconds since the Unix epoch of a time as RFC 3339 has it, in UTC.
    static func time(_ text: Substring) -> UInt64? {
        let parts = text.split(separator: ".", maxSplits: 1)
        guard let first = parts.first, text.hasSuffix("Z") else { return nil }
        let whole = first.hasSuffix("Z") ? String(first) : "\(first)Z"
        guard let date = try? Date(whole, strategy: .iso8601), date.timeIntervalSince1970 >= 0 else { return nil }
        let digits = parts.count > 1 ? parts[1].dropLast() : ""
        guard digits.count <= 9, digits.allSatisfy(\.isNumber) else { return nil }
        let fraction = UInt64(digits + String(repeating: "0", count: 9 - digits.count)) ?? 0
        return UInt64(date.timeIntervalSince1970) * 1_000_000_000 + fraction
    }

    /// A time as the engine's `since` has it.
    static func since(_ time: UInt64) -> String {
        let fraction = "\(time % 1_000_000_000)"
        return "\(time / 1_000_000_000)." + String(repeating: "0", count: 9 - fraction.count) + fraction
    }
}
