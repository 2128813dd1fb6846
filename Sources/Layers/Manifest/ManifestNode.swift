import Cryptography
import Primitives
import Yams

/// A value of a manifest's document with the keys that lead to it, so that what is wrong can be named.
struct ManifestNode {
    let node: Node
    /// With dots between the keys.
    let path: String

    var line: Int? { node.mark?.line }

    func error(_ rule: String) -> ManifestError { ManifestError(path, rule, line: line) }

    /// The members of a mapping, of which only those in `known` may be there.
    func members(_ known: [String]) throws(ManifestError) -> [String: ManifestNode] {
        var members: [String: ManifestNode] = [:]
        for (key, member) in try pairs() {
            guard known.contains(key) else {
                throw member.error("no such key; there are: \(known.joined(separator: ", "))")
            }
            members[key] = member
        }
        return members
    }

    /// The members of a mapping with any keys, in the order of the document.
    func pairs() throws(ManifestError) -> [(key: String, value: ManifestNode)] {
        guard case .mapping(let mapping) = node else { throw error("a mapping of keys to values") }
        var pairs: [(key: String, value: ManifestNode)] = []
        for (key, value) in mapping {
            guard case .scalar(let scalar) = key else { throw error("keys are plain words") }
            let path = path.isEmpty ? scalar.string : "\(path).\(scalar.string)"
            pairs.append((scalar.string, ManifestNode(node: value, path: path)))
        }
        return pairs
    }

    func text() throws(ManifestError) -> String {
        guard case .scalar(let scalar) = node else { throw error("a single value") }
        return scalar.string
    }

    /// One of the values of a choice.
    func choice<Choice: RawRepresentable & CaseIterable>(
        _: Choice.Type
    ) throws(ManifestError) -> Choice where Choice.RawValue == String {
        guard let choice = Choice(rawValue: try text()) else {
            throw error("one of: \(Choice.allCases.map { $0.rawValue }.joined(separator: ", "))")
        }
        return choice
    }

    /// A number in decimal digits, which may have underscores between them.
    func number<Number: FixedWidthInteger>(_: Number.Type = Number.self) throws(ManifestError) -> Number {
        let digits = try text().filter { $0 != "_" }
        guard digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Number(digits) else {
            throw error("a whole number")
        }
        return number
    }

    /// A number below 2^256, decimal or hexadecimal with `0x`.
    func word() throws(ManifestError) -> UInt256 {
        guard let word = Self.word(try text()) else {
            throw error("a whole number below 2^256, decimal or hexadecimal with 0x")
        }
        return word
    }

    static func word(_ text: String) -> UInt256? {
        let isHexadecimal = text.hasPrefix("0x")
        let radix: UInt64 = isHexadecimal ? 16 : 10
        let digits = (isHexadecimal ? text.dropFirst(2) : text[...]).filter { $0 != "_" }
        guard !digits.isEmpty else { return nil }
        var word: UInt256 = 0
        for digit in digits {
            guard let value = digit.hexDigitValue, digit.isASCII, value < Int(radix) else { return nil }
            guard word <= (UInt256.max &- UInt256(UInt64(value))) / UInt256(radix) else { return nil }
            word = word &* UInt256(radix) &+ UInt256(UInt64(value))
        }
        return word
    }

    func address() throws(ManifestError) -> Address {
        let text = try text()
        do throws(Address.TypingError) { return try Address(typed: text) } catch { throw self.error(error.message) }
    }

    func bytes() throws(ManifestError) -> [UInt8] {
        let text = try text()
        guard text.hasPrefix("0x"), let bytes = try? Hex.decode(text) else {
            throw error("bytes as 0x and an even number of hex digits")
        }
        return bytes
    }

    func duration() throws(ManifestError) -> UInt64 {
        guard let seconds = LifetimeText.duration(try text()) else {
            throw error("a duration such as 90s, 30m, 2h or 7d")
        }
        return seconds
    }

    func time() throws(ManifestError) -> UInt64 {
        guard let seconds = LifetimeText.time(try text()) else {
            throw error("a time such as 2027-01-31T12:00:00Z")
        }
        return seconds
    }
}
