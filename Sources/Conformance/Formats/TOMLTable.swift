/// The strings and integers of a TOML text as flat keys (`genesis.l2.hash`): enough of TOML for chain configurations,
/// which hold tables, strings, integers, truth values and comments. Values of other forms are passed over.
public struct TOMLTable {
    private var values: [String: String] = [:]

    /// - Throws: `FixtureError` with the number of a line that is no table header, no assignment and not empty.
    public init(_ text: String) throws(FixtureError) {
        var table = ""
        var isInsideArray = false
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let content = Self.withoutComment(line)
            if isInsideArray {
                isInsideArray = !content.contains("]")
                continue
            }
            if content.isEmpty { continue }
            if content.hasPrefix("[") {
                guard content.hasSuffix("]") else {
                    throw FixtureError(place: "line \(index + 1)", problem: "a table header without ]")
                }
                table = content.trimming { $0 == "[" || $0 == "]" || $0 == " " } + "."
                continue
            }
            guard let sign = content.firstIndex(of: "=") else {
                throw FixtureError(place: "line \(index + 1)", problem: "expected key = value")
            }
            let key = content[..<sign].trimming { $0 == " " || $0 == "\t" || $0 == "\"" }
            let value = content[content.index(after: sign)...].trimming { $0 == " " || $0 == "\t" }
            isInsideArray = value.hasPrefix("[") && !value.contains("]")
            values[table + key] = value.trimming { $0 == "\"" || $0 == "'" }
        }
    }

    /// The value at a dotted key, without quotation marks.
    public subscript(key: String) -> String? { values[key] }

    private static func withoutComment(_ line: Substring) -> String {
        var quotation: Character?
        for index in line.indices {
            let character = line[index]
            if let open = quotation {
                if character == open { quotation = nil }
            } else if character == "\"" || character == "'" {
                quotation = character
            } else if character == "#" {
                return line[..<index].trimming(\.isWhitespace)
            }
        }
        return line.trimming(\.isWhitespace)
    }
}

extension Substring {
    /// The text without the characters at both ends for which `isPadding` holds.
    fileprivate func trimming(_ isPadding: (Character) -> Bool) -> String {
        guard let first = firstIndex(where: { !isPadding($0) }), let last = lastIndex(where: { !isPadding($0) }) else {
            return ""
        }
        return String(self[first...last])
    }
}

extension String {
    fileprivate func trimming(_ isPadding: (Character) -> Bool) -> String { self[...].trimming(isPadding) }
}
