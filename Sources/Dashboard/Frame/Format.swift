package import Primitives

/// Numbers, amounts and times as people read them.
package enum Format {
    /// With a comma between thousands.
    package static func number(_ value: UInt64) -> String { grouped(String(value)) }

    /// With a comma between thousands.
    package static func number(_ value: Int) -> String {
        value < 0 ? "-" + grouped(String(value.magnitude)) : grouped(String(value))
    }

    /// `1 transaction`, `2 transactions`.
    package static func count(_ value: Int, _ noun: String) -> String {
        number(value) + " " + noun + (value == 1 ? "" : "s")
    }

    /// Three significant digits or so: `0`, `0.42`, `7.3`, `1,234`.
    package static func figure(_ value: Double) -> String {
        guard value.isFinite else { return "?" }
        if value < 0 { return "-" + figure(-value) }
        if value >= 1e15 { return "over 1,000,000,000,000,000" }
        if value >= 100 || value == value.rounded() { return number(UInt64(value.rounded())) }
        let places = value >= 10 ? 1 : 2
        let scale = places == 1 ? 10.0 : 100.0
        let scaled = UInt64((value * scale).rounded())
        if scaled == 0 { return "under 0.01" }
        return decimal(UInt256(scaled), decimals: places, places: places)
    }

    /// An amount of a token's smallest unit, in whole tokens, rounded down to so many places.
    package static func decimal(_ amount: UInt256, decimals: Int, places: Int = 6) -> String {
        guard amount != .zero else { return "0" }
        var digits = Array(plain(amount))
        if digits.count <= decimals {
            digits.insert(contentsOf: repeatElement("0", count: decimals + 1 - digits.count), at: 0)
        }
        let whole = String(digits.prefix(digits.count - decimals))
        var fraction = digits.suffix(decimals).prefix(places)
        while fraction.last == "0" { fraction.removeLast() }
        if fraction.isEmpty {
            if whole == "0" { return "under 0." + String(repeating: "0", count: max(places - 1, 0)) + "1" }
            return grouped(whole)
        }
        return grouped(whole) + "." + String(fraction)
    }

    /// Wei as ether; less than a millionth of one as gwei, and less than a thousandth of that as wei.
    package static func ether(_ wei: UInt256) -> String {
        if wei == .zero || wei >= 1_000_000_000_000 { return decimal(wei, decimals: 18) + " ETH" }
        return wei >= 1_000_000 ? gwei(wei) : number(wei.limb0) + " wei"
    }

    /// Wei as what gas prices are told in.
    package static func gwei(_ wei: UInt256) -> String { decimal(wei, decimals: 9, places: 9) + " gwei" }

    /// All digits, without separators.
    package static func plain(_ value: UInt256) -> String {
        var rest = value
        var digits: [Character] = []
        let chunk = UInt256(1_000_000_000_000_000_000 as UInt64)
        while rest != .zero {
            let (quotient, remainder) = rest.quotientAndRemainder(dividingBy: chunk)
            let part = String(remainder.limb0)
            rest = quotient
            digits.insert(contentsOf: part, at: 0)
            if rest != .zero { digits.insert(contentsOf: repeatElement("0", count: 18 - part.count), at: 0) }
        }
        return digits.isEmpty ? "0" : String(digits)
    }

    /// The two greatest units: `3 d 4 h`, `2 h`, `45 s`.
    package static func duration(_ seconds: UInt64) -> String {
        let units: [(UInt64, String)] = [(31_536_000, "y"), (86_400, "d"), (3_600, "h"), (60, "min"), (1, "s")]
        guard let first = units.firstIndex(where: { seconds >= $0.0 }) else { return "0 s" }
        let (size, name) = units[first]
        var text = "\(seconds / size) \(name)"
        if first + 1 < units.count {
            let (next, nextName) = units[first + 1]
            let rest = seconds % size / next
            if rest > 0 { text += " \(rest) \(nextName)" }
        }
        return text
    }

    /// How long ago a moment is, or how far ahead.
    package static func age(of time: UInt64, at now: UInt64) -> String {
        if time > now { return "in " + coarse(time - now) }
        return now == time ? "now" : coarse(now - time) + " ago"
    }

    private static func coarse(_ seconds: UInt64) -> String {
        for (size, name) in [(86_400, "d"), (3_600, "h"), (60, "min")] as [(UInt64, String)] where seconds >= 2 * size {
            return "\(seconds / size) \(name)"
        }
        return "\(seconds) s"
    }

    /// `2026-11-22T10:04:05Z`, or with other separators (Gregorian calendar, UTC).
    package static func timestamp(_ time: UInt64, separator: String = "T", zone: String = "Z") -> String {
        // Days into eras of 400 years that begin in March (Hinnant, chrono-compatible low-level date algorithms).
        let days = min(time / 86_400, 2_932_896) + 719_468
        let (era, day) = days.quotientAndRemainder(dividingBy: 146_097)
        let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365
        let dayOfYear = day - (365 * year + year / 4 - year / 100)
        let month = (5 * dayOfYear + 2) / 153
        let date = dayOfYear - (153 * month + 2) / 5 + 1
        let calendarMonth = month < 10 ? month + 3 : month - 9
        let calendarYear = year + era * 400 + (calendarMonth <= 2 ? 1 : 0)
        let clock = [time / 3_600 % 24, time / 60 % 60, time % 60].map(twoDigits).joined(separator: ":")
        return "\(fourDigits(calendarYear))-\(twoDigits(calendarMonth))-\(twoDigits(date))\(separator)\(clock)\(zone)"
    }

    /// The start and the end of what is too long to read.
    package static func shortHash(_ text: String) -> String {
        text.unicodeScalars.count <= 18 ? text : String(text.prefix(8)) + "…" + String(text.suffix(6))
    }

    package static func bytes(_ count: UInt64) -> String {
        switch count {
        case 0..<2_048: "\(number(count)) bytes"
        case 0..<2_097_152: figure(Double(count) / 1_024) + " KiB"
        default: figure(Double(count) / 1_048_576) + " MiB"
        }
    }

    private static func grouped(_ digits: String) -> String {
        var text = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.utf8.count - index) % 3 == 0 { text.append(",") }
            text.append(digit)
        }
        return text
    }

    private static func twoDigits(_ value: UInt64) -> String { value < 10 ? "0\(value)" : "\(value)" }
    private static func fourDigits(_ value: UInt64) -> String {
        String(repeating: "0", count: max(0, 4 - String(value).utf8.count)) + String(value)
    }
}

extension Fields {
    /// A moment, for the template `time`.
    static func time(_ time: UInt64, in frame: Frame) -> Fields {
        [
            "iso": Format.timestamp(time), "full": Format.timestamp(time, separator: " ", zone: " UTC"),
            "age": Format.age(of: time, at: frame.now),
        ]
    }

    /// A hash or address that leads somewhere, for the template `hash`.
    static func hash(_ text: String, path: String? = nil) -> Fields {
        ["full": text, "short": Format.shortHash(text), "path": path]
    }
}
