public import Primitives
public import StateTransition

/// Who signs for an account.
public enum AccountSigner: Sendable {
    /// This process, with the key.
    case key(SigningKey)
    /// Another one, which keeps the key.
    case remote(RemoteSigner)

    public var address: Address {
        switch self {
        case .key(let key): key.address
        case .remote(let signer): signer.address
        }
    }

    /// Signs a transaction, bound to its chain.
    ///
    /// - Throws: what a remote signer does; a key of this process never fails.
    public func sign(_ transaction: inout Transaction) async throws(SettlementError) {
        switch self {
        case .key(let key): key.sign(&transaction)
        case .remote(let signer): try await signer.sign(&transaction)
        }
    }
}
