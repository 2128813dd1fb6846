import Foundation
import Primitives
import Testing

@Suite struct SimulationTests {
    @Test func carriesStateFromBlockToBlock() throws {
        let chain = try CallChain()
        let call = "{\"to\":\(CallChain.Contract.counter.json)}"
        let blocks = "[{\"calls\":[\(call),\(call)]},{\"blockOverrides\":{\"number\":\"0x4\"},\"calls\":[\(call)]}]"
        let result = try chain.ask("eth_simulateV1", "{\"blockStateCalls\":\(blocks)}")["result"]
        #expect(result.list.map { $0["number"].quantity } == [1, 2, 3, 4])
        #expect(result[0]["calls"].list.map { $0["returnData"].text.map { $0.suffix(1) } } == ["1", "2"])
        #expect(result[3]["calls"][0]["returnData"].text?.hasSuffix("3") == true)
        for index in 1..<4 { #expect(result[index]["parentHash"].text == result[index - 1]["hash"].text) }
    }

    @Test func comesToTheSameStateInOneBlockOrMore() throws {
        let counter = CallChain.Contract.counter.json
        let (rich, poor) = ("\"0x\(String(repeating: "b", count: 40))\"", "\"0x\(String(repeating: "c", count: 40))\"")
        func word(_ number: UInt64) -> String { "\"\(Hex.encode(UInt256(number).bytes))\"" }
        func block(_ overrides: String) -> String { "{\"stateOverrides\":{\(overrides)}}" }
        let apart = [
            "\(counter):{\"stateDiff\":{\(word(5)):\(word(1)),\(word(6)):\(word(2))}},\(rich):{\"balance\":\"0x5\"}",
            "\(counter):{\"stateDiff\":{\(word(5)):\(word(0))}},\(poor):{\"balance\":\"0x1\"}",
            "\(counter):{\"state\":{\(word(7)):\(word(2))}},\(rich):{\"balance\":\"0x9\"}",
            "\(counter):{\"stateDiff\":{\(word(8)):\(word(3))}}",
        ]
        let together =
            "\(counter):{\"state\":{\(word(7)):\(word(2)),\(word(8)):\(word(3))}},\(rich):{\"balance\":\"0x9\"},"
            + "\(poor):{\"balance\":\"0x1\"}"
        func root(_ blocks: [String]) throws -> String? {
            let request = "{\"blockStateCalls\":[\(blocks.map(block).joined(separator: ","))]}"
            return try CallChain().ask("eth_simulateV1", request)["result"][blocks.count - 1]["stateRoot"].text
        }
        let expected = try root([together])
        #expect(expected != nil)
        #expect(try root(apart) == expected)
    }

    @Test(
        arguments: [
            ("[]", -32602), ("[{\"blockOverrides\":{\"number\":\"0x0\"}}]", -38020),
            ("[{\"blockOverrides\":{\"time\":\"0x1\"}}]", -38021),
            ("[{\"blockOverrides\":{\"number\":\"0x102\"}}]", -38026),
            ("[{\"blockOverrides\":{\"gasLimit\":\"0x10\"},\"calls\":[{\"gas\":\"0x11\"}]}]", -38015),
            ("[{\"calls\":[{\"gas\":\"0x11\"}]}]", -38013), ("[{\"calls\":[{\"value\":\"0x11\"}]}]", -38014),
            (
                "[{\"stateOverrides\":{\(CallChain.Contract.loop.json):{\"movePrecompileToAddress\":"
                    + "\(CallChain.Contract.caller.json)}}}]", -32000
            ),
        ])
    func refusesWhatCannotBeSimulated(blocks: String, code: Int) throws {
        let answer = try CallChain().ask("eth_simulateV1", "{\"blockStateCalls\":\(blocks)}")
        #expect(answer["error"]["code"].number == code)
    }

    @Test func putsPrecompilesElsewhere() throws {
        let identity = "\"0x0000000000000000000000000000000000000004\""
        let elsewhere = "\"0x0000000000000000000000000000000000001234\""
        let calls = [identity, elsewhere].map { "{\"to\":\($0),\"input\":\"0xc0ffee\"}" }.joined(separator: ",")
        let overrides = "{\(identity):{\"movePrecompileToAddress\":\(elsewhere)}}"
        let block = "{\"stateOverrides\":\(overrides),\"calls\":[\(calls)]},{\"calls\":[\(calls)]}"
        let result = try CallChain().ask("eth_simulateV1", "{\"blockStateCalls\":[\(block)]}")["result"]
        #expect(result[0]["calls"].list.map { $0["returnData"].text } == ["0x", "0xc0ffee"])
        #expect(result[1]["calls"].list.map { $0["returnData"].text } == ["0xc0ffee", "0x"])
    }

    @Test func reportsTransfersAsLogs() throws {
        let sender = "\"\(Hex.encode(CallChain.sender.bytes))\""
        let transfer = "{\"from\":\(sender),\"to\":\(CallChain.Contract.silent.json),\"value\":\"0x7\"}"
        let request = "{\"blockStateCalls\":[{\"calls\":[\(transfer)]}],\"traceTransfers\":true}"
        let log = try CallChain().ask("eth_simulateV1", request)["result"][0]["calls"][0]["logs"][0]
        #expect(log["address"].text == "0x" + String(repeating: "e", count: 40))
        #expect(log["data"].text == Hex.encode(UInt256(7).bytes))
    }

    @Test func checksNoncesAndFeesWhereThatIsAsked() throws {
        let sender = "\"\(Hex.encode(CallChain.sender.bytes))\""
        let calls = [
            ("{\"from\":\(sender),\"nonce\":\"0x1\",\"maxFeePerGas\":\"0x77359400\"}", -38011),
            ("{\"from\":\(sender),\"maxFeePerGas\":\"0x1\"}", -38012),
        ]
        for (call, code) in calls {
            let request = "{\"blockStateCalls\":[{\"calls\":[\(call)]}],\"validation\":true}"
            #expect(try CallChain().ask("eth_simulateV1", request)["error"]["code"].number == code)
        }
    }

    @Test func boundsTheGasOfAllCallsTogether() throws {
        let call = "{\"to\":\(CallChain.Contract.loop.json)}"
        let blocks = "[{\"calls\":[\(call)]},{\"calls\":[\(call)]},{\"calls\":[\(call)]}]"
        let answer = try CallChain().ask("eth_simulateV1", "{\"blockStateCalls\":\(blocks)}")
        #expect(answer["error"]["code"].number == -38013)
    }
}
