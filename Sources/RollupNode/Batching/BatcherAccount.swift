public import Layers
public import Primitives
public import StateTransition

/// The account that a rollup's data come from on L1, which nobody else may use.
public struct BatcherAccount: Sendable {
    public let address: Address
    /// Puts the account's signature into a transaction, or throws where whoever has the key does not sign it now.
    public let sign: @Sendable (inout Transaction) async throws(LayerError) -> Void

    public init(address: Address, sign: @escaping @Sendable (inout Transaction) async throws(LayerError) -> Void) {
        self.address = address
        self.sign = sign
    }
}
