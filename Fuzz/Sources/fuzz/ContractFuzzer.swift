import Cryptography
import EVM
import Primitives
import StateTransition

/// Random contracts that call each other, in the simple loop and in the fast one: result, gas, refund, output, logs and
/// the state after must be the same.
let contractFuzzer = Fuzzer(name: "contracts", isDifferential: true) { random in
    let revision = random.pick(Revision.allCases)
    let contracts = (0..<3).map { _ in RandomContract.code(&random, revision) }
    let call = Call(
        revision: revision, contracts: contracts, gas: random.pick([30_000, 100_000, 100_000, 400_000]),
        value: random.oneIn(3) ? 1 : 0, input: random.bytes(random.below(70)))
    let simple = call.run(loop: .simple)
    let fast = call.run(loop: .fast)
    guard simple == fast else {
        let shown = contracts.map { Hex.encode($0) }
        throw Finding(
            """
            \(revision), \(call.gas) gas, value \(call.value), input \(Hex.encode(call.input)), contracts \(shown):
            simple: \(simple)
            fast: \(fast)
            """)
    }
}

/// One message to the first of a few contracts at fixed addresses.
private struct Call {
    let revision: Revision
    let contracts: [[UInt8]]
    let gas: Int64
    let value: UInt256
    let input: [UInt8]

    /// Everything that can be seen of a run.
    struct Result: Equatable {
        var error: StateError?
        var outcomes: [String] = []
        var gasLeft: Int64 = 0
        var refund: Int64 = 0
        var output: [UInt8] = []
        var logs: [Log] = []
        var root: Hash256?
    }

    func run(loop: InnerLoop) -> Result {
        let source = MemoryState()
        for index in contracts.indices {
            let hash = Keccak256.hash(contracts[index])
            source.setCode(hash, contracts[index])
            source.setAccount(
                RandomContract.address(index), AccountRecord(nonce: 1, balance: 1_000, codeHash: hash, hasStorage: true)
            )
            for slot in 0..<3 as Range<UInt64> {
                source.setStorage(RandomContract.address(index), UInt256(slot), UInt256(slot + 1))
            }
        }
        let sender = Address(truncating: 0xCA11)
        source.setAccount(sender, AccountRecord(nonce: 1, balance: 1_000))
        for number in 1..<300 as Range<UInt64> { source.setBlockHash(number, Keccak256.hash([UInt8(number & 255)])) }
        let rules = Rules(revision)
        var state = JournaledState(source: source, codes: CodeCache(), rules: rules)
        var machine = Machine(rules: rules)
        machine.loop = loop
        machine.setBlock(
            BlockEnvironment(
                coinbase: Address(truncating: 0xC01), number: 300, timestamp: 1_000, gasLimit: 30_000_000,
                difficultyOrRandomness: 77, baseFee: 7, blobBaseFee: 3))
        machine.setTransaction(
            TransactionEnvironment(origin: sender, gasPrice: 9, blobHashes: [Hash256(UInt256(1)), Hash256(UInt256(2))]))
        let message = Message(
            kind: .call, gas: gas, recipient: RandomContract.address(0), codeAddress: RandomContract.address(0),
            caller: sender, value: value, input: input)
        var result = Result()
        do throws(StateError) {
            // The second message meets warm code, and a state and refunds that the first left.
            for _ in 0..<2 {
                state.beginTransaction()
                let end = try machine.execute(message, host: &state)
                // Which of several halts it is may differ: the fast loop checks a block at a time.
                if case .halt = end.outcome {
                    result.outcomes.append("halt")
                } else {
                    result.outcomes.append("\(end.outcome)")
                }
                result.gasLeft = result.gasLeft &* 3 &+ end.gasLeft
                result.refund = result.refund &* 3 &+ end.gasRefund
                result.output += end.output
                result.logs += try state.endTransaction()
            }
            result.root = try source.root(after: state.diff())
        } catch {
            result.error = error
        }
        return result
    }
}
