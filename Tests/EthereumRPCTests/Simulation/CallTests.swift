import Foundation
import Primitives
import Testing

@Suite struct CallTests {
    private func word(_ number: UInt64) -> String { Hex.encode(UInt256(number).bytes) }

    @Test func seesWhatIsPutInPlaceOfTheState() throws {
        let chain = try CallChain()
        let counter = CallChain.Contract.counter.json
        #expect(try chain.ask("eth_call", "{\"to\":\(counter)}")["result"].text == word(1))
        let changed = "{\(counter):{\"stateDiff\":{\"\(word(0))\":\"\(word(41))\"}}}"
        #expect(try chain.ask("eth_call", "{\"to\":\(counter)},\"latest\",\(changed)")["result"].text == word(42))
        let replaced = "{\(counter):{\"state\":{\"\(word(7))\":\"\(word(41))\"}}}"
        #expect(try chain.ask("eth_call", "{\"to\":\(counter)},\"latest\",\(replaced)")["result"].text == word(1))
        let code = "{\(counter):{\"code\":\"0x4360005260206000f3\"}}"
        let answer = try chain.ask("eth_call", "{\"to\":\(counter)},\"latest\",\(code),{\"number\":\"0x63\"}")
        #expect(answer["result"].text == word(99))
        let both = "{\(counter):{\"state\":{},\"stateDiff\":{}}}"
        #expect(try chain.ask("eth_call", "{\"to\":\(counter)},\"latest\",\(both)")["error"]["code"].number == -32000)
    }

    @Test func saysWhyACallFailed() throws {
        let chain = try CallChain()
        let reverted = try chain.ask("eth_call", "{\"to\":\(CallChain.Contract.reverter.json)}")["error"]
        #expect(reverted["code"].number == 3)
        #expect(reverted["message"].text == "execution reverted: no")
        #expect(reverted["data"].text == "0x" + CallChain.Contract.reason)
        let looped = try chain.ask("eth_call", "{\"to\":\(CallChain.Contract.loop.json)}")["error"]
        #expect(looped["code"].number == -32000)
        #expect(looped["message"].text == "out of gas")
        let estimated = try chain.ask("eth_estimateGas", "{\"to\":\(CallChain.Contract.loop.json)}")["error"]
        #expect(estimated["message"].text == "gas required exceeds allowance (16777216)")
    }

    @Test(
        arguments: [
            ("01", "stack underflow (0 <=> 2)"), ("fe", "invalid opcode: INVALID"),
            ("0c", "invalid opcode: opcode 0xc not defined"), ("e0", "invalid opcode: RJUMP"),
            ("5b5f600056", "stack limit reached 1024 (1023)"), ("60ff56", "invalid jump destination"),
            ("5f1951", "gas uint64 overflow"), ("6001603c1b51", "out of gas: gas uint64 overflow"),
            ("61c0015f5ff0", "out of gas: max initcode size exceeded: code size 49153 limit 49152"),
            ("60015f5f3e", "return data out of bounds"), ("5b5f56", "out of gas"),
        ])
    func saysWhatHaltedACall(code: String, message: String) throws {
        let contract = CallChain.Contract.silent.json
        let call = "{\"to\":\(contract)},\"latest\""
        let override = "{\(contract):{\"code\":\"0x\(code)\"}}"
        let chain = try CallChain()
        #expect(try chain.ask("eth_call", "\(call),\(override)")["error"]["message"].text == message)
        let list = try chain.ask("eth_createAccessList", "\(call),\(override)")["result"]
        #expect(list["error"].text == message)
        let estimate = try chain.ask("eth_estimateGas", "\(call),\(override)")["error"]["message"].text
        #expect(estimate == (message.hasPrefix("out of gas") ? "gas required exceeds allowance (16777216)" : message))
        let block = "{\"stateOverrides\":\(override),\"calls\":[{\"to\":\(contract),\"gas\":\"0xf4240\"}]}"
        let simulated = try chain.ask("eth_simulateV1", "{\"blockStateCalls\":[\(block)]}")["result"][0]["calls"][0]
        #expect(simulated["error"]["message"].text == message)
    }

    @Test(
        arguments: [
            ("{\"to\":\"0x12\"}", -32602), ("{\"data\":\"0x1\"}", -32602), ("{\"value\":\"0x01\"}", -32602),
            ("[]", -32602),
            ("{\"gasPrice\":\"0x1\",\"maxFeePerGas\":\"0x1\"}", -32000), ("{\"chainId\":\"0x1\"}", -32000),
            ("{\"from\":\"0x00000000000000000000000000000000000000aa\",\"value\":\"0x1\"}", -32000),
            ("{\"gas\":\"0x1\"}", -32000), ("{\"maxFeePerGas\":\"0x1\"}", -32000),
            ("{\"maxPriorityFeePerGas\":\"0x1\"}", -32000), ("{\"blobVersionedHashes\":[]}", -32000),
            ("{\"authorizationList\":[]}", -32000), ("{},\"0x5\"", -32000),
        ])
    func refusesWhatCannotBeCalled(parameters: String, code: Int) throws {
        #expect(try CallChain().ask("eth_call", parameters)["error"]["code"].number == code)
    }

    @Test func findsTheGasThatIsEnough() throws {
        let chain = try CallChain()
        let counter = CallChain.Contract.counter.json
        let gas = try #require(try chain.ask("eth_estimateGas", "{\"to\":\(counter)}")["result"].quantity)
        func fails(_ gas: Int) throws -> Bool {
            let limit = "\"0x\(String(gas, radix: 16))\""
            return try chain.ask("eth_call", "{\"to\":\(counter),\"gas\":\(limit)}")["error"].json != nil
        }
        #expect(try !fails(gas))
        #expect(try fails(gas * 97 / 100))
        let sender = "\"\(Hex.encode(CallChain.sender.bytes))\""
        let transfer = try chain.ask("eth_estimateGas", "{\"from\":\(sender),\"to\":\(sender),\"value\":\"0x1\"}")
        #expect(transfer["result"].quantity == 21_000)
        let poor = try chain.ask("eth_estimateGas", "{\"to\":\(sender),\"value\":\"0x1\",\"maxFeePerGas\":\"0x1\"}")
        #expect(poor["error"]["message"].text == "insufficient funds for transfer")
    }

    @Test func listsWhatACallTouches() throws {
        let chain = try CallChain()
        let answer = try chain.ask("eth_createAccessList", "{\"to\":\(CallChain.Contract.caller.json)}")["result"]
        #expect(answer["accessList"].count == 2)
        #expect(answer["accessList"][0]["address"].text == Hex.encode(CallChain.Contract.counter.address.bytes))
        #expect(answer["accessList"][0]["storageKeys"].list.map { $0.text } == [word(0)])
        #expect(answer["accessList"][1]["storageKeys"].count == 0)
        #expect(answer["error"].json == nil)
    }
}
