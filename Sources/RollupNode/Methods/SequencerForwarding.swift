import EthereumClient
import JSONRPC
import Primitives

extension RollupNode {
    /// Lets the sequencer answer for transactions that are sent here: only it makes blocks of them.
    func forwardTransactions(of methods: inout Methods) {
        guard let sequencer else { return }
        for name in ["eth_sendRawTransaction", "eth_sendRawTransactionSync"] {
            methods.addDeferred(name) { call, responder throws(RPCError) in
                let transaction = try call.parameters.required { reader throws(JSONError) in try reader.readData() }
                let timeout = try call.parameters.optional { reader throws(JSONError) in try reader.readQuantity() }
                try call.parameters.finish()
                Task {
                    do throws(EthereumClientError) {
                        let answer = try await sequencer.call(
                            name,
                            { json in
                                json.data(transaction)
                                if let timeout { json.quantity(timeout) }
                            }, read: { reader in try Array(reader.readRaw()) })
                        responder.succeed { json throws(RPCError) in answer.withUnsafeBytes { json.raw($0) } }
                    } catch {
                        responder.fail(Self.failure(error))
                    }
                }
            }
        }
    }

    private static func failure(_ error: EthereumClientError) -> RPCError {
        if case .refused(let code, let message, let data) = error {
            guard let data else { return RPCError(code: code, message: message) }
            return RPCError(code: code, message: message) { $0.data(data) }
        }
        return RPCError(code: -32_000, message: "the sequencer could not be asked: \(error.message)")
    }
}
