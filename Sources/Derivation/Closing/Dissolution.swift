public import Primitives
public import StateTransition

/// The call of the rollup's dissolver that each block after the last ordinary one has: a deposit that nobody sent.
public enum Dissolution {
    /// The predeploy that calls the applications.
    public static var dissolver: Address { Address(truncating: UInt256(limbs: 0x7D0, 0, 0x4200_0000, 0)) }

    /// The selector of `dissolve(uint256,uint256)`.
    private static var selector: [UInt8] { [0x0E, 0x12, 0x09, 0xD6] }

    /// The deposit.
    ///
    /// - Parameters:
    ///   - index: the block's place among those after the last ordinary one, from zero.
    ///   - closingHash: of the L1 block that closed the rollup.
    ///   - gasLimit: of the block; all of it but what the L1 attributes may take is for the call.
    public static func call(index: UInt64, closingHash: Hash256, gasLimit: UInt64) -> Transaction {
        let source = DepositSource.dissolution(l1Hash: closingHash, index: index)
        let attributesGas = ProtocolConstant.l1AttributesGas
        return Transaction(
            kind: .deposit, gasLimit: gasLimit > attributesGas ? gasLimit - attributesGas : 0, to: dissolver,
            input: selector + UInt256(index).bytes + UInt256(ProtocolConstant.dissolutionBlocks).bytes,
            deposit: Deposit(sourceHash: source.hash, from: SystemAddress.l1AttributesDepositor))
    }
}

extension PayloadAttributes {
    /// The attributes of a block after the rollup's last ordinary one: the L1 attributes, the dissolver's call, and nothing
    /// else.
    ///
    /// - Parameters:
    ///   - parent: the last ordinary block, or one of those after it.
    ///   - closingOrigin: the L1 block that closed the rollup, which is the parent's L1 origin.
    ///   - systemConfig: what holds in the parent.
    ///   - index: the block's place among those after the last ordinary one, from zero.
    public init(
        dissolvingAfter parent: L2BlockReference, closingOrigin: L1Origin, systemConfig: SystemConfig, index: UInt64,
        _ configuration: RollupConfiguration
    ) throws(DerivationError) {
        guard parent.l1Origin == closingOrigin.reference.id else {
            throw .originMismatch(closingOrigin.reference.id)
        }
        var config = systemConfig
        let call = Dissolution.call(
            index: index, closingHash: closingOrigin.reference.hash, gasLimit: systemConfig.gasLimit)
        try self.init(
            after: parent, origin: closingOrigin, systemConfig: &config, sequenced: [call.encoded], configuration)
    }
}
