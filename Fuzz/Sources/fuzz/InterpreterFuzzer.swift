import EVM
import Primitives
import StateTransition

/// The simple and the fast loop must not differ in anything that can be seen from outside a message.
let interpreterFuzzer = Fuzzer(name: "interpreter", isDifferential: true) { random in
    let code = RandomProgram.make(&random)
    let revisions = Revision.allCases
    let revision = random.below(2) == 0 ? .osaka : revisions[random.below(revisions.count)]
    let gas = Int64(random.below(60_000))
    let simple = try trace(code, revision, gas: gas, loop: .simple)
    let fast = try trace(code, revision, gas: gas, loop: .fast)
    guard simple == fast else {
        throw Finding("\(revision) gas \(gas) code \(Hex.encode(code)): \(simple) in one loop, \(fast) in the other")
    }
}

private struct Trace: Equatable {
    var outcome: String
    var gasLeft: Int64
    var refund: Int64
    var output: [UInt8]
    var slots: [UInt256]
    var logs: [[UInt8]]
}

private func trace(_ code: [UInt8], _ revision: Revision, gas: Int64, loop: InnerLoop) throws -> Trace {
    let contract = Address(truncating: 0xC0DE)
    let state = MemoryState()
    let hash = Hash256(1)
    state.setCode(hash, code)
    state.setAccount(contract, AccountRecord(nonce: 1, balance: 1_000, codeHash: hash))
    for number in 0..<3 as Range<UInt64> { state.setBlockHash(number, Hash256(UInt256(number &+ 7))) }
    let rules = Rules(revision)
    var host = JournaledState(source: state, codes: CodeCache(), rules: rules)
    host.beginTransaction()
    var machine = Machine(rules: rules)
    machine.loop = loop
    machine.setBlock(BlockEnvironment(number: 3, timestamp: 77))
    let message = Message(
        kind: .call, gas: gas, recipient: contract, codeAddress: contract, caller: Address(), value: 0,
        input: Array(1...50))
    let result = try machine.execute(message, host: &host)
    var outcome = "\(result.outcome)"
    if case .halt = result.outcome { outcome = "halt" }
    let account = host.account(contract)
    let slots = try (0..<4 as Range<UInt64>).map { try host.storage(host.slot(account, UInt256($0))) }
    return Trace(
        outcome: outcome, gasLeft: result.gasLeft, refund: result.gasRefund, output: result.output, slots: slots,
        logs: host.logs.map(\.data))
}
