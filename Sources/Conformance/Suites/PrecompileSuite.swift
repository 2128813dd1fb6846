import EVM
import Primitives

/// Vectors of precompiled contracts: a list of `{Name, Input, Expected, Gas}`, or `{Name, Input, ExpectedError}` for
/// input that must be refused. The name of the file says which contract and whose gas schedule.
struct PrecompileSuite: Suite {
    static let kind = ConformanceKind.precompile

    init(options: SuiteOptions) {}

    func run(_ file: FixtureFile, _ reporter: CaseReporter) throws(FixtureError) -> FileVerdict {
        let vectors = try file.json()
        guard vectors.isArray, let first = vectors[0], first["Input"] != nil, first["Name"] != nil else {
            return .other(FixtureShape.describe(vectors))
        }
        guard let target = PrecompileTarget(fileName: file.name) else {
            throw FixtureError(
                place: "", problem: "the name of the file is not that of a precompile (\(PrecompileTarget.examples))")
        }
        for vector in vectors.elements {
            let name = vector["Name"]?.text ?? "without a name"
            reporter.run(name, fork: "\(target.revision)") { try Self.check(vector, target) }
        }
        return .ran
    }

    private static func check(_ vector: JSONValue, _ target: PrecompileTarget) throws {
        let rules = Rules(target.revision)
        guard let precompile = Precompile.at(target.address, rules: rules) else {
            throw Mismatch("precompile", expected: "a contract at \(target.address)", got: "none")
        }
        let input = try vector.required("Input").bytes()
        let (gas, output) = input.withUnsafeBytes { bytes in
            let gas = precompile.gas(for: bytes, rules: rules)
            return (gas, gas == nil ? nil : precompile.run(bytes))
        }
        if let error = vector.optional("ExpectedError") {
            guard let output else { return }
            throw Mismatch("output", expected: "failure (\(error.text ?? "?"))", got: Hex.encode(output))
        }
        let expected = Hex.encode(try vector.required("Expected").bytes())
        try Mismatch.check("output", expected: expected, got: output.map { Hex.encode($0) } ?? "failure")
        if let expectedGas = vector.optional("Gas") {
            try Mismatch.check("gas", expected: try expectedGas.integer64(), got: UInt64(clamping: gas ?? 0))
        }
    }
}
