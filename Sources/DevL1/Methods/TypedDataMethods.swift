import Cryptography
import EthereumRPC
import JSONRPC
import Primitives

/// Signatures of typed data with the keys that everybody has (EIP-712).
struct TypedDataMethods: Sendable {
    let accounts: [DevelopmentAccount]

    func add(to methods: inout Methods) {
        methods.add(["eth_signTypedData_v4", "eth_signTypedData"]) { [accounts] call, json throws(RPCError) in
            let address = try call.parameters.required { reader throws(JSONError) in try reader.readAddress() }
            let text = try call.parameters.required { reader throws(JSONError) in
                // Wallets take the data as a text that holds it, too.
                reader.peek() == .string
                    ? Array(try reader.readString().string.utf8) : Array(try reader.readRaw())
            }
            try call.parameters.finish()
            guard let account = accounts.first(where: { $0.address == address }) else {
                throw RPCError(code: -32_000, message: "unknown account: \(address)")
            }
            let digest: Hash256
            do throws(TypedDataError) {
                digest = try TypedData(json: text).digest
            } catch {
                throw .invalidParams("typed data: \(error.reason)")
            }
            guard let signature = Secp256k1.sign(hash: digest, privateKey: account.privateKey) else {
                throw .internalError()
            }
            json.data(signature.r.bytes + signature.s.bytes + [signature.isOdd ? 28 : 27])
        }
    }
}
