import Cryptography
import EVM
import Primitives
import Testing

/// Keeps the cause of each halt, in order.
private struct CauseRecorder: Tracer {
    static var explainsHalts: Bool { true }
    var halts: [Halt] = []
    var causes: [HaltCause] = []

    mutating func didHalt(_ halt: Halt, _ cause: HaltCause) {
        halts.append(halt)
        causes.append(cause)
    }
}

struct HaltCauseTests {
    private func record(
        _ code: [UInt8], _ revision: Revision = .osaka, gas: Int64 = 100_000, isStatic: Bool = false,
        kind: CallKind = .call
    ) throws -> CauseRecorder {
        var host = TestHost()
        host.set(sender, balance: 1_000)
        host.set(contract, balance: 1_000, nonce: 1, code: kind.isCreation ? [] : code)
        var machine = Machine(rules: Rules(revision))
        let new = kind.isCreation ? ContractAddress.create(sender: sender, nonce: 0) : contract
        let message = Message(
            kind: kind, isStatic: isStatic, gas: gas, recipient: new, codeAddress: new, caller: sender, value: 0,
            input: kind.isCreation ? code : [])
        var recorder = CauseRecorder()
        _ = try machine.execute(message, host: &host, tracer: &recorder)
        return recorder
    }

    @Test(arguments: [
        ("ADD", HaltCause.stackUnderflow(height: 0, needed: 2)),
        ("1 2 SWAP3", .stackUnderflow(height: 2, needed: 4)),
        ("1 2 3 CREATE2", .stackUnderflow(height: 3, needed: 4)),
        ("0x7777 JUMP", .rule), ("1 0 0 RETURNDATACOPY", .rule),
        ("1 32 SHL MLOAD", .rule), ("0 NOT MLOAD", .memoryBeyondRange),
        ("1 64 SHL 0 KECCAK256", .memoryBeyondRange), ("1 60 SHL 0 RETURN", .priceBeyondRange),
        ("1 60 SHL 0 0 CODECOPY", .priceBeyondRange),
        ("0 0 0 0 0 0xBEEF GAS CALL 0 0 1 60 SHL 0 0 0xBEEF GAS CALL", .priceBeyondRange),
        ("0 0 1 40 SHL 0 0 0xBEEF GAS CALL", .priceBeyondRange),
        ("0 0 1 24 SHL 0 0 0xBEEF GAS CALL", .callUnpaid),
        ("0xC001 0 0 CREATE", .initCodeSize(0xC001)), ("1 64 SHL 0 0 CREATE", .memoryBeyondRange),
        ("0 0 0 0 0 0 0 0 0xBEEF GAS 1 24 SHL MLOAD", .rule),
    ])
    func isFoundInTheFrame(_ text: String, _ cause: HaltCause) throws {
        #expect(try record(assemble(text)).causes.last == cause)
    }

    @Test func knowsUndefinedInstructions() throws {
        #expect(try record([0xFE]).causes == [.undefinedInstruction(opcode: 0xFE)])
        #expect(try record([0x60, 0, 0x0C]).causes == [.undefinedInstruction(opcode: 0x0C)])
        #expect(try record([0x5F], .london).causes == [.undefinedInstruction(opcode: 0x5F)])
    }

    @Test func knowsWhatIsRefusedBeforeItIsPriced() throws {
        #expect(try record(assemble("1 1 SSTORE"), isStatic: true).causes == [.refusedBeforePriced])
        #expect(try record(assemble("0 0 0 CREATE"), isStatic: true).causes == [.refusedBeforePriced])
        #expect(try record(assemble("0 0 LOG0"), isStatic: true).causes == [.rule])
        #expect(try record(assemble("1 1 TSTORE"), isStatic: true).causes == [.rule])
        #expect(try record(assemble("1 1 SSTORE"), gas: 2_306).causes == [.onlyStipendLeft])
        #expect(try record(assemble("1 1 SSTORE"), gas: 3_000).causes == [.rule])
    }

    @Test func tellsTheConstantPriceFromTheRest() throws {
        // MSTORE is paid and the addition behind it is not.
        #expect(try record(assemble("1 0 NOT MUL 1 64 SHL POP 0 0 MSTORE 1 1 ADD"), gas: 40).halts == [.outOfGas])
        #expect(try record(assemble("1 0 NOT MUL 1 64 SHL POP 0 0 MSTORE 1 1 ADD"), gas: 40).causes == [.rule])
    }

    @Test func knowsWhyCodeIsNotDeposited() throws {
        let large = try record(assemble("0x6001 0 RETURN"), gas: 10_000_000, kind: .create)
        #expect(large.halts == [.codeTooLarge])
        #expect(large.causes == [.codeSize(0x6001)])
        #expect(try record(assemble("0x6000 0 RETURN"), gas: 100_000, kind: .create).halts == [.codeDepositUnpaid])
        #expect(try record(assemble("0xEF 0 MSTORE8 1 0 RETURN"), kind: .create).halts == [.codeStartsWithEF])
    }

    @Test(arguments: [
        (6, "0 NOT 0 MSTORE", 64, HaltCause.precompile(.bn254(.coordinate))),
        (6, "1 0 MSTORE", 64, .precompile(.bn254(.notOnCurve))), (8, "", 1, .precompile(.pairCount)),
        (9, "", 1, .precompile(.inputLength)), (9, "2 212 MSTORE8", 213, .precompile(.finalFlag)),
        (10, "", 1, .precompile(.inputLength)), (10, "", 192, .precompile(.versionedHash)),
        (11, "", 255, .precompile(.inputLength)), (11, "1 0 MSTORE8", 256, .precompile(.bls12(.padding, isG2: false))),
        (11, "1 63 MSTORE8", 256, .precompile(.bls12(.notOnCurve, isG2: false))),
        (13, "1 63 MSTORE8", 512, .precompile(.bls12(.notOnCurve, isG2: true))),
        (16, "0 NOT 16 MSTORE", 64, .precompile(.bls12(.coordinate, isG2: false))),
        (5, "1025 0 MSTORE", 96, .precompile(.operandTooLong)), (5, "1 32 SHL 0 MSTORE", 96, .rule),
        (3, "", 1 << 12, .rule),
    ])
    func isFoundInThePrecompile(_ number: Int, _ text: String, _ count: Int, _ cause: HaltCause) throws {
        let gas = number == 3 ? 600 : 1_000_000
        let call = "\(text) 0 0 \(count) 0 0 \(number) \(gas) CALL"
        #expect(try record(assemble(call), gas: 5_000_000).causes == [cause])
    }
}
