import Blockchain
import Primitives
import StateTransition
import Storage
import Testing

@testable import EthereumRPC

@Suite struct BadParametersTests {
    private static let address = #""0x7dcd17433742f4c0ca53122ab541d0ba67fc27df""#
    private static let hash = "\"0x" + String(repeating: "ab", count: 32) + "\""

    static let refused: [(method: String, parameters: String, code: Int)] = [
        ("eth_chainId", "[1]", -32_602),
        ("eth_getBalance", "[]", -32_602),
        ("eth_getBalance", "{}", -32_602),
        ("eth_getBalance", #"["0x12"]"#, -32_602),
        ("eth_getBalance", "[\(address),\"2\"]", -32_602),
        ("eth_getBalance", "[\(address),\"latest\",1]", -32_602),
        ("eth_getBalance", "[\(address),\"0x63\"]", -32_000),
        ("eth_getBalance", "[\(address),\(hash)]", -32_000),
        ("eth_getStorageAt", "[\(address),\"0xzz\"]", -32_602),
        ("eth_getStorageAt", "[\(address),\"0x\(String(repeating: "0", count: 65))\"]", -32_602),
        ("eth_getStorageAt", "[\(address),1]", -32_602),
        ("eth_getStorageValues", "[{}]", -32_602),
        ("eth_getStorageValues", "[{\(address):[]}]", -32_602),
        ("eth_getStorageValues", "[{\(address):null}]", -32_602),
        ("eth_getBalance", "[\(address),\"safe\"]", -32_000),
        ("eth_getBalance", "[\(address),\"0x8000000000000000\"]", -32_602),
        ("eth_getBlockByNumber", #"["0x0"]"#, -32_602),
        ("eth_getBlockByNumber", #"["finalized",false]"#, -32_000),
        ("eth_getBlockByNumber", #"["0x8000000000000000",false]"#, -32_602),
        ("eth_getBlockByHash", "[\(hash)]", -32_602),
        ("eth_getBlockReceipts", #"["safe"]"#, -32_000),
        ("eth_feeHistory", #"["0x1","latest",[1,1]]"#, -32_000),
        ("eth_feeHistory", #"["0x1","safe",[]]"#, -32_000),
        ("eth_newPendingTransactionFilter", "[1]", -32_602),
        ("eth_newPendingTransactionFilter", "[true,1]", -32_602),
        (
            "eth_getProof", "[\(address),[\([String](repeating: "\"0x0\"", count: 1_025).joined(separator: ","))]]",
            -32_602
        ),
        ("eth_call", #"[{},"latest",{},{"number":"0x10000000000000000"}]"#, -32_602),
        ("debug_traceCall", #"[{},"latest",{"timeout":"soon"}]"#, -32_000),
        ("debug_traceCall", #"[{},"latest",{"timeout":"0s"}]"#, -32_000),
        ("eth_getStorageValues", #"[{"0x1":[]}]"#, -32_602),
        ("eth_getProof", "[\(address)]", -32_602),
        ("eth_getBlockByNumber", "[\(hash),false]", -32_602),
        ("eth_getBlockByNumber", #"["0x0","no"]"#, -32_602),
        ("eth_getBlockByHash", #"["0x0",false]"#, -32_602),
        ("eth_getTransactionByHash", "[]", -32_602),
        ("eth_getTransactionByBlockNumberAndIndex", #"["latest"]"#, -32_602),
        ("eth_feeHistory", #"["0x1"]"#, -32_602),
        ("eth_feeHistory", #"["0x1","latest",[101]]"#, -32_000),
        ("eth_feeHistory", #"["0x1","latest",[2,1]]"#, -32_000),
        ("eth_feeHistory", #"["0x1","0x5",[]]"#, -32_000),
        ("eth_sendRawTransaction", #"["0x0"]"#, -32_602),
        ("eth_sendRawTransaction", #"["0x"]"#, -32_000),
        ("eth_sendRawTransaction", #"["0xc0"]"#, -32_000),
        ("eth_sendRawTransaction", #"["0x7effff"]"#, -32_000),
        ("eth_sendRawTransactionSync", #"["0xc0"]"#, -32_000),
        ("debug_getRawHeader", #"["0x10"]"#, -32_000),
        ("debug_setHead", #"["0x10"]"#, -32_000),
        ("web3_sha3", #"["0xabc"]"#, -32_602),
        ("eth_nothing", "[]", -32_601),
    ]

    @Test func haveTheCodesOfTheCommonClients() throws {
        let node = try RPCTestNode()
        for (method, parameters, code) in Self.refused {
            let answer = node.ask(method, parameters)
            #expect(answer.hasPrefix(#""error":{"code":\#(code),"#), "\(method) \(parameters): \(answer)")
        }
    }

    static let absent: [(method: String, parameters: String)] = [
        ("eth_getBlockByNumber", #"["0x63",false]"#),
        ("eth_getBlockByHash", "[\(hash),true]"), ("eth_getBlockReceipts", #"["0x63"]"#),
        ("eth_getTransactionByHash", "[\(hash)]"), ("eth_getTransactionReceipt", "[\(hash)]"),
        ("eth_getTransactionByBlockNumberAndIndex", #"["latest","0x0"]"#),
        ("eth_getUncleByBlockNumberAndIndex", #"["latest","0x0"]"#),
    ]

    @Test func saysNullOfWhatIsNotThere() throws {
        let node = try RPCTestNode()
        for (method, parameters) in Self.absent {
            #expect(node.ask(method, parameters) == #""result":null"#, "\(method) \(parameters)")
        }
    }

    @Test(arguments: [
        ("eth_sendRawTransaction", "0xc0"), ("debug_traceBlock", "0xc3c0c0c0"), ("debug_traceBlock", "0xc0"),
    ])
    func saysWhatIsWrongInWords(method: String, bytes: String) throws {
        let answer = try RPCTestNode().ask(method, "[\"\(bytes)\"]")
        #expect(answer.contains("ends too early"), "\(answer)")
        #expect(!answer.contains("malformed") && !answer.contains("truncated"))
    }

    @Test func givesFeesAsTheCommonClientsDo() throws {
        let answer = try RPCTestNode().ask("eth_feeHistory", #"["0x1","latest",[]]"#)
        #expect(answer.contains("oldestBlock") && !answer.contains("reward"))
        let ratios = [0, 1, 0.5, 0.000_21, 0.000_012_5, 0.000_000_7]
        #expect(ratios.map(FeeHistory.decimal) == ["0", "1", "0.5", "0.00021", "0.0000125", "7e-7"])
    }

    @Test func remembersBadBlocks() throws {
        let node = try RPCTestNode()
        #expect(node.ask("debug_getBadBlocks") == #""result":[]"#)
        let view = try node.chain.view()
        var header = try view.headHeader
        header.parentHash = view.head.hash
        header.number = 1
        #expect(throws: ChainError.self) { try node.chain.insert(Block(header: header, withdrawals: [])) }
        let answer = node.ask("debug_getBadBlocks")
        #expect(answer.contains("{\"hash\":\"\(Hex.encode(header.hash.bytes))\",\"block\":{"))
        #expect(answer.contains(#""rlp":"0xf9"#))
    }
}
