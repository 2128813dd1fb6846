import Blockchain
import Cryptography
import EVM
import EthereumRPC
import Foundation
import JSONRPC
import NIOCore
import Primitives
import StateTransition
import Storage

/// A chain of Osaka's rules with a rich account and a few contracts, asked in process.
final class CallChain {
    /// What the contracts do, by their addresses.
    enum Contract: UInt8, CaseIterable {
        /// Jumps to itself for ever.
        case loop = 0xA0
        /// Adds one to slot 0 and returns it.
        case counter = 0xA1
        /// Reverts with `Error("no")`.
        case reverter = 0xA2
        /// Calls the counter and then the reverter, and succeeds; emits a log in between.
        case caller = 0xA3
        /// Answers nothing to a system call (EIP-7002, EIP-7251).
        case silent = 0xA4

        var address: Address { Address(truncating: UInt256(UInt64(rawValue))) }

        var code: String {
            switch self {
            case .loop: "5b5f56"
            case .counter: "5f54600101805f555f5260205ff3"
            case .reverter: "6064600a5f3960645ffd" + Contract.reason
            case .caller:
                // CALL(gas, counter), LOG0 of no data, CALL(gas, reverter), STOP.
                "5f5f5f5f5f60a15af1" + "50" + "5f5fa0" + "5f5f5f5f5f60a25af1" + "5000"
            case .silent: "00"
            }
        }

        /// The ABI's form of `Error("no")`.
        static let reason =
            "08c379a0" + String(repeating: "0", count: 62) + "20" + String(repeating: "0", count: 63) + "2" + "6e6f"
            + String(repeating: "0", count: 60)
    }

    static let key = UInt256(0x1234)
    static let sender: Address = {
        let signature = Secp256k1.sign(hash: Hash256(), privateKey: key)!
        return Secp256k1.recoverAddress(hash: Hash256(), r: signature.r, s: signature.s, isOdd: signature.isOdd)!
    }()

    let chain: Chain
    private let endpoint: LocalEndpoint
    private let directory: String

    init() throws {
        directory = NSTemporaryDirectory() + "mayfly-calls-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        let database = try ChainDatabase(directory: directory, genesis: Self.genesis())
        chain = try Chain(configuration: .always(.osaka, chainID: 1337), database: database)
        var methods = Methods()
        CallMethods(NodeContext(chain: chain, settings: RPCSettings(clientVersion: "test"))).add(to: &methods)
        endpoint = LocalEndpoint(methods: methods)
    }

    deinit {
        try? chain.database.close()
        try? FileManager.default.removeItem(atPath: directory)
    }

    private static func genesis() throws -> GenesisBlock {
        var state = StateDiff()
        func add(_ address: Address, _ code: String) throws {
            let bytes = try Hex.decode("0x" + code)
            let hash = Keccak256.hash(bytes)
            state.codes.append(.init(hash: hash, bytes: bytes))
            state.accounts.append(.init(address: address, record: AccountRecord(nonce: 1, codeHash: hash)))
        }
        for contract in Contract.allCases { try add(contract.address, contract.code) }
        for address in ["00000961ef480eb55e80d19ad83579a64c007002", "0000bbddc7ce488642fb579f8b00f3a590007251"] {
            try add(try Address(hex: address), Contract.silent.code)
        }
        let ether = UInt256(1_000_000_000_000_000_000)
        state.accounts.append(.init(address: sender, record: AccountRecord(balance: ether)))
        let header = BlockHeader(
            stateRoot: try MemoryState().root(after: state), gasLimit: 30_000_000, timestamp: 1_000,
            baseFee: 1_000_000_000, withdrawalsRoot: EmptyHash.trieRoot, blobGasUsed: 0, excessBlobGas: 0,
            parentBeaconBlockRoot: Hash256(), requestsHash: EmptyHash.requests)
        return GenesisBlock(chainID: 1337, block: Block(header: header, withdrawals: []), state: state)
    }

    /// Makes a block with a call of a contract, and gives the transaction's hash.
    func include(_ contract: Contract) throws -> String {
        var transaction = Transaction(
            kind: .dynamicFee, chainID: 1337, maxFeePerGas: 10_000_000_000, gasLimit: 200_000, to: contract.address)
        let signature = Secp256k1.sign(hash: transaction.signingHash, privateKey: Self.key)!
        transaction.signature = Signature(v: signature.isOdd ? 1 : 0, r: signature.r, s: signature.s)
        var attributes = BlockAttributes(
            timestamp: 1_012, randomness: Hash256(), feeRecipient: Address(truncating: 0xFEE))
        attributes.transactions = [transaction]
        _ = try chain.produce(attributes, from: .none)
        return Hex.encode(transaction.hash.bytes)
    }

    /// The answer to a call of a method, with parameters as JSON text.
    func ask(_ method: String, _ parameters: String) throws -> Answer {
        let request = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"\(method)\",\"params\":[\(parameters)]}"
        let text = endpoint.answer(ByteBuffer(string: request)).map { String(buffer: $0) } ?? "{}"
        return Answer(json: try JSONSerialization.jsonObject(with: Data(text.utf8)))
    }
}

/// A piece of an answer.
struct Answer {
    let json: Any?

    subscript(key: String) -> Answer { Answer(json: (json as? [String: Any])?[key]) }

    subscript(index: Int) -> Answer {
        let list = json as? [Any] ?? []
        return Answer(json: index < list.count ? list[index] : nil)
    }

    var text: String? { json as? String }
    var number: Int? { json as? Int }
    var count: Int { (json as? [Any])?.count ?? (json as? [String: Any])?.count ?? 0 }
    var list: [Answer] { (json as? [Any] ?? []).map { Answer(json: $0) } }
    var quantity: Int? { text.flatMap { Int($0.dropFirst(2), radix: 16) } }
}

extension CallChain.Contract {
    /// The address as JSON text.
    var json: String { "\"\(Hex.encode(address.bytes))\"" }
}
