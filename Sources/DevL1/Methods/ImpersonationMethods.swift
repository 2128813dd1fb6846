import EthereumRPC
import JSONRPC
import Primitives
import Synchronization

/// The accounts for which transactions are taken without their signatures.
final class ImpersonatedAccounts: Sendable {
    private struct State {
        var addresses: Set<Address> = []
        var isEveryone = false
    }

    private let state = Mutex(State())

    func contains(_ address: Address) -> Bool {
        state.withLock { $0.isEveryone || $0.addresses.contains(address) }
    }

    func insert(_ address: Address) { _ = state.withLock { $0.addresses.insert(address) } }

    func remove(_ address: Address) { _ = state.withLock { $0.addresses.remove(address) } }

    func setEveryone(_ isEveryone: Bool) { state.withLock { $0.isEveryone = isEveryone } }
}

/// Sending as accounts whose keys nobody has. They may be contracts, which no other chain takes transactions of (EIP-3607).
struct ImpersonationMethods: Sendable {
    let impersonated: ImpersonatedAccounts

    func add(to methods: inout Methods) {
        methods.add(["anvil_impersonateAccount", "hardhat_impersonateAccount"]) { [self] call, json throws(RPCError) in
            impersonated.insert(try call.parameters.required { reader throws(JSONError) in try reader.readAddress() })
            try call.parameters.finish()
            json.boolean(true)
        }
        methods.add(["anvil_stopImpersonatingAccount", "hardhat_stopImpersonatingAccount"]) {
            [self] call, json throws(RPCError) in
            impersonated.remove(try call.parameters.required { reader throws(JSONError) in try reader.readAddress() })
            try call.parameters.finish()
            json.boolean(true)
        }
        methods.add(["anvil_autoImpersonateAccount", "anvil_setAutoImpersonateAccount"]) {
            [self] call, json throws(RPCError) in
            impersonated.setEveryone(
                try call.parameters.required { reader throws(JSONError) in try reader.readBoolean() })
            try call.parameters.finish()
            json.boolean(true)
        }
    }
}
