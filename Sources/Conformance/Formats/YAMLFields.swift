import Primitives

/// Reading the values of YAML fixtures.
extension YAMLValue {
    /// The member called `key`.
    func required(_ key: String) throws(FixtureError) -> YAMLValue {
        guard let value = self[key] else { throw FixtureError(place: "", problem: "\"\(key)\" is missing") }
        return value
    }

    /// The bytes that a scalar of hexadecimal digits spells.
    func bytes() throws(FixtureError) -> [UInt8] {
        guard let text, let bytes = HexText.bytes(UnsafeRawBufferPointer(rebasing: text)) else {
            throw FixtureError(place: "", problem: "expected an even number of hexadecimal digits, found \(excerpt)")
        }
        return bytes
    }

    /// An integer of at most 64 bits.
    func integer64() throws(FixtureError) -> UInt64 {
        guard let text, case .inRange(let value) = IntegerText(UnsafeRawBufferPointer(rebasing: text)),
            let integer = value.asUInt64
        else { throw FixtureError(place: "", problem: "expected an integer of at most 64 bits, found \(excerpt)") }
        return integer
    }

    /// The items of a sequence.
    func items() throws(FixtureError) -> [YAMLValue] {
        guard case .sequence(let items) = self else {
            throw FixtureError(place: "", problem: "expected a sequence, found \(excerpt)")
        }
        return items
    }

    /// The bytes of every item of a sequence.
    func listOfBytes() throws(FixtureError) -> [[UInt8]] {
        var list: [[UInt8]] = []
        for item in try items() { list.append(try item.bytes()) }
        return list
    }

    private var excerpt: String {
        switch self {
        case .sequence: "a sequence"
        case .mapping: "a mapping"
        case .plain(let text), .quoted(let text):
            text.count <= 80
                ? "\"\(String(decoding: text, as: UTF8.self))\""
                : "\"\(String(decoding: text.prefix(40), as: UTF8.self))...\" of \(text.count) characters"
        }
    }
}
