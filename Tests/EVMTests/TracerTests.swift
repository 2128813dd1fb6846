import EVM
import Primitives
import Testing

struct TracerTests {
    private func trace<T: Tracer>(_ text: String, _ tracer: inout T, other code: [UInt8] = []) throws -> ExecutionResult
    {
        var host = TestHost()
        host.set(sender, balance: 1_000)
        host.set(contract, balance: 1_000, nonce: 1, code: assemble(text))
        host.set(other, code: code)
        var machine = Machine(rules: Rules(.osaka))
        let message = Message(
            kind: .call, gas: 100_000, recipient: contract, codeAddress: contract, caller: sender, value: 0, input: [])
        return try machine.execute(message, host: &host, tracer: &tracer)
    }

    @Test func structLogHasCostStackAndHalt() throws {
        var tracer = StructLogTracer()
        _ = try trace("2 3 ADD 0 MSTORE POP", &tracer)
        #expect(tracer.entries.map(\.opcode) == [0x60, 0x60, 0x01, 0x60, 0x52, 0x50])
        #expect(tracer.entries.map(\.gasCost) == [3, 3, 3, 3, 6, 0])
        #expect(tracer.entries[2].stack == [2, 3])
        #expect(tracer.entries[5].memoryCount == 32)
        #expect(tracer.entries[5].halt == .stackUnderflow)
        #expect(
            String(decoding: tracer.entries[2].json(names: InstructionNames()), as: UTF8.self)
                == #"{"pc":4,"op":1,"gas":"0x1869a","gasCost":"0x3","memSize":0,"stack":["0x2","0x3"],"depth":1,"#
                + #""refund":0,"opName":"ADD"}"#)
    }

    @Test func structLogPutsTheCallBeforeItsCallee() throws {
        var tracer = StructLogTracer()
        _ = try trace("0 0 0 0 0xBEEF 1000 STATICCALL", &tracer, other: assemble("7 POP"))
        #expect(tracer.entries.map(\.depth) == [1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 1])
        // Access to a cold account and what the callee gets.
        #expect(tracer.entries[6].gasCost == 2_600 + 1_000)
        #expect(tracer.entries[7].gas == 1_000)
    }

    @Test func callTreeHasOutcomesAndLogs() throws {
        var tracer = CallTracer()
        let result = try trace(
            "0 0 0 0 5 0xBEEF 9000 CALL 1 0 0 LOG1 0 0 0 0 4 9000 STATICCALL 0xBEEF SELFDESTRUCT", &tracer,
            other: assemble("0 0 REVERT"))
        #expect(result.outcome == .success)
        #expect(tracer.entries.map(\.parent) == [nil, 0, 0, 0])
        #expect(tracer.entries.map(\.kind) == [.message(.call), .message(.call), .message(.staticCall), .selfDestruct])
        #expect(tracer.entries.map(\.outcome) == [.success, .revert, .success, .success])
        #expect(tracer.entries[1].value == 5)
        #expect(tracer.entries[1].gas == 9_000 + 2_300)
        #expect(tracer.entries[0].logs.map(\.topics) == [[Hash256(UInt256(1))]])
        #expect(tracer.entries[0].gasUsed == 100_000 - result.gasLeft)
    }

    @Test func accessesAreInOrder() throws {
        var tracer = AccessTracer()
        _ = try trace("9 SLOAD 1 8 SSTORE 0xBEEF BALANCE", &tracer)
        #expect(tracer.accounts.entries.map(\.key) == [contract, other])
        #expect(tracer.accounts.entries[0].value.written.entries.map(\.key) == [9, 8])
        #expect(tracer.accounts.entries[0].value.written.entries.map(\.value) == [false, true])
    }
}
