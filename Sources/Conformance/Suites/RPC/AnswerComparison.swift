/// Where two answers differ: a JSON pointer, and what is there in each.
struct AnswerDifference {
    var path: String
    var expected: String
    var got: String

    init(_ path: String, _ expected: JSONValue?, _ got: JSONValue?) {
        self.path = path.isEmpty ? "/" : path
        self.expected = expected?.shortText ?? "no member"
        self.got = got?.shortText ?? "no member"
    }

    init(_ path: String, expected: String, _ got: JSONValue) {
        self.path = path.isEmpty ? "/" : path
        self.expected = expected
        self.got = got.shortText
    }
}

/// Compares answers as JSON: the order of members does not matter, nor does the message of an error.
enum AnswerComparison {
    /// The first difference; nil where the answers say the same.
    ///
    /// The recursion is as deep as the recorded answer.
    static func difference(_ expected: JSONValue, _ got: JSONValue, at path: String = "") -> AnswerDifference? {
        if expected.isObject, got.isObject {
            for (name, value) in expected.namedMembers {
                let place = path + "/" + name
                guard let other = got[name] else { return AnswerDifference(place, value, nil) }
                if place == "/error/message" { continue }
                if let difference = difference(value, other, at: place) { return difference }
            }
            for (name, value) in got.namedMembers where expected[name] == nil {
                return AnswerDifference(path + "/" + name, nil, value)
            }
            return nil
        }
        if expected.isArray, got.isArray {
            for (index, (value, other)) in zip(expected.elements, got.elements).enumerated() {
                if let difference = difference(value, other, at: path + "/\(index)") { return difference }
            }
            if expected.count == got.count { return nil }
            let index = min(expected.count, got.count)
            return AnswerDifference(path + "/\(index)", expected[index], got[index])
        }
        return isSameScalar(expected, got) ? nil : AnswerDifference(path, expected, got)
    }

    private static func isSameScalar(_ expected: JSONValue, _ got: JSONValue) -> Bool {
        if expected.isNull || got.isNull { return expected.isNull && got.isNull }
        if let truth = expected.boolean { return got.boolean == truth }
        if expected.isNumber {
            guard got.isNumber, let left = expected.text, let right = got.text else { return false }
            return left == right || Double(left) == Double(right)
        }
        return expected.isString && got.isString && expected.stringBytes == got.stringBytes
    }
}

extension JSONValue {
    /// The members of an object as pairs.
    var namedMembers: [(name: String, value: JSONValue)] { members.map { ($0.name, $0.value) } }
}
