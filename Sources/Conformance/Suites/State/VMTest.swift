import EVM
import Primitives
import StateTransition

/// A single-frame test of the oldest suite: code, what the instructions see, and the gas, output, logs and state that
/// are left. Without `post` the frame must fail. The rules are Frontier's.
struct VMTest {
    private let test: JSONValue
    private let execution: JSONValue
    private let environment: JSONValue
    private let codes: CodeCache

    static func isTest(_ test: JSONValue) -> Bool { test["exec"]?.isObject == true && test["pre"] != nil }

    init(_ test: JSONValue, codes: CodeCache) throws(FixtureError) {
        self.test = test
        self.codes = codes
        execution = try test.required("exec")
        environment = try test.required("env")
    }

    func run() throws {
        if let calls = test.optional("callcreates"), calls.count > 0 {
            throw calls.error(expected: "no recorded calls: calls are carried out, not recorded")
        }
        let recipient = try execution.required("address").address()
        var accounts = try FixtureAccount.list(try test.required("pre"))
        let code = try execution.required("code").bytes()
        if let index = accounts.firstIndex(where: { $0.address == recipient }) { accounts[index].code = code }
        let state = FixtureState(accounts) { FixtureBlockHash.hash(of: $0) }
        var journal = JournaledState(source: state, codes: codes, rules: Rules(.frontier))
        var machine = try machine()
        // The value is what CALLVALUE shows and does not move, as in a CALLCODE.
        let message = Message(
            kind: .callCode, gas: Int64(clamping: try execution.required("gas").integer64()), recipient: recipient,
            codeAddress: recipient, caller: try execution.required("caller").address(),
            value: try execution.required("value").integer(), input: try execution.required("data").bytes())
        journal.beginTransaction()
        let result: ExecutionResult = try machine.execute(message, host: &journal)
        guard let post = test.optional("post") else {
            if result.outcome == .success { throw Mismatch("frame", expected: "failure", got: "success") }
            return
        }
        try Mismatch.check("frame", expected: "success", got: "\(result.outcome)")
        try Mismatch.check("gas left", expected: try test.required("gas").integer64(), got: UInt64(result.gasLeft))
        try Mismatch.check(
            "output", expected: Hex.encode(try test.required("out").bytes()), got: Hex.encode(result.output))
        let logs = try journal.endTransaction()
        try Mismatch.check("logs hash", expected: try test.required("logs").hash(), got: LogsHash.of(logs))
        state.apply(journal.diff())
        try StateDifference.check(expected: try FixtureAccount.list(post), got: state)
    }

    private func machine() throws(FixtureError) -> Machine {
        var machine = Machine(rules: Rules(.frontier))
        machine.setBlock(
            BlockEnvironment(
                coinbase: try environment.required("currentCoinbase").address(),
                number: try environment.required("currentNumber").integer64(),
                timestamp: try environment.required("currentTimestamp").integer64(),
                gasLimit: try environment.required("currentGasLimit").integer64(),
                difficultyOrRandomness: try environment.required("currentDifficulty").integer()))
        machine.setTransaction(
            TransactionEnvironment(
                origin: try execution.required("origin").address(),
                gasPrice: try execution.required("gasPrice").integer()))
        return machine
    }
}
