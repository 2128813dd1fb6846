import Blockchain
import Cryptography
import EthereumRPC
import Foundation
import JSONRPC
import NIOCore
import Primitives
import StateTransition
import Storage

/// A node with a genesis from a fixture, in a folder of its own that goes with it, reached by its Engine API only.
final class EngineNode {
    private let folder: String
    private let chain: Chain
    private let endpoint: LocalEndpoint

    init(genesis: BlockHeader, accounts: [FixtureAccount], configuration: ChainConfiguration) throws {
        let base = FileManager.default.isWritableFile(atPath: "/dev/shm") ? "/dev/shm" : NSTemporaryDirectory()
        folder = base + "/mayfly-conformance-\(UUID().uuidString)"
        do {
            let block = GenesisBlock(
                chainID: configuration.chainID,
                block: Block(header: genesis, withdrawals: genesis.withdrawalsRoot == nil ? nil : []),
                state: StateDiff(accounts))
            chain = try Chain(
                configuration: configuration, database: try ChainDatabase(directory: folder, genesis: block))
        } catch {
            try? FileManager.default.removeItem(atPath: folder)
            throw Mismatch("genesis", expected: "a chain that begins", got: "\(error)")
        }
        let context = NodeContext(chain: chain, settings: RPCSettings(clientVersion: "conformance"))
        endpoint = LocalEndpoint(methods: EngineMethods.all(context))
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    /// Calls a method.
    ///
    /// - Parameter parameters: the JSON text of an array.
    /// - Returns: the whole answer.
    func call(_ method: String, parameters: [UInt8]) throws -> JSONValue {
        var message = ByteBuffer(string: "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"\(method)\",\"params\":")
        message.writeBytes(parameters)
        message.writeString("}")
        guard let answer = endpoint.answer(message) else {
            throw Mismatch(method, expected: "an answer", got: "none")
        }
        return try JSONDocument(Array(answer.readableBytesView)).root
    }

    /// The result in an answer that must have one.
    func result(of answer: JSONValue, _ subject: String) throws -> JSONValue {
        if let error = answer.optional("error") {
            throw Mismatch(subject, expected: "a result", got: "error \(error.shortText)")
        }
        return try answer.required("result")
    }

    func head() throws -> Hash256 { try chain.view().head.hash }

    func headState() throws -> StateSource {
        let view = try chain.view()
        return try view.state(view.head)
    }
}

extension JSONValue {
    /// The start of the value's text.
    var shortText: String {
        var text: [UInt8] = []
        appendText(to: &text)
        return String(decoding: text.prefix(300), as: UTF8.self)
    }
}

extension StateDiff {
    /// What leads from nothing to `accounts`.
    init(_ accounts: [FixtureAccount]) {
        self.init()
        for account in accounts {
            let start = slots.count
            for (slot, value) in account.storage { slots.append(SlotChange(key: slot, value: value)) }
            var codeHash = EmptyHash.code
            if !account.code.isEmpty {
                codeHash = Keccak256.hash(account.code)
                codes.append(NewCode(hash: codeHash, bytes: account.code))
            }
            let record = AccountRecord(
                nonce: account.nonce, balance: account.balance, codeHash: codeHash,
                hasStorage: !account.storage.isEmpty)
            self.accounts.append(
                AccountChange(address: account.address, record: record, slots: start..<slots.count))
        }
    }
}
