import Blockchain
import Primitives
import StateTransition
import Storage
import Testing

@testable import DevL1

@Suite struct DevelopmentMethodsTests {
    static let first = "\"0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266\""
    static let nobody = "\"0x00000000000000000000000000000000000b0b00\""

    private static func transfer(from: String, value: String = "0x64") -> String {
        #"{"from":\#(from),"to":\#(nobody),"value":"\#(value)"}"#
    }

    private func balance(_ node: TestL1) -> String { node.ask("eth_getBalance", "\(Self.nobody),\"latest\"") }

    @Test func sendsForItsAccounts() throws {
        let node = try TestL1()
        #expect(node.ask("eth_accounts").contains(Self.first))
        #expect(node.ask("eth_sendTransaction", Self.transfer(from: Self.first)).hasPrefix(#""result":"0x"#))
        #expect(node.waits("eth_blockNumber", for: #""result":"0x1""#))
        #expect(balance(node) == #""result":"0x64""#)
        let refused = node.ask("eth_sendTransaction", Self.transfer(from: Self.nobody))
        #expect(refused.contains("unknown account"))
    }

    @Test func takesBackBlocks() throws {
        let node = try TestL1()
        #expect(node.ask("evm_mine") == #""result":"0x0""#)
        #expect(node.ask("evm_snapshot") == #""result":"0x1""#)
        _ = node.ask("eth_sendTransaction", Self.transfer(from: Self.first))
        #expect(node.waits("eth_blockNumber", for: #""result":"0x2""#))
        #expect(node.ask("evm_snapshot") == #""result":"0x2""#)
        #expect(node.ask("evm_revert", "\"0x1\"") == #""result":true"#)
        #expect(node.ask("eth_blockNumber") == #""result":"0x1""#)
        #expect(balance(node) == #""result":"0x0""#)
        #expect(node.ask("txpool_status") == #""result":{"pending":"0x0","queued":"0x0"}"#)
        // A snapshot is good for one time, and takes those after it along.
        #expect(node.ask("evm_revert", "\"0x1\"") == #""result":false"#)
        #expect(node.ask("evm_revert", "2") == #""result":false"#)
        #expect(node.ask("anvil_reset") == #""result":true"#)
        #expect(node.ask("eth_blockNumber") == #""result":"0x0""#)
        #expect(node.ask("anvil_reset", #"{"forking":{"jsonRpcUrl":"x"}}"#).contains("-32602"))
    }

    @Test func changesTheState() throws {
        let node = try TestL1()
        let latest = "\(Self.nobody),\"latest\""
        #expect(node.ask("anvil_setBalance", "\(Self.nobody),\"0x7b\"") == #""result":true"#)
        #expect(balance(node) == #""result":"0x7b""#)
        #expect(node.ask("hardhat_setNonce", "\(Self.nobody),\"0x10\"") == #""result":true"#)
        #expect(node.ask("eth_getTransactionCount", latest) == #""result":"0x10""#)
        #expect(node.ask("anvil_setCode", "\(Self.nobody),\"0x602a60005260206000f3\"") == #""result":true"#)
        #expect(node.ask("eth_call", "{\"to\":\(Self.nobody)},\"latest\"").hasSuffix(#"2a""#))
        #expect(node.ask("anvil_setStorageAt", "\(Self.nobody),\"0x1\",\"0x5\"") == #""result":true"#)
        #expect(node.ask("eth_getStorageAt", "\(Self.nobody),\"0x1\",\"latest\"").hasSuffix(#"5""#))
        // Everything else about the account is as it was.
        #expect(balance(node) == #""result":"0x7b""#)
        #expect(node.ask("eth_blockNumber") == #""result":"0x4""#)
        // The state root is that of the changed state: the database holds together.
        #expect(try node.l1.chain.database.verify().head.number == 4)
    }

    @Test func sendsForAccountsWithoutKeys() throws {
        let node = try TestL1()
        _ = node.ask("anvil_setBalance", "\(Self.nobody),\"0xde0b6b3a7640000\"")
        #expect(node.ask("anvil_impersonateAccount", Self.nobody) == #""result":true"#)
        #expect(node.ask("eth_sendTransaction", Self.transfer(from: Self.nobody)).hasPrefix(#""result":"0x"#))
        #expect(node.waits("eth_getTransactionCount", "\(Self.nobody),\"latest\"", for: #""result":"0x1""#))
        #expect(node.ask("anvil_stopImpersonatingAccount", Self.nobody) == #""result":true"#)
        #expect(node.ask("eth_sendTransaction", Self.transfer(from: Self.nobody)).contains("unknown account"))
    }

