public import EVM
public import Primitives

/// What a caller wants an account to have, whatever the state says: for simulations.
public struct AccountOverride: Sendable {
    /// What becomes of the account's storage.
    public enum Storage: Sendable {
        /// These slots are all that there is.
        case replaced([StateDiff.SlotChange])
        /// These slots change, the others stay.
        case changed([StateDiff.SlotChange])
    }

    public var address: Address
    public var nonce: UInt64?
    /// Wei.
    public var balance: UInt256?
    public var code: [UInt8]?
    public var storage: Storage?

    public init(address: Address) { self.address = address }
}

extension BlockExecution {
    /// Changes accounts; between transactions only. What it leaves empty stays in the state.
    public mutating func override(_ overrides: [AccountOverride]) throws(StateError) {
        for override in overrides { try state.override(override) }
    }

    /// Puts other words in the place of the block's, as instructions see them.
    public mutating func setEnvironment(_ environment: BlockEnvironment) {
        self.environment = environment
        machine.setBlock(environment)
    }

    /// Puts precompiles elsewhere than the rules do.
    public mutating func setPrecompilePlaces(_ places: PrecompilePlaces?) { machine.precompilePlaces = places }

    /// The nonce and balance (wei) of an account as it is now; between transactions only.
    public mutating func nonceAndBalance(
        of address: Address
    ) throws(StateError) -> (nonce: UInt64, balance: UInt256) {
        let account = state.account(address)
        return (try state.nonce(account), try state.balance(account))
    }

    /// Whether the account has code now; between transactions only.
    public mutating func hasCode(_ address: Address) throws(StateError) -> Bool {
        try state.code(state.account(address)).count > 0
    }
}
