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

/// A node with a chain of Osaka's rules in a folder of its own, asked without a socket.
final class RPCTestNode {
    /// The key 0x1001, with a thousand ether.
    static let key = UInt256(0x1001)
    static let sender = Secp256k1.publicKeyAddress(key)
    let chain: Chain
    private let endpoint: LocalEndpoint
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent("mayfly-\(UUID().uuidString)")

    init(filterLimit: Int = 128) throws {
        var state = StateDiff()
        state.accounts = [
            StateDiff.AccountChange(
                address: Self.sender, record: AccountRecord(balance: UInt256(1_000) &* 1_000_000_000_000_000_000))
        ]
        // What the rules of Osaka call: each answers nothing.
        let stop: [UInt8] = [0]
        state.codes = [StateDiff.NewCode(hash: Keccak256.hash(stop), bytes: stop)]
        for address in [SystemContract.withdrawalRequests, SystemContract.consolidationRequests] {
            state.accounts.append(
                StateDiff.AccountChange(
                    address: address, record: AccountRecord(nonce: 1, codeHash: Keccak256.hash(stop))))
        }
        let genesis = Genesis(
            configuration: .always(.osaka, chainID: 1337),
            header: BlockHeader(gasLimit: 30_000_000, timestamp: 1_000), state: state)
        chain = try Chain(
            configuration: genesis.configuration,
            database: ChainDatabase(directory: folder.path, genesis: genesis.genesisBlock))
        var settings = RPCSettings(clientVersion: "mayfly/test")
        settings.receiptTimeout = 200
        settings.filterLimit = filterLimit
        let context = NodeContext(chain: chain, settings: settings)
        endpoint = LocalEndpoint(methods: EthereumMethods.administering(EthereumMethods.all(context), context))
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    /// The text of an answer: the result, or the error.
    func ask(_ method: String, _ parameters: String = "[]") -> String {
        let text = send(#"{"jsonrpc":"2.0","id":1,"method":"\#(method)","params":\#(parameters)}"#)
        let start = #"{"jsonrpc":"2.0","id":1,"#
        guard text.hasPrefix(start) else { return text }
        return String(text.dropFirst(start.count).dropLast())
    }

    /// The whole answer to a message.
    func send(_ message: String) -> String {
        String(buffer: endpoint.answer(ByteBuffer(string: message)) ?? ByteBuffer())
    }

    /// Makes a block of what the pool has.
    @discardableResult
    func produce() throws -> SealedBlock? {
        let attributes = BlockAttributes(
            timestamp: try chain.view().headHeader.timestamp + 12, randomness: Hash256(),
            feeRecipient: Address(truncating: 0xFEE))
        return try chain.produce(attributes)?.sealed
    }

    /// The network form of a transfer, in hexadecimal.
    static func transfer(_ nonce: UInt64, tip: UInt256 = 1_000_000_000) -> Transaction {
        var transaction = Transaction(
            kind: .dynamicFee, chainID: 1337, nonce: nonce, maxFeePerGas: 100_000_000_000, maxPriorityFeePerGas: tip,
            gasLimit: 21_000, to: Address(truncating: 0xB0B), value: 7)
        if let signature = Secp256k1.sign(hash: transaction.signingHash, privateKey: key) {
            transaction.signature = Signature(v: signature.isOdd ? 1 : 0, r: signature.r, s: signature.s)
        }
        return transaction
    }
}

extension Secp256k1 {
    /// The address of a key's owner.
    fileprivate static func publicKeyAddress(_ key: UInt256) -> Address {
        guard let signature = sign(hash: Hash256(), privateKey: key) else { return Address() }
        return recoverAddress(hash: Hash256(), r: signature.r, s: signature.s, isOdd: signature.isOdd) ?? Address()
    }
}
