/// The query of a request: `name=value` pairs, a list as repeated names or with commas.
struct BeaconQuery {
    private let pairs: [(name: Substring, value: Substring)]

    init(_ text: String) {
        pairs = text.split(separator: "&").compactMap { pair in
            guard let sign = pair.firstIndex(of: "=") else { return nil }
            return (pair[..<sign], pair[pair.index(after: sign)...])
        }
    }

    func first(_ name: String) -> String? { pairs.first { $0.name == name }.map { String($0.value) } }

    func all(_ name: String) -> [String] {
        pairs.filter { $0.name == name }.flatMap { pair in
            // A comma may come percent-encoded.
            String(pair.value).split(separator: ",").flatMap { Self.splitEncoded($0) }
        }
    }

    private static func splitEncoded(_ text: Substring) -> [String] {
        var parts: [String] = [""]
        var rest = text
        while let first = rest.first {
            if rest.hasPrefix("%2C") || rest.hasPrefix("%2c") {
                parts.append("")
                rest = rest.dropFirst(3)
            } else {
                parts[parts.count - 1].append(first)
                rest = rest.dropFirst()
            }
        }
        return parts.filter { !$0.isEmpty }
    }
}
