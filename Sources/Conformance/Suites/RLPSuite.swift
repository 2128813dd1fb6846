import Primitives

/// RLPTests of ethereum/tests: `{name: {in, out}}`.
///
/// `in` is a string, an integer (`#` before a decimal one that JSON cannot hold), a list of such, or one of two words:
/// `INVALID`, where `out` must be refused, and `VALID`, where it must be taken and, written again, be the same.
struct RLPSuite: Suite {
    static let kind = ConformanceKind.rlp

    init(options: SuiteOptions) {}

    func run(_ file: FixtureFile, _ reporter: CaseReporter) throws(FixtureError) -> FileVerdict {
        let tests = try file.json()
        guard tests.isObject, tests.members.contains(where: { Self.isTest($0.value) }) else {
            return .other(FixtureShape.describe(tests))
        }
        for test in tests.members {
            reporter.run(test.name) { try Self.check(test.value) }
        }
        return .ran
    }

    private static func isTest(_ value: JSONValue) -> Bool {
        value.isObject && value["in"] != nil && value["out"]?.isString == true
    }

    private static func check(_ test: JSONValue) throws {
        let input = try test.required("in")
        let output = try test.required("out").bytes()
        switch input.text {
        case "INVALID": try expectRefusal(output)
        case "VALID": _ = try decode(output)
        default:
            let item = try item(input)
            var writer = RLPWriter()
            item.encode(to: &writer)
            try Mismatch.check("encoding", expected: Hex.encode(output), got: Hex.encode(writer.bytes))
            let decoded = try decode(output)
            if decoded != item { throw Mismatch("decoding", expected: "\(item)", got: "\(decoded)") }
        }
    }

    private static func expectRefusal(_ bytes: [UInt8]) throws(Mismatch) {
        guard let item = try? RLPItem(decoding: bytes) else { return }
        throw Mismatch("decoding", expected: "an error", got: "\(item)")
    }

    private static func decode(_ bytes: [UInt8]) throws(Mismatch) -> RLPItem {
        let item: RLPItem
        do { item = try RLPItem(decoding: bytes) } catch {
            throw Mismatch("decoding", expected: "success", got: "\(error)")
        }
        var writer = RLPWriter()
        item.encode(to: &writer)
        try Mismatch.check("round trip", expected: Hex.encode(bytes), got: Hex.encode(writer.bytes))
        return item
    }

    /// The item that the value of `in` stands for.
    private static func item(_ value: JSONValue) throws(FixtureError) -> RLPItem {
        if value.isArray {
            var items: [RLPItem] = []
            for element in value.elements { items.append(try item(element)) }
            return .list(items)
        }
        if value.isNumber { return .bytes(try value.integer().minimalBytes) }
        guard let bytes = value.stringBytes else { throw value.error(expected: "a string, an integer or a list") }
        if bytes.first == UInt8(ascii: "#") {
            guard let digits = DecimalText.bigEndianBytes(bytes.dropFirst()) else {
                throw value.error(expected: "decimal digits after #")
            }
            return .bytes(digits)
        }
        return .bytes(bytes)
    }
}

/// Decimal integers of any size.
enum DecimalText {
    /// The shortest big-endian bytes of the number, none for zero; nil for no digits or another character.
    ///
    /// - Complexity: O(*n*²).
    static func bigEndianBytes(_ digits: some Collection<UInt8>) -> [UInt8]? {
        guard !digits.isEmpty else { return nil }
        var littleEndian: [UInt8] = []
        for character in digits {
            guard (0x30...0x39).contains(character) else { return nil }
            var carry = Int(character - 0x30)
            for index in littleEndian.indices {
                carry += Int(littleEndian[index]) * 10
                littleEndian[index] = UInt8(carry & 255)
                carry >>= 8
            }
            if carry > 0 { littleEndian.append(UInt8(carry)) }
        }
        return littleEndian.reversed()
    }
}
