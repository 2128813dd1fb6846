import Cryptography
import Primitives
import Trie

/// TrieTests of ethereum/tests, in two shapes.
///
/// `{name: {in, root}}`: `in` is an object, whose members may be entered in any order, or a list of pairs to be entered
/// in turn, where null deletes. `{name: {in, tests}}`: each test is a key, which need not be in the trie, with the keys
/// before and after it, empty where there is none. Text that begins with `0x` is hexadecimal. In files with "secure" in
/// their name, keys are hashed.
struct TrieSuite: Suite {
    static let kind = ConformanceKind.trie

    private typealias Entry = (key: [UInt8], value: [UInt8]?)

    init(options: SuiteOptions) {}

    func run(_ file: FixtureFile, _ reporter: CaseReporter) throws(FixtureError) -> FileVerdict {
        let tests = try file.json()
        guard tests.isObject, tests.members.contains(where: { Self.isTest($0.value) }) else {
            return .other(FixtureShape.describe(tests))
        }
        let isSecure = file.name.lowercased().contains("secure")
        for test in tests.members {
            if let steps = test.value["tests"] {
                for (index, step) in steps.elements.enumerated() {
                    reporter.run(test.name, index: "\(index)") { try Self.checkNeighbours(test.value, step) }
                }
            } else {
                reporter.run(test.name) { try Self.checkRoot(test.value, isSecure: isSecure) }
            }
        }
        return .ran
    }

    private static func isTest(_ value: JSONValue) -> Bool {
        value["in"] != nil && (value["root"] != nil || value["tests"] != nil)
    }

    // MARK: Roots

    private static func checkRoot(_ test: JSONValue, isSecure: Bool) throws {
        let input = try test.required("in")
        let expected = try test.required("root").hash()
        let entries = try entries(input, isSecure: isSecure)
        try check(entries, expected)
        guard input.isObject else { return }
        try check(entries.reversed(), expected)
        try check(entries.sorted { $0.key.lexicographicallyPrecedes($1.key) }, expected)
    }

    /// Enters everything, compares the root, and reads everything back from the nodes that were stored.
    private static func check(_ entries: [Entry], _ expected: Hash256) throws {
        let store = MemoryNodeSource()
        var trie = MerkleTrie(source: store)
        for entry in entries { try trie.set(entry.key, entry.value ?? []) }
        let root = trie.commit { store.insert($0, $1) }
        try Mismatch.check("root", expected: expected, got: root)
        var stored = MerkleTrie(root: root, source: store)
        for (index, entry) in entries.enumerated()
        where !entries[(index + 1)...].contains(where: { $0.key == entry.key }) {
            let got = try stored.get(entry.key)
            if got != entry.value {
                throw Mismatch(
                    "value of \(Hex.encode(entry.key))", expected: Hex.encode(entry.value ?? []),
                    got: Hex.encode(got ?? []))
            }
        }
    }

    private static func entries(_ input: JSONValue, isSecure: Bool) throws(FixtureError) -> [Entry] {
        var entries: [Entry] = []
        func add(_ key: JSONValue, _ value: JSONValue) throws(FixtureError) {
            let key = try bytes(key)
            let value = value.isNull ? nil : try bytes(value)
            entries.append((isSecure ? Keccak256.hash(key).bytes : key, value))
        }
        for member in input.members { try add(member.key, member.value) }
        for pair in input.elements {
            guard let key = pair[0], let value = pair[1] else { throw pair.error(expected: "a key and a value") }
            try add(key, value)
        }
        return entries
    }

    // MARK: Neighbours

    private static func checkNeighbours(_ test: JSONValue, _ step: JSONValue) throws {
        var trie = MerkleTrie(source: MemoryNodeSource())
        for key in try test.required("in").elements { try trie.set(try bytes(key), [1]) }
        guard let key = step[0], let before = step[1], let after = step[2] else {
            throw step.error(expected: "a key with its neighbours")
        }
        let target = try bytes(key)
        try compare("key before", try bytes(before), try trie.key(before: target))
        try compare("key after", try bytes(after), try trie.key(after: target))
    }

    private static func compare(_ subject: String, _ expected: [UInt8], _ got: [UInt8]?) throws(Mismatch) {
        try Mismatch.check(subject, expected: Hex.encode(expected), got: Hex.encode(got ?? []))
    }

    private static func bytes(_ value: JSONValue) throws(FixtureError) -> [UInt8] {
        guard let text = value.stringBytes else { throw value.error(expected: "a string") }
        return text.starts(with: "0x".utf8) ? try value.bytes() : text
    }
}
