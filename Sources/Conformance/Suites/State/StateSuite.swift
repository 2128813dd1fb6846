import Cryptography
import EVM
import Primitives
import StateTransition

/// GeneralStateTests of ethereum/tests and state_tests of the execution specifications: a state, one transaction, and
/// for every fork and choice of data, gas limit and value the root of the state after it and the hash of its logs.
struct StateSuite: Suite {
    static let kind = ConformanceKind.state

    private let codes = CodeCache()
    private let trace: (@Sendable (String) -> Void)?

    init(options: SuiteOptions) { trace = options.trace }

    mutating func run(_ file: FixtureFile, _ reporter: CaseReporter) throws(FixtureError) -> FileVerdict {
        let tests = try file.json()
        guard tests.isObject, tests.members.contains(where: { Self.isStateTest($0.value) || VMTest.isTest($0.value) })
        else { return .other(FixtureShape.describe(tests)) }
        for test in tests.members where test.name != "_info" {
            if VMTest.isTest(test.value) {
                reporter.run(test.name) { try VMTest(test.value, codes: codes).run() }
            } else if Self.isStateTest(test.value) {
                run(test, reporter)
            } else {
                reporter.run(test.name) {
                    throw test.value.error(expected: "a state test with env, pre, transaction and post")
                }
            }
        }
        return .ran
    }

    private static func isStateTest(_ test: JSONValue) -> Bool {
        test["post"]?.isObject == true && test["transaction"] != nil && test["pre"] != nil
    }

    private func run(_ test: JSONMembers.Member, _ reporter: CaseReporter) {
        // Read when the first case that is selected needs it.
        var prepared: StateTest?
        for fork in test.value["post"]?.members ?? test.value.members {
            for (position, post) in fork.value.elements.enumerated() {
                reporter.run(test.name, fork: fork.name, index: Self.index(post, position)) {
                    let state = try prepared ?? StateTest(test.value)
                    prepared = state
                    try state.check(post, fork: fork.name, codes: codes, trace: trace)
                }
            }
        }
    }

    /// `d0g1v2`: the choice that names a case among those of its test and fork.
    private static func index(_ post: JSONValue, _ position: Int) -> String {
        guard let indexes = post["indexes"], let data = indexes["data"]?.text, let gas = indexes["gas"]?.text,
            let value = indexes["value"]?.text
        else { return "\(position)" }
        return "d\(data)g\(gas)v\(value)"
    }
}
