import EVM
import Primitives
import StateTransition

/// TransactionTests of ethereum/tests: the bytes of a transaction, and for every fork its hash, sender and intrinsic gas,
/// or the exception for which it must be refused.
struct TransactionSuite: Suite {
    static let kind = ConformanceKind.transaction

    init(options: SuiteOptions) {}

    func run(_ file: FixtureFile, _ reporter: CaseReporter) throws(FixtureError) -> FileVerdict {
        let tests = try file.json()
        guard tests.isObject, tests.members.contains(where: { Self.isTest($0.value) }) else {
            return .other(FixtureShape.describe(tests))
        }
        for test in tests.members where test.name != "_info" {
            guard Self.isTest(test.value) else {
                reporter.run(test.name) {
                    throw test.value.error(expected: "a transaction test with txbytes and result")
                }
                continue
            }
            for result in test.value["result"]?.members ?? test.value.members {
                reporter.run(test.name, fork: result.name) { try Self.check(test.value, fork: result) }
            }
        }
        return .ran
    }

    private static func isTest(_ test: JSONValue) -> Bool {
        test["txbytes"] != nil && test["result"]?.isObject == true
    }

    /// Why a transaction is refused.
    private struct Refusal: Error {
        let reason: String
    }

    private static func check(_ test: JSONValue, fork: JSONMembers.Member) throws {
        guard let revision = ForkName.revision(named: fork.name) else {
            throw FixtureError(place: fork.value.pointer, problem: "there is no fork \"\(fork.name)\"")
        }
        let exception = fork.value.optional("exception")?.text
        do {
            let (transaction, sender, gas) = try read(try test.required("txbytes").bytes(), revision)
            if let exception {
                throw Mismatch("transaction", expected: "refusal (\(exception))", got: "accepted from \(sender)")
            }
            try Mismatch.check("hash", expected: try fork.value.required("hash").hash(), got: transaction.hash)
            try Mismatch.check("sender", expected: try fork.value.required("sender").address(), got: sender)
            try Mismatch.check(
                "intrinsic gas", expected: try fork.value.required("intrinsicGas").integer64(), got: gas)
        } catch let refusal as Refusal {
            if exception == nil { throw Mismatch("transaction", expected: "accepted", got: refusal.reason) }
        }
    }

    /// Decodes a transaction and checks all of it that can be checked without a state.
    private static func read(
        _ bytes: [UInt8], _ revision: Revision
    ) throws(Refusal) -> (Transaction, sender: Address, gas: UInt64) {
        let transaction: Transaction
        do throws(TransactionDecodingError) {
            transaction = try Transaction(decoding: bytes)
        } catch { throw Refusal(reason: "malformed: \(error)") }
        do throws(InvalidTransaction) {
            let sender = try transaction.sender(revision: revision, chainID: 1)
            let intrinsic = IntrinsicGas(of: transaction, revision: revision)
            try transaction.validate(revision: revision)
            return (transaction, sender, intrinsic.gas)
        } catch { throw Refusal(reason: "invalid: \(error)") }
    }
}
