import Primitives
import StateTransition

/// What a developer wants of the blocks to come.
struct BlockWishes: Sendable {
    var feeRecipient: Address
    /// That blocks go towards, by as much as the rules allow from one to the next.
    var gasLimit: UInt64
    /// Of the next block only, wei a gas.
    var nextBaseFee: UInt256?
    /// Of the next block only.
    var nextRandomness: Hash256?

    init(feeRecipient: Address, gasLimit: UInt64) {
        self.feeRecipient = feeRecipient
        self.gasLimit = gasLimit
    }

    /// Forgets what the block has.
    mutating func follow(_ header: BlockHeader) {
        if nextBaseFee == header.baseFee { nextBaseFee = nil }
        if nextRandomness == header.mixHash { nextRandomness = nil }
    }
}
