import Blockchain
import Cryptography
import EthereumRPC
import JSONRPC
import Primitives
import Sequencing
import StateTransition
import Storage

/// What a node does with keys that it has: here those that everybody has.
struct AccountMethods: Sendable {
    /// The most that one transaction may use (EIP-7825).
    private static let transactionGasLimit: UInt64 = 16_777_216

    let context: NodeContext
    let accounts: [DevelopmentAccount]
    let impersonated: ImpersonatedAccounts

    func add(to methods: inout Methods) {
        methods.addInline("eth_accounts") { [accounts] call, json throws(RPCError) in
            try call.parameters.finish()
            json.beginArray()
            for account in accounts { json.data(account.address) }
            json.endArray()
        }
        methods.add("eth_sendTransaction") { [self] call, json throws(RPCError) in
            let request = try call.parameters.required(TransactionRequest.read)
            try call.parameters.finish()
            json.data(try send(request))
        }
        methods.add("eth_signTransaction") { [self] call, json throws(RPCError) in
            let request = try call.parameters.required(TransactionRequest.read)
            try call.parameters.finish()
            let sender = try sender(of: request)
            guard let key = key(of: sender) else { throw Self.unknownAccount(sender) }
            var transaction = try transaction(request, from: sender)
            try transaction.sign(with: key)
            json.beginObject()
            json.member("raw", transaction.encoded)
            json.key("tx")
            json.pendingTransaction(transaction, hash: transaction.hash, sender: sender)
            json.endObject()
        }
        methods.add("eth_sign") { [self] call, json throws(RPCError) in
            let address = try call.parameters.required { reader throws(JSONError) in try reader.readAddress() }
            let message = try call.parameters.required { reader throws(JSONError) in try reader.readData() }
            try call.parameters.finish()
            json.data(try sign(message, as: address))
        }
        methods.add("personal_sign") { [self] call, json throws(RPCError) in
            let message = try call.parameters.required { reader throws(JSONError) in try reader.readData() }
            let address = try call.parameters.required { reader throws(JSONError) in try reader.readAddress() }
            _ = try call.parameters.optional { reader throws(JSONError) in try reader.skipValue() }
            try call.parameters.finish()
            json.data(try sign(message, as: address))
        }
    }

    private static func unknownAccount(_ address: Address) -> RPCError {
        RPCError(code: -32_000, message: "unknown account: \(address)")
    }

    private func key(of address: Address) -> UInt256? { accounts.first { $0.address == address }?.privateKey }

    /// The first development account where the caller names none.
    private func sender(of request: TransactionRequest) throws(RPCError) -> Address {
        guard let sender = request.from ?? accounts.first?.address else {
            throw .invalidParams("the transaction has no sender")
        }
        return sender
    }

    // MARK: Transactions

    private func send(_ request: TransactionRequest) throws(RPCError) -> Hash256 {
        let sender = try sender(of: request)
        let key = key(of: sender)
        guard key != nil || impersonated.contains(sender) else { throw Self.unknownAccount(sender) }
        var transaction = try transaction(request, from: sender)
        if let key {
            try transaction.sign(with: key)
        } else {
            // Nobody has the key: a signature that no key makes, another for each account.
            transaction.signature = Signature(v: transaction.kind == .legacy ? 27 : 0, r: UInt256(sender), s: 1)
            if transaction.kind == .legacy, let chainID = transaction.chainID {
                transaction.signature.v = chainID &* 2 &+ 35
            }
        }
        do throws(SubmissionError) {
            return try context.chain.pool.admit(
                PooledTransaction(transaction, hash: transaction.hash, sender: sender, encoded: transaction.encoded),
                isLocal: true
            ).hash
        } catch {
            throw RPCError(error)
        }
    }

    /// The transaction with what the caller leaves to the node.
    private func transaction(_ request: TransactionRequest, from sender: Address) throws(RPCError) -> Transaction {
        let view = try context.view()
        let header = try asking { () throws(ChainError) in try view.headHeader }
        var nonce = request.nonce ?? context.chain.pool.withPool { $0.pendingNonce(of: sender) }
        if nonce == nil {
            let state = try context.state(.latest, in: view)
            do throws(StateError) {
                nonce = try state.account(sender)?.nonce ?? 0
            } catch {
                throw .internalError("the state cannot be read: \(error)")
            }
        }
        return try request.transaction(
            chainID: context.chain.configuration.chainID, nonce: nonce ?? 0,
            gasLimit: min(Self.transactionGasLimit, header.gasLimit), baseFee: header.baseFee ?? 0,
            tip: context.settings.suggestedTip)
    }

    // MARK: Messages

    /// The signature of a message as wallets sign it (EIP-191, version 0x45): r, s, and 27 or 28.
    private func sign(_ message: [UInt8], as address: Address) throws(RPCError) -> [UInt8] {
        guard let key = key(of: address) else { throw Self.unknownAccount(address) }
        let prefix = Array("\u{19}Ethereum Signed Message:\n\(message.count)".utf8)
        guard let signature = Secp256k1.sign(hash: Keccak256.hash(prefix + message), privateKey: key) else {
            throw .internalError()
        }
        return signature.r.bytes + signature.s.bytes + [signature.isOdd ? 28 : 27]
    }
}

extension Transaction {
    /// Signs with a private key, bound to the transaction's chain.
    mutating func sign(with key: UInt256) throws(RPCError) {
        guard let made = Secp256k1.sign(hash: signingHash, privateKey: key) else { throw .internalError() }
        var v: UInt64 = made.isOdd ? 1 : 0
        if kind == .legacy { v = v &+ (chainID.map { $0 &* 2 &+ 35 } ?? 27) }
        signature = Signature(v: v, r: made.r, s: made.s)
    }
}
