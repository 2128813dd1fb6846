import Blockchain
import Cryptography
import EVM
import EthereumRPC
import Foundation
import JSONRPC
import NIOCore
import Primitives
import Sequencing
import StateTransition
import Storage
import Testing

/// A node of Osaka's rules with one rich account and a contract that logs its input, reached by JSON-RPC messages.
final class NodeUnderTest {
    private let directory = NSTemporaryDirectory() + "/mayfly-rpc-" + UUID().uuidString
    let context: NodeContext
    let endpoint: LocalEndpoint
    var chain: Chain { context.chain }

    /// LOG1 with the first word of the input as its topic.
    static let contract = Address(truncating: 0xC0DE)
    private static let contractCode: [UInt8] = [0x5F, 0x35, 0x5F, 0x5F, 0xA1, 0x00]
    private static let key: UInt256 = 0x1234

    /// - Parameter extraData: of the genesis block.
    init(
        _ configuration: ChainConfiguration = .always(.osaka, chainID: 1337), extraData: [UInt8] = [],
        settings: RPCSettings = RPCSettings(clientVersion: "test"),
        _ methods: (NodeContext) -> Methods
    ) throws {
        let database = try ChainDatabase(directory: directory, genesis: Self.genesis(extraData))
        let chain = try Chain(configuration: configuration, database: database)
        context = NodeContext(chain: chain, settings: settings)
        endpoint = LocalEndpoint(methods: methods(context))
    }

    deinit { try? FileManager.default.removeItem(atPath: directory) }

    private static var sender: Address {
        guard let signature = Secp256k1.sign(hash: Hash256(), privateKey: key) else { return Address() }
        return Secp256k1.recoverAddress(
            hash: Hash256(), r: signature.r, s: signature.s, isOdd: signature.isOdd) ?? Address()
    }

    private static func genesis(_ extraData: [UInt8]) throws -> GenesisBlock {
        var state = StateDiff()
        func add(_ address: Address, _ record: AccountRecord) {
            state.accounts.append(StateDiff.AccountChange(address: address, record: record))
        }
        add(sender, AccountRecord(balance: UInt256(1_000) &* 1_000_000_000_000_000_000))
        for (address, code) in [
            (try Address(hex: "00000961ef480eb55e80d19ad83579a64c007002"), [0x00]),
            (try Address(hex: "0000bbddc7ce488642fb579f8b00f3a590007251"), [0x00]), (contract, contractCode),
        ] as [(Address, [UInt8])] {
            let hash = Keccak256.hash(code)
            add(address, AccountRecord(nonce: 1, codeHash: hash))
            if !state.codes.contains(where: { $0.hash == hash }) {
                state.codes.append(StateDiff.NewCode(hash: hash, bytes: code))
            }
        }
        let header = BlockHeader(
            stateRoot: try MemoryState().root(after: state), gasLimit: 30_000_000, timestamp: 1_000,
            extraData: extraData, baseFee: 1_000_000_000, withdrawalsRoot: EmptyHash.trieRoot, blobGasUsed: 0,
            excessBlobGas: 0,
            parentBeaconBlockRoot: Hash256(), requestsHash: EmptyHash.requests)
        return GenesisBlock(chainID: 1337, block: Block(header: header, withdrawals: []), state: state)
    }

    // MARK: Blocks

    /// A call of the contract, signed.
    func logging(_ topic: UInt64, nonce: UInt64) throws -> Transaction {
        var transaction = Transaction(
            kind: .dynamicFee, chainID: 1337, nonce: nonce, maxFeePerGas: 100_000_000_000,
            maxPriorityFeePerGas: 1_000_000_000, gasLimit: 100_000, to: Self.contract,
            input: UInt256(topic).bytes)
        let signature = try #require(Secp256k1.sign(hash: transaction.signingHash, privateKey: Self.key))
        transaction.signature = Signature(v: signature.isOdd ? 1 : 0, r: signature.r, s: signature.s)
        return transaction
    }

    /// Makes a block with logs of these topics the new head.
    @discardableResult
    func produce(_ topics: [UInt64], firstNonce: UInt64) throws -> SealedBlock {
        let parent = try chain.view().headHeader
        var attributes = BlockAttributes(
            timestamp: parent.timestamp + 12, randomness: Hash256(), feeRecipient: Address(truncating: 0xFEE))
        for (index, topic) in topics.enumerated() {
            attributes.transactions.append(try logging(topic, nonce: firstNonce + UInt64(index)))
        }
        return try #require(try chain.produce(attributes, from: .none)).sealed
    }

    // MARK: Calls

    /// The whole answer.
    func answer(_ method: String, _ parameters: String = "[]") throws -> [String: Any] {
        let message = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"\(method)\",\"params\":\(parameters)}"
        let text = try #require(endpoint.answer(ByteBuffer(string: message)))
        let value = try JSONSerialization.jsonObject(with: Data(text.readableBytesView))
        return try #require(value as? [String: Any])
    }

    /// The result of a call that must have one.
    func result<Value>(_ method: String, _ parameters: String = "[]", as: Value.Type = Value.self) throws -> Value {
        let answer = try answer(method, parameters)
        return try #require(answer["result"] as? Value, "\(method)\(parameters): \(answer)")
    }

    /// The error of a call that must have one.
    func error(_ method: String, _ parameters: String = "[]") throws -> (code: Int, message: String) {
        let answer = try answer(method, parameters)
        let error = try #require(answer["error"] as? [String: Any], "\(method)\(parameters): \(answer)")
        return (try #require(error["code"] as? Int), try #require(error["message"] as? String))
    }
}

/// A JSON value as text.
func text(_ value: Any) throws -> String {
    String(
        decoding: try JSONSerialization.data(withJSONObject: value, options: [.fragmentsAllowed, .sortedKeys]),
        as: UTF8.self)
}
