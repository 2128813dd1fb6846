import Blockchain
import Foundation
import NIOCore
import Primitives
import Storage
import Testing

@testable import EthereumRPC

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
        #expect(top["error"].text == "invalid opcode: opcode 0xc not defined")
        let steps = try chain.ask("debug_traceCall", "\(call),{\"stateOverrides\":\(code)}")["result"]["structLogs"]
            .list
        #expect(steps.last?["op"].text == "opcode 0xc not defined")
        #expect(steps.last?["error"].json == nil, "found while it ran")
    }

    @Test(arguments: [
        ("5f5f5f5f60a15afa00", 0, "out of gas: write protection"),
        ("5f5f60015f5f60095af100", 0, "invalid input length"),
        ("5f5f60015f5f60085af100", 0, "bad elliptic curve pairing size"),
        ("5f5f60c05f5f600a5af100", 0, "mismatched versioned hash"),
        ("6160005ff3", -1, "contract creation code storage out of gas"),
        ("6160016000f3", -2, "max code size exceeded: code size 24577 limit 24576"),
    ])
    func saysWhatHaltedMessages(code: String, place: Int, message: String) throws {
        let silent = CallChain.Contract.silent.json
        let gas = place == -1 ? "0x186a0" : "0x989680"
        let call = place < 0 ? "{\"data\":\"0x\(code)\",\"gas\":\"\(gas)\"}" : "{\"to\":\(silent)}"
        let override = "{\(silent):{\"code\":\"0x\(code)\"}}"
        let options = "{\"tracer\":\"callTracer\",\"stateOverrides\":\(override)}"
        let top = try CallChain().ask("debug_traceCall", "\(call),\"latest\",\(options)")["result"]
        #expect((place < 0 ? top : top["calls"][place])["error"].text == message)
    }

    @Test func hasTheFailedInstructionsOfTheCommonClients() throws {
        let silent = CallChain.Contract.silent.json
        for (code, cost, message) in [("01", 3, "stack underflow (0 <=> 2)"), ("54", 0, "stack underflow (0 <=> 1)")] {
            let options = "{\"stateOverrides\":{\(silent):{\"code\":\"0x\(code)\"}}}"
            let steps = try CallChain().ask("debug_traceCall", "{\"to\":\(silent)},\"latest\",\(options)")["result"]
            #expect(steps["structLogs"][0]["error"].text == message)
            #expect(steps["structLogs"][0]["gasCost"].number == cost)
        }
    }

    @Test func knowsTheHashOfTheBlockBefore() throws {
        let silent = CallChain.Contract.silent.json
        let code = "{\(silent):{\"code\":\"0x5f405f5260205ff3\"}}"
        let options = "{\"stateOverrides\":\(code),\"blockOverrides\":{\"number\":\"0x1\"}}"
        let chain = try CallChain()
        let result = try chain.ask("debug_traceCall", "{\"to\":\(silent)},\"latest\",\(options)")["result"]
        #expect(result["returnValue"].text == Hex.encode(try chain.chain.view().head.hash.bytes))
    }

    @Test(arguments: [
        ("0", Int64(0)), ("1m30s", 90_000_000_000), ("250ms", 250_000_000), ("-1s", -1_000_000_000),
        (".5s", 500_000_000),
        ("+2us", 2_000), ("1h", 3_600_000_000_000),
    ])
    func readsDurations(text: String, nanoseconds: Int64) {
        #expect(TraceOptions.duration(text) == .nanoseconds(nanoseconds))
    }

    @Test(arguments: ["", "1", "s", ".s", "1x", "1.2.3s", "-", "1s2"])
    func refusesDurations(text: String) { #expect(TraceOptions.duration(text) == nil) }

    @Test func stopsAtTheDeadline() throws {
        let chain = try CallChain()
        let parameters = "{\"to\":\(CallChain.Contract.loop.json)},\"latest\",{\"timeout\":\"5ms\"}"
        #expect(try chain.ask("debug_traceCall", parameters)["error"]["message"].text == "execution timeout")
    }
}
