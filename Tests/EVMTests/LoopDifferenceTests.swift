import EVM
import Primitives
import Testing

/// The two inner loops must not differ in anything that can be seen from outside a message.
struct LoopDifferenceTests {
    /// What a run left behind. A halt is a halt: the loops may notice different reasons first.
    private struct Trace: Equatable {
        var outcome: String
        var gasLeft: Int64
        var refund: Int64
        var output: [UInt8]
        var storage: [UInt256: UInt256]
        var logs: [[UInt8]]
        var balances: [UInt256]
    }

    private func trace(_ code: [UInt8], _ revision: Revision, gas: Int64, loop: InnerLoop) throws -> Trace {
        var machine = Machine(rules: Rules(revision))
        machine.loop = loop
        machine.setBlock(BlockEnvironment(number: 1_000, timestamp: 77, gasLimit: 30_000_000))
        machine.setTransaction(TransactionEnvironment(origin: sender, gasPrice: 5, blobHashes: [Hash256(UInt256(9))]))
        var host = TestHost()
        host.set(sender, balance: 1 << 200, nonce: 3)
        host.set(contract, balance: 1_000, nonce: 1, code: code, storage: [1: 7, 2: 8])
        _ = host.warm(host.account(sender))
        _ = host.warm(host.account(contract))
        let message = Message(
            kind: .call, gas: gas, recipient: contract, codeAddress: contract, caller: sender, value: 3,
            input: Array(1...50))
        let result = try machine.execute(message, host: &host)
        var outcome = "\(result.outcome)"
        if case .halt = result.outcome { outcome = "halt" }
        var storage: [UInt256: UInt256] = [:]
        for (slot, value) in host.state.storage where !value.isZero { storage[slot.key] = value }
        return Trace(
            outcome: outcome, gasLeft: result.gasLeft, refund: result.gasRefund, output: result.output,
            storage: storage, logs: host.state.logs.map(\.data), balances: host.state.accounts.map(\.balance))
    }

    @Test(arguments: 0..<16)
    func randomPrograms(_ seed: Int) throws {
        var random = RandomBytes(seed: UInt64(seed))
        var outcomes: [String: Int] = [:]
        for round in 0..<400 {
            let revision = round % 2 == 0 ? .osaka : Revision.allCases[round / 2 % Revision.allCases.count]
            let code = RandomProgram.make(&random)
            let gas = Int64(random.next() % 60_000)
            let simple = try trace(code, revision, gas: gas, loop: .simple)
            let fast = try trace(code, revision, gas: gas, loop: .fast)
            #expect(simple == fast, "seed \(seed) round \(round) \(revision) gas \(gas): \(Hex.encode(code))")
            outcomes[simple.outcome, default: 0] += 1
        }
        // The programs must mostly make sense, or the comparison says little.
        #expect(outcomes["success", default: 0] > 40, "\(outcomes)")
    }

    @Test(arguments: [Revision.frontier, .byzantium, .istanbul, .osaka])
    func randomBytes(_ revision: Revision) throws {
        var random = RandomBytes(seed: 11)
        for _ in 0..<2_000 {
            var code: [UInt8] = [0x60, 0x40, 0x60, 0x20, 0x5A, 0x30, 0x36, 0x34, 0x80, 0x80]
            code += (0..<Int(random.next() % 60)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
            let simple = try trace(code, revision, gas: 100_000, loop: .simple)
            let fast = try trace(code, revision, gas: 100_000, loop: .fast)
            #expect(simple == fast, "\(revision): \(Hex.encode(code))")
        }
    }

    /// What a program sees of the gas counter, at every point of a block.
    @Test func gasInsideABlock() throws {
        for text in [
            "GAS 1 2 ADD GAS 3 MUL GAS ADD ADD 0 MSTORE 32 0 RETURN", "1 GAS POP GAS 0 SSTORE GAS 1 SSTORE",
            "GAS GAS GAS GAS SUB SUB SUB 0 MSTORE GAS 32 MSTORE 64 0 RETURN",
        ] {
            #expect(
                try trace(assemble(text), .osaka, gas: 100_000, loop: .simple)
                    == trace(assemble(text), .osaka, gas: 100_000, loop: .fast))
        }
    }

    /// A frame that begins in the simple loop and goes on in the fast one.
    @Test(arguments: [
        "0 JUMPDEST 1 ADD DUP1 DUP1 MSTORE8 DUP1 PUSH2 0x1388 GT PUSH1 0x02 JUMPI MSIZE 0 MSTORE GAS 32 MSTORE 64 0 RETURN",
        "0 JUMPDEST 1 ADD DUP1 PUSH2 0x0FFF EQ PUSH1 0x10 JUMPI PUSH1 0x02 JUMP JUMPDEST GAS 0 MSTORE 32 0 RETURN",
        "0 JUMPDEST 1 ADD DUP1 DUP1 SSTORE PUSH1 0x02 JUMP",
    ])
    func hotLoop(_ text: String) throws {
        for gas in [3_000, 90_000, 1_000_000] as [Int64] {
            let simple = try trace(assemble(text), .osaka, gas: gas, loop: .simple)
            #expect(try trace(assemble(text), .osaka, gas: gas, loop: .adaptive) == simple)
            #expect(try trace(assemble(text), .osaka, gas: gas, loop: .fast) == simple)
        }
    }

    /// Every amount of gas from nothing to enough: the loops agree on which is enough.
    @Test func everyAmountOfGas() throws {
        let code = assemble(
            "1 2 ADD 0 MSTORE 64 MLOAD POP 33 JUMP JUMPDEST 0 32 KECCAK256 POP 5 7 EXP 1 SSTORE GAS 0 MSTORE 32 0 RETURN"
        )
        for gas in Int64(0)..<400 {
            #expect(
                try trace(code, .osaka, gas: gas, loop: .simple) == trace(code, .osaka, gas: gas, loop: .fast))
        }
    }
}
