import Blockchain
import Primitives
import StateTransition
import Storage
import Testing

@testable import DevL1

/// Methods that Anvil's and Hardhat's users call.
@Suite struct ToolMethodsTests {
    private static let first = DevelopmentMethodsTests.first
    private static let nobody = DevelopmentMethodsTests.nobody

    @Test func decidesWhatBlocksAreLike() throws {
        let node = try TestL1()
        #expect(node.ask("hardhat_setCoinbase", Self.nobody) == #""result":true"#)
        #expect(node.ask("anvil_setNextBlockBaseFeePerGas", "\"0x77\"") == #""result":true"#)
        let random = "0x" + String(repeating: "ab", count: 32)
        #expect(node.ask("hardhat_setPrevRandao", "\"\(random)\"") == #""result":true"#)
        #expect(node.ask("evm_setBlockGasLimit", "\"0x1c9c380\"") == #""result":true"#)
        let before = try node.l1.chain.view().headHeader
        _ = node.ask("evm_mine")
        let header = try node.l1.chain.view().headHeader
        #expect("\"\(header.coinbase)\"" == Self.nobody)
        #expect(header.baseFee == 0x77)
        #expect("\(header.mixHash)" == random)
        #expect(header.gasLimit < before.gasLimit)
        // The fee recipient stays; the others were for one block.
        _ = node.ask("evm_mine")
        let next = try node.l1.chain.view().headHeader
        #expect("\"\(next.coinbase)\"" == Self.nobody)
        #expect("\(next.mixHash)" != random)
        #expect(next.gasLimit < header.gasLimit)
        #expect(node.ask("anvil_setNextBlockBaseFeePerGas", "\"0x10000000000000000\"").contains("-32602"))
        #expect(node.ask("evm_setBlockGasLimit", "1").contains("-32602"))
        #expect(node.ask("anvil_setBlockTimestampInterval", "7") == #""result":true"#)
        _ = node.ask("anvil_mine", "3")
        #expect(try node.l1.chain.view().headHeader.timestamp == next.timestamp + 21)
        #expect(node.ask("anvil_removeBlockTimestampInterval") == #""result":true"#)
        #expect(node.ask("anvil_removeBlockTimestampInterval") == #""result":false"#)
    }

    /// What waited for a lower base fee goes on when one is set.
    @Test func takesWhatTheNextBaseFeeAllows() throws {
        let node = try TestL1()
        let cheap =
            #"{"from":\#(Self.first),"to":\#(Self.nobody),"gas":"0x5208","maxFeePerGas":"0x64","maxPriorityFeePerGas":"0x1"}"#
        #expect(node.ask("eth_sendTransaction", cheap).hasPrefix(#""result":"0x"#))
        #expect(node.ask("hardhat_setNextBlockBaseFeePerGas", "\"0x5\"") == #""result":true"#)
        #expect(node.waits("eth_getTransactionCount", "\(Self.first),\"latest\"", for: #""result":"0x1""#))
        #expect(try node.l1.chain.view().headHeader.baseFee == 5)
    }

    @Test func rollsBack() throws {
        let node = try TestL1()
        _ = node.ask("anvil_mine", "5")
        #expect(node.ask("anvil_rollback") == #""result":null"#)
        #expect(node.ask("eth_blockNumber") == #""result":"0x4""#)
        #expect(node.ask("anvil_rollback", "\"0x3\"") == #""result":null"#)
        #expect(node.ask("eth_blockNumber") == #""result":"0x1""#)
        #expect(node.ask("anvil_rollback", "2").contains("there are 1 blocks to take back"))
    }

    @Test func refusesToGoBackInTime() throws {
        let node = try TestL1()
        let refusal = node.ask("evm_setTime", "1000000000")
        #expect(refusal.contains("-32602"))
        #expect(refusal.contains("time does not go back"))
        #expect(node.ask("evm_setTime", "4000000000").hasPrefix(#""result":"#))
        _ = node.ask("evm_mine")
        #expect(try node.l1.chain.view().headHeader.timestamp >= 4_000_000_000)
    }

    @Test(arguments: [
        ("\"5\"", "0x5"), ("5", "0x5"), ("\"0x5\"", "0x5"), ("\"1000000000000000000000\"", "0x3635c9adc5dea00000"),
    ])
    func takesAmountsInEveryForm(text: String, balance: String) throws {
        let node = try TestL1()
        #expect(node.ask("anvil_setBalance", "\(Self.nobody),\(text)") == #""result":true"#)
        #expect(node.ask("eth_getBalance", "\(Self.nobody),\"latest\"") == "\"result\":\"\(balance)\"")
        #expect(node.ask("anvil_addBalance", "\(Self.nobody),\"0x0\"") == #""result":true"#)
        #expect(node.ask("eth_getBalance", "\(Self.nobody),\"latest\"") == "\"result\":\"\(balance)\"")
    }

    @Test func readsDecimalDigitsToTheLast() {
        let largest = "115792089237316195423570985008687907853269984665640564039457584007913129639935"
        #expect(UInt256(decimal: largest) == .max)
        #expect(UInt256(decimal: String(largest.dropLast()) + "6") == nil)
        #expect(UInt256(decimal: "9" + largest.dropFirst()) == nil)
        #expect(UInt256(decimal: "") == nil)
        #expect(UInt256(decimal: "1x") == nil)
    }

    @Test func dropsAndDescribes() throws {
        let node = try TestL1()
        _ = node.ask("evm_setAutomine", "false")
        let transfer = #"{"from":\#(Self.first),"to":\#(Self.nobody)}"#
        let hash = node.ask("eth_sendTransaction", transfer).dropFirst(#""result":"#.count)
        #expect(node.ask("hardhat_dropTransaction", String(hash)) == #""result":true"#)
        #expect(node.ask("hardhat_dropTransaction", String(hash)) == #""result":false"#)
        _ = node.ask("eth_sendTransaction", transfer)
        #expect(node.ask("anvil_removePoolTransactions", Self.first) == #""result":null"#)
        #expect(node.ask("txpool_status") == #""result":{"pending":"0x0","queued":"0x0"}"#)
        let made = node.ask("evm_mine_detailed", #"{"blocks":2}"#)
        #expect(made.contains(#""number":"0x1""#) && made.contains(#""number":"0x2""#))
        let metadata = node.ask("hardhat_metadata")
        #expect(metadata.contains(#""chainId":1337"#) && metadata.contains(#""latestBlockNumber":2"#))
        #expect(node.ask("anvil_metadata") == metadata)
        #expect(node.ask("hardhat_intervalMine") == #""result":true"#)
        #expect(node.ask("eth_blockNumber") == #""result":"0x3""#)
    }

    @Test func answersTheRestOfTheBeaconAPI() throws {
        let node = try TestL1()
        let schedule = node.get("/eth/v1/config/fork_schedule").text
        #expect(
            schedule.hasPrefix(
                #"{"data":[{"previous_version":"0x00000000","current_version":"0x00000000","epoch":"0"}"#))
        #expect(schedule.contains(#""current_version":"0x06000000""#))
        #expect(
            node.get("/eth/v1/config/deposit_contract").text
                == #"{"data":{"chain_id":"1337","address":"0x00000000219ab540356cbb839cbe05303d7705fa"}}"#)
        #expect(node.get("/eth/v1/node/identity").text.hasPrefix(#"{"data":{"peer_id":"""#))
        #expect(node.get("/eth/v1/node/syncing").text.contains(#""is_syncing":false"#))
        #expect(node.get("/eth/v1/config/spec").text.contains(#""FULU_FORK_VERSION":"0x06000000""#))
    }
}