    @Test func sendsForContracts() throws {
        let node = try TestL1()
        _ = node.ask("anvil_setBalance", "\(Self.nobody),\"0xde0b6b3a7640000\"")
        _ = node.ask("anvil_setCode", "\(Self.nobody),\"0x00\"")
        #expect(node.ask("eth_sendTransaction", Self.transfer(from: Self.nobody)).contains("unknown account"))
        _ = node.ask("anvil_impersonateAccount", Self.nobody)
        let sent = node.ask("eth_sendTransaction", Self.transfer(from: Self.nobody))
        #expect(sent.hasPrefix(#""result":"0x"#))
        #expect(node.waits("eth_getTransactionCount", "\(Self.nobody),\"latest\"", for: #""result":"0x1""#))
        // It can be traced, also as one before another.
        let hash = sent.dropFirst(#""result":"#.count)
        #expect(node.ask("debug_traceTransaction", "\(hash),{\"tracer\":\"callTracer\"}").contains(#""type":"CALL""#))
        // Who has a key and code is refused as ever.
        _ = node.ask("anvil_setCode", "\(Self.first),\"0x00\"")
        #expect(node.ask("eth_sendTransaction", Self.transfer(from: Self.first)).contains("sender not an eoa"))
    }

    @Test func balancesDoNotOverflow() throws {
        let node = try TestL1()
        let most = "0x" + String(repeating: "f", count: 64)
        _ = node.ask("anvil_setBalance", "\(Self.nobody),\"\(most)\"")
        _ = node.ask("eth_sendTransaction", #"{"from":\#(Self.first),"to":\#(Self.nobody),"value":"0x64"}"#)
        #expect(node.waits("eth_getTransactionCount", "\(Self.first),\"latest\"", for: #""result":"0x1""#))
        #expect(balance(node) == #""result":"\#(most)""#)
    }

    /// A block that begins with a change has no transactions, so that no trace can miss it.
    @Test func changesComeAlone() throws {
        let node = try TestL1()
        _ = node.ask("evm_setAutomine", "false")
        _ = node.ask("eth_sendTransaction", Self.transfer(from: Self.first))
        _ = node.ask("anvil_setBalance", "\(Self.nobody),\"0x7b\"")
        #expect(node.ask("debug_traceBlockByNumber", "\"0x1\"") == #""result":[]"#)
        _ = node.ask("evm_mine")
        #expect(node.ask("eth_getBlockTransactionCountByNumber", "\"0x2\"") == #""result":"0x1""#)
    }

    @Test func dumpsAndLoadsTheState() throws {
        let node = try TestL1()
        _ = node.ask("anvil_setBalance", "\(Self.nobody),\"0x7b\"")
        _ = node.ask("anvil_setCode", "\(Self.nobody),\"0x602a60005260206000f3\"")
        _ = node.ask("anvil_setStorageAt", "\(Self.nobody),\"0x1\",\"0x5\"")
        _ = node.ask("anvil_setStorageAt", "\(Self.nobody),\"0x2\",\"0x6\"")
        _ = node.ask("eth_sendTransaction", Self.transfer(from: Self.first))
        #expect(node.waits("eth_getTransactionCount", "\(Self.first),\"latest\"", for: #""result":"0x1""#))
        let dump = node.ask("anvil_dumpState").dropFirst(#""result":"#.count)
        #expect(dump.hasPrefix("\"0x1f8b"))
        func all(_ node: TestL1) -> [String] {
            ["eth_getBalance", "eth_getCode", "eth_getTransactionCount"].flatMap { method in
                [Self.nobody, Self.first].map { node.ask(method, "\($0),\"latest\"") }
            } + ["0x1", "0x2", "0x3"].map { node.ask("eth_getStorageAt", "\(Self.nobody),\"\($0)\",\"latest\"") }
        }
        let expected = all(node)
        // What an account has beside what is loaded goes.
        let other = try TestL1()
        _ = other.ask("anvil_setStorageAt", "\(Self.nobody),\"0x3\",\"0x7\"")
        #expect(other.ask("anvil_loadState", String(dump)) == #""result":true"#)
        #expect(all(other) == expected)
        #expect(try other.l1.chain.database.verify().head.number == 2)
        #expect(other.ask("eth_call", "{\"to\":\(Self.nobody)},\"latest\"").hasSuffix(#"2a""#))
        // Not compressed, and with an account that is not there.
        let text =
            #"{"block":null,"accounts":{"0x00000000000000000000000000000000000000aa":{"nonce":3,"balance":"0x5"}}}"#
        #expect(other.ask("anvil_loadState", "\"\(Hex.encode(Array(text.utf8)))\"") == #""result":true"#)
        #expect(
            other.ask("eth_getBalance", #""0x00000000000000000000000000000000000000aa","latest""#)
                == #""result":"0x5""#)
        for bad in [
            "", "{", #"{"accounts":{"0x12":{}}}"#,
            #"{"accounts":{"0x00000000000000000000000000000000000000aa":{"nonce":-1}}}"#,
        ] {
            #expect(other.ask("anvil_loadState", "\"\(Hex.encode(Array(bad.utf8)))\"").contains("-32602"))
        }
        #expect(other.ask("anvil_loadState", "\"0x1f8b08\"").contains("-32602"))
    }

    @Test func namesItsModules() throws {
        let text = try TestL1().ask("rpc_modules")
        for name in ["anvil", "debug", "eth", "evm", "hardhat", "net", "personal", "rpc", "txpool", "web3"] {
            #expect(text.contains("\"\(name)\":\"1.0\""))
        }
    }

    @Test func movesTime() throws {
        let node = try TestL1()
        let genesis = try node.l1.chain.view().headHeader.timestamp
        #expect(node.ask("evm_increaseTime", "3600") == #""result":3600"#)
        _ = node.ask("evm_mine")
        #expect(try node.l1.chain.view().headHeader.timestamp >= genesis + 3_600)
        #expect(node.ask("evm_setNextBlockTimestamp", "4000000000") == #""result":null"#)
        #expect(node.ask("anvil_mine", "3,10") == #""result":null"#)
        #expect(try node.l1.chain.view().headHeader.timestamp == 4_000_000_020)
        #expect(node.ask("evm_setNextBlockTimestamp", "1").contains("lower than or equal"))
        #expect(node.ask("evm_setTime", "18446744073709551615").contains("-32602"))
        _ = node.ask("evm_mine", #"{"timestamp":4000000100,"blocks":1}"#)
        #expect(try node.l1.chain.view().headHeader.timestamp == 4_000_000_100)
    }

    @Test func makesBlocksWhenTold() throws {
        let node = try TestL1()
        #expect(node.ask("anvil_getAutomine") == #""result":true"#)
        #expect(node.ask("evm_setAutomine", "false") == #""result":true"#)
        let sent = node.ask("eth_sendTransaction", Self.transfer(from: Self.first))
        #expect(node.ask("txpool_status") == #""result":{"pending":"0x1","queued":"0x0"}"#)
        #expect(node.ask("eth_blockNumber") == #""result":"0x0""#)
        let hash = sent.dropFirst(#""result":"#.count)
        #expect(node.ask("anvil_dropTransaction", String(hash)) == sent)
        #expect(node.ask("anvil_dropTransaction", String(hash)) == #""result":null"#)
        _ = node.ask("eth_sendTransaction", Self.transfer(from: Self.first))
        _ = node.ask("evm_mine")
        #expect(balance(node) == #""result":"0x64""#)
        #expect(node.ask("anvil_mine", "100001").contains("-32602"))
        #expect(node.ask("evm_setIntervalMining", "1") == #""result":true"#)
        #expect(node.waits("eth_blockNumber", for: #""result":"0x2""#))
    }

    /// The signature that every wallet makes of the message with the key.
    @Test func signsMessages() throws {
        let node = try TestL1()
        let signature =
            "0xa114c834af73872c6c9efe918d85b0b1b34a486d10f9011e2630e28417c828c0"
            + "60dbd65cda67e73d52ebb7c555260621dbc1b0b4036acb61086bba091ac3f1641b"
        #expect(node.ask("personal_sign", "\"0xdeadbeef\",\(Self.first)") == "\"result\":\"\(signature)\"")
        #expect(node.ask("eth_sign", "\(Self.first),\"0xdeadbeef\"") == "\"result\":\"\(signature)\"")
        #expect(node.ask("eth_sign", "\(Self.nobody),\"0xdeadbeef\"").contains("unknown account"))
    }
}
