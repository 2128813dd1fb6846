import EVM
import Primitives
import Testing

let sender = Address(truncating: UInt256(0xAAAA))
let contract = Address(truncating: UInt256(0xC0DE))
let other = Address(truncating: UInt256(0xBEEF))

/// Runs `code` at `contract` called by `sender`.
func run(
    _ code: [UInt8], _ revision: Revision = .osaka, gas: Int64 = 1_000_000, value: UInt256 = 0, input: [UInt8] = [],
    host: inout TestHost
) throws -> ExecutionResult {
    var machine = Machine(rules: Rules(revision))
    machine.setBlock(BlockEnvironment(number: 1_000, timestamp: 77, gasLimit: 30_000_000))
    machine.setTransaction(TransactionEnvironment(origin: sender, gasPrice: 5))
    host.set(sender, balance: 1 << 200, nonce: 3)
    host.set(contract, balance: 1_000, nonce: 1, code: code)
    _ = host.warm(host.account(sender))
    _ = host.warm(host.account(contract))
    let message = Message(
        kind: .call, gas: gas, recipient: contract, codeAddress: contract, caller: sender, value: value, input: input)
    return try machine.execute(message, host: &host)
}

/// Runs an assembly text and gives the word that it returns.
func word(_ text: String, _ revision: Revision = .osaka) throws -> UInt256? {
    var host = TestHost()
    let result = try run(assemble(text + " PUSH1 0x00 MSTORE PUSH1 0x20 PUSH1 0x00 RETURN"), revision, host: &host)
    guard result.outcome == .success else { return nil }
    return UInt256(bigEndianBytes: result.output)
}

struct MachineTests {
    @Test(arguments: [
        ("2 3 ADD", 5), ("3 10 SUB", 7), ("3 10 DIV", 3), ("0 10 DIV", 0), ("3 10 MOD", 1), ("7 5 4 ADDMOD", 2),
        ("7 5 4 MULMOD", 6), ("10 2 EXP", 1024), ("2 1 LT", 1), ("1 2 LT", 0), ("1 2 GT", 1), ("5 5 EQ", 1),
        ("0 ISZERO", 1), ("0xff 31 BYTE", 255), ("1 8 SHL", 256), ("256 8 SHR", 1), ("1 CLZ", 255), ("0 CLZ", 256),
        ("0xff 0 SIGNEXTEND NOT", 0), ("CALLVALUE", 0), ("CALLER", 0xAAAA), ("ADDRESS", 0xC0DE), ("ORIGIN", 0xAAAA),
        ("GASPRICE", 5), ("TIMESTAMP", 77), ("NUMBER", 1000), ("SELFBALANCE", 1000), ("CHAINID", 1), ("PC", 0),
        ("999 BLOCKHASH", 999), ("1000 BLOCKHASH", 0), ("743 BLOCKHASH", 0), ("744 BLOCKHASH", 744),
        ("1 2 3 DUP3 SWAP1 POP", 1), ("0xC0DE BALANCE", 1000), ("MSIZE", 0), ("0 MLOAD POP MSIZE", 32),
        ("5 TLOAD", 0), ("42 5 TSTORE 5 TLOAD", 42), ("42 5 SSTORE 5 SLOAD", 42), ("0xC0DE EXTCODESIZE CODESIZE EQ", 1),
        ("0xEEEE EXTCODEHASH", 0), ("4 JUMP INVALID JUMPDEST 7", 7), ("0 8 JUMPI 9 JUMPDEST", 9),
    ])
    func instruction(_ text: String, _ expected: UInt64) throws {
        #expect(try word(text) == UInt256(expected))
    }
}
