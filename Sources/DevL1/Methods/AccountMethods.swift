import Blockchain
import Cryptography
import EthereumRPC
import JSONRPC
import NIOCore
import Primitives
import Sequencing
import StateTransition
import Storage

/// What a node does with keys that it has: here those that everybody has.
struct AccountMethods: Sendable {
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
            let draft = try call.parameters.required(TransactionDraft.read)
            try call.parameters.finish()
            json.data(try send(draft, deadline: call.deadline))
        }
        methods.add("eth_signTransaction") { [self] call, json throws(RPCError) in
            let draft = try call.parameters.required(TransactionDraft.read)
            try call.parameters.finish()
            let sender = try sender(of: draft)
            guard let key = key(of: sender) else { throw Self.unknownAccount(sender) }
            var transaction = try draft.transaction(context, from: sender, deadline: call.deadline)
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
    private func sender(of draft: TransactionDraft) throws(RPCError) -> Address {
        guard let sender = draft.sender ?? accounts.first?.address else {
            throw .invalidParams("the transaction has no sender")
        }
        return sender
    }

    // MARK: Transactions

    private func send(_ draft: TransactionDraft, deadline: NIODeadline) throws(RPCError) -> Hash256 {
        let sender = try sender(of: draft)
        let key = key(of: sender)
        guard key != nil || impersonated.contains(sender) else { throw Self.unknownAccount(sender) }
        var transaction = try draft.transaction(context, from: sender, deadline: deadline)
        guard transaction.blobHashes.isEmpty else {
            throw RPCError(code: -32_000, message: "blobs are sent with eth_sendRawTransaction")
        }
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
                PooledTransaction(
                    transaction, hash: transaction.hash, sender: sender, encoded: transaction.encoded,
                    authorities: transaction.authorizations.compactMap { $0.authority }, isImpersonated: key == nil)
            ).hash
        } catch {
            throw RPCError(error)
        }
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
