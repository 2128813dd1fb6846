import Foundation

/// What a form has posted (WHATWG URL, application/x-www-form-urlencoded).
struct FormBody {
    private var values: [String: String] = [:]

    /// - Returns: nil where the bytes are no such form.
    init?(_ bytes: [UInt8]) {
        guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
        for pair in text.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = Self.plain(parts[0]), let value = Self.plain(parts.count == 2 ? parts[1] : "") else {
                return nil
            }
            values[name] = value
        }
    }

    private static func plain(_ text: Substring) -> String? {
        // Databases have no texts with a zero byte, so that nothing is called so.
        text.replacing("+", with: " ").removingPercentEncoding?.replacing("\0", with: "\u{FFFD}")
    }

    subscript(name: String) -> String? { values[name] }
}
