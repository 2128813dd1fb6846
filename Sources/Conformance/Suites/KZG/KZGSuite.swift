import Foundation
import Primitives

/// Reference vectors of c-kzg-4844: `tests/<function>/<setup>/<case>/data.yaml` with `input` and `output`; a null output
/// means that the function must refuse the input.
struct KZGSuite: Suite {
    static let kind = ConformanceKind.kzg

    init(options: SuiteOptions) {}

    static func isCandidate(path: String) -> Bool { path.hasSuffix(".yaml") || path.hasSuffix(".yml") }

    func run(_ file: FixtureFile, _ reporter: CaseReporter) throws(FixtureError) -> FileVerdict {
        let fixture = try YAMLReader.read(file.bytes)
        guard let input = fixture["input"], let output = fixture["output"] else {
            return .other("YAML without input and output")
        }
        let path = URL(fileURLWithPath: file.path).standardizedFileURL.pathComponents
        guard let function = KZGFunction.named(in: path) else {
            return .other("YAML of an unknown function: the path names none of c-kzg-4844")
        }
        let name = path.dropLast().last ?? file.name
        reporter.run("\(function.rawValue)/\(name)") {
            let expected = Self.shown(output)
            let got = try function.evaluate(input)
            if got != expected {
                throw Mismatch(function.rawValue, expected: Self.shortened(expected), got: Self.shortened(got))
            }
        }
        return .ran
    }

    /// A value as text that can be compared: lower-case digits, commas between items.
    private static func shown(_ value: YAMLValue) -> String {
        switch value {
        case .plain(let text), .quoted(let text): String(decoding: text, as: UTF8.self).lowercased()
        case .sequence(let items): "[" + items.map(shown).joined(separator: ",") + "]"
        case .mapping: "a mapping"
        }
    }

    private static func shortened(_ text: String) -> String {
        text.utf8.count <= 400 ? text : "\(text.prefix(200))...(\(text.utf8.count) characters)"
    }
}
