/// Compares the shapes of answers, where clients may differ in what they say: the same members, with values of the same
/// types and formats.
enum AnswerShape {
    /// Members that the schemas leave to the client.
    private static let optional: Set<String> = [
        "deleteStrategy", "error", "memory", "reason", "refund", "returnData", "stack", "storage",
    ]

    /// The first difference; nil where the shapes are the same.
    ///
    /// The recursion is as deep as the recorded answer.
    static func difference(_ expected: JSONValue, _ got: JSONValue, at path: String = "") -> AnswerDifference? {
        if expected.isObject, got.isObject {
            if isTable(expected), isTable(got) { return tableDifference(expected, got, path) }
            return objectDifference(expected, got, path)
        }
        if expected.isArray, got.isArray {
            if path.hasSuffix("/structLogs"), expected.count != got.count {
                return AnswerDifference(path, expected: "\(expected.count) steps", got)
            }
            guard let model = expected[0] else { return nil }
            for (index, other) in got.elements.enumerated() {
                // Elements may differ among themselves, so each is like the one at its place where there is one.
                let counterpart = expected.count == got.count ? expected[index] ?? model : model
                if let difference = difference(counterpart, other, at: path + "/\(index)") { return difference }
            }
            return nil
        }
        return isSameKind(expected, got) ? nil : AnswerDifference(path, expected, got)
    }

    private static func objectDifference(
        _ expected: JSONValue, _ got: JSONValue, _ path: String
    ) -> AnswerDifference? {
        for (name, value) in expected.namedMembers {
            guard let other = got[name] else {
                if optional.contains(name) { continue }
                return AnswerDifference(path + "/" + name, value, nil)
            }
            if let difference = difference(value, other, at: path + "/" + name) { return difference }
        }
        for (name, value) in got.namedMembers where expected[name] == nil && !optional.contains(name) {
            return AnswerDifference(path + "/" + name, nil, value)
        }
        return nil
    }

    // MARK: Tables

    /// Whether the keys of an object are data: addresses, slots or numbers.
    private static func isTable(_ object: JSONValue) -> Bool {
        object.members.allSatisfy { member in
            member.name.hasPrefix("0x") || member.name.allSatisfy { $0.isHexDigit }
        }
    }

    /// The values of a table are of any of the shapes that the recorded ones have.
    private static func tableDifference(
        _ expected: JSONValue, _ got: JSONValue, _ path: String
    ) -> AnswerDifference? {
        for (name, value) in got.namedMembers {
            var first: AnswerDifference?
            var fits = expected.count == 0
            for (_, model) in expected.namedMembers where !fits {
                let difference = difference(model, value, at: path + "/" + name)
                fits = difference == nil
                first = first ?? difference
            }
            if !fits { return first }
        }
        return nil
    }

    // MARK: Scalars

    private static func isSameKind(_ expected: JSONValue, _ got: JSONValue) -> Bool {
        if expected.isString, got.isString {
            return !formats(expected.text ?? "").isDisjoint(with: formats(got.text ?? ""))
        }
        return expected.isNull && got.isNull || expected.isNumber && got.isNumber
            || expected.boolean != nil && got.boolean != nil
    }

    private enum Format: Hashable {
        case quantity
        /// Data of any length.
        case data
        /// An address, a hash, a bloom.
        case fixed(Int)
        case text
    }

    /// What a string may be.
    private static func formats(_ text: String) -> Set<Format> {
        guard text.hasPrefix("0x"), text.dropFirst(2).allSatisfy({ $0.isHexDigit }) else { return [.text] }
        let digits = text.dropFirst(2)
        if [40, 64, 512].contains(digits.count) { return [.fixed(digits.count)] }
        var formats: Set<Format> = []
        if digits == "0" || (!digits.isEmpty && !digits.hasPrefix("0")) { formats.insert(.quantity) }
        if digits.count.isMultiple(of: 2) { formats.insert(.data) }
        return formats
    }
}
