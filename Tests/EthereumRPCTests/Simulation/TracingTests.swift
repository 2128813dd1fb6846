import Foundation
import Primitives
import Testing

@Suite struct TracingTests {
    private func trace(_ options: String, _ contract: CallChain.Contract = .caller) throws -> Answer {
        let chain = try CallChain()
        let hash = try chain.include(contract)
        return try chain.ask("debug_traceTransaction", "\"\(hash)\",\(options)")
    }

    @Test func recordsInstructions() throws {
        let result = try trace("{\"enableMemory\":true}", .counter)["result"]
        #expect(result["failed"].json as? Bool == false)
        #expect(result["returnValue"].text == Hex.encode(UInt256(1).bytes))
        let steps = result["structLogs"].list
        #expect(
            steps.map { $0["op"].text } == [
                "PUSH0", "SLOAD", "PUSH1", "ADD", "DUP1", "PUSH0", "SSTORE", "PUSH0", "MSTORE", "PUSH1", "PUSH0",
                "RETURN",
            ])
        for (step, next) in zip(steps, steps.dropFirst()) {
            #expect((step["gas"].number ?? 0) - (step["gasCost"].number ?? 0) == next["gas"].number)
        }
        #expect(
            steps[6]["storage"].json as? [String: String] == [
                Hex.encode(UInt256(0).bytes): Hex.encode(UInt256(1).bytes)
            ])
        #expect(steps[11]["memory"].list.map { $0.text } == [Hex.encode(UInt256(1).bytes)])
        #expect(steps[11]["stack"].list.map { $0.text } == ["0x20", "0x0"])
    }

    @Test func leavesOutWhatIsNotWanted() throws {
        let options = "{\"disableStack\":true,\"disableStorage\":true,\"limit\":200}"
        let steps = try trace(options, .counter)["result"]["structLogs"].list
        #expect(!steps.isEmpty && steps.count < 6)
        #expect(steps.allSatisfy { $0["stack"].json == nil && $0["storage"].json == nil })
    }

    @Test func recordsTheTreeOfMessages() throws {
        let top = try trace("{\"tracer\":\"callTracer\",\"tracerConfig\":{\"withLog\":true}}")["result"]
        #expect(top["type"].text == "CALL")
        #expect(top["gas"].quantity == 200_000)
        #expect(top["calls"].count == 2)
        #expect(top["logs"].count == 1)
        #expect(top["logs"][0]["position"].quantity == 1)
        #expect(top["calls"][0]["output"].text == Hex.encode(UInt256(1).bytes))
        #expect(top["calls"][1]["error"].text == "execution reverted")
        #expect(top["calls"][1]["revertReason"].text == "no")
        let alone = try trace("{\"tracer\":\"callTracer\",\"tracerConfig\":{\"onlyTopCall\":true}}")["result"]
        #expect(alone["calls"].json == nil)
    }

    @Test func recordsTheFormerState() throws {
        let counter = Hex.encode(CallChain.Contract.counter.address.bytes)
        let slot = Hex.encode(UInt256(0).bytes)
        let sender = Hex.encode(CallChain.sender.bytes)
        let before = try trace("{\"tracer\":\"prestateTracer\"}")["result"]
        #expect(before[counter]["storage"][slot].text == slot)
        #expect(before[counter]["code"].text == "0x" + CallChain.Contract.counter.code)
        #expect(before[sender]["balance"].text == "0xde0b6b3a7640000")
        let changes = try trace("{\"tracer\":\"prestateTracer\",\"tracerConfig\":{\"diffMode\":true}}")["result"]
        #expect(changes["post"][counter]["storage"][slot].text == Hex.encode(UInt256(1).bytes))
        #expect(changes["pre"][counter]["storage"].json == nil)
        #expect(changes["post"][sender]["nonce"].number == 1)
        #expect(changes["post"][Hex.encode(CallChain.Contract.caller.address.bytes)].json == nil)
    }

    @Test func tracesCallsAndBlocks() throws {
        let chain = try CallChain()
        let hash = try chain.include(.counter)
        let block = try chain.ask("debug_traceBlockByNumber", "\"0x1\",{\"tracer\":\"noopTracer\"}")["result"]
        #expect(block[0]["txHash"].text == hash)
        let parameters = "{\"to\":\(CallChain.Contract.counter.json),\"data\":\"0x01020304aa\"},\"latest\""
        let selectors = try chain.ask("debug_traceCall", parameters + ",{\"tracer\":\"4byteTracer\"}")["result"]
        #expect(selectors["0x01020304-1"].number == 1)
        let second = Hex.encode(UInt256(2).bytes)
        #expect(try chain.ask("debug_traceCall", parameters)["result"]["returnValue"].text == second)
        let first = try chain.ask("debug_traceCall", parameters + ",{\"txIndex\":\"0x0\"}")["result"]
        #expect(first["returnValue"].text == Hex.encode(UInt256(1).bytes))
        let unknown = try chain.ask("debug_traceCall", parameters + ",{\"tracer\":\"function(){}\"}")["error"]
        #expect(unknown["code"].number == -32000)
    }

    @Test func recordsMessagesThatWereNotSent() throws {
        // CALL of the counter with one wei that there is not, then a byte that is no instruction.
        let code = "{\(CallChain.Contract.silent.json):{\"code\":\"0x5f5f5f5f600160a15af10c\"}}"
        let call = "{\"to\":\(CallChain.Contract.silent.json)},\"latest\""
        let chain = try CallChain()
        let options = "{\"tracer\":\"callTracer\",\"stateOverrides\":\(code)}"
        let top = try chain.ask("debug_traceCall", "\(call),\(options)")["result"]
        #expect(top["calls"][0]["error"].text == "insufficient balance for transfer")
        #expect(top["calls"][0]["gasUsed"].quantity == 0)
        #expect(top["error"].text?.hasPrefix("invalid opcode") == true)
        let steps = try chain.ask("debug_traceCall", "\(call),{\"stateOverrides\":\(code)}")["result"]["structLogs"]
            .list
        #expect(steps.last?["error"].text == "invalid opcode: opcode 0xc not defined")
    }

    @Test func stopsAtTheDeadline() throws {
        let chain = try CallChain()
        let parameters = "{\"to\":\(CallChain.Contract.loop.json)},\"latest\",{\"timeout\":\"5ms\"}"
        #expect(try chain.ask("debug_traceCall", parameters)["error"]["message"].text == "execution timeout")
    }
}
