import EVM
public import Primitives
public import StateTransition

extension PayloadAttributes {
    /// In what a block is not the one that attributes ask for.
    public enum Mismatch: Equatable, Sendable {
        case parent
        case timestamp
        case randomness
        case feeRecipient
        case gasLimit
        case parentBeaconBlockRoot
        case baseFeeParameters
        case withdrawals
        case transactions
    }

    /// Compares attributes with a block that the chain has already (OP Stack specification, derivation, L1
    /// consolidation): where nothing differs, the block is the one derived.
    ///
    /// - Parameters:
    ///   - parent: the hash of the block that the attributes follow.
    ///   - ownParameters: the chain's own base-fee parameters, which zeros in the attributes stand for.
    /// - Returns: the first difference; nil where there is none.
    public func mismatch(
        with block: Block, after parent: Hash256, ownParameters: BaseFeeParameters
    ) -> Mismatch? {
        let header = block.header
        if header.parentHash != parent { return .parent }
        if header.timestamp != timestamp { return .timestamp }
        if header.mixHash != prevRandao { return .randomness }
        if header.coinbase != suggestedFeeRecipient { return .feeRecipient }
        if header.gasLimit != gasLimit { return .gasLimit }
        if header.parentBeaconBlockRoot != parentBeaconBlockRoot { return .parentBeaconBlockRoot }
        guard let extra = RollupExtraData(header.extraData, upgrade: .jovian) else { return .baseFeeParameters }
        var wanted = eip1559Parameters
        if wanted.allSatisfy({ $0 == 0 }) {
            wanted = []
            wanted.appendBigEndian(ownParameters.denominator, width: 4)
            wanted.appendBigEndian(ownParameters.elasticity, width: 4)
        }
        var stated: [UInt8] = []
        stated.appendBigEndian(UInt64(extra.denominator), width: 4)
        stated.appendBigEndian(UInt64(extra.elasticity), width: 4)
        if stated != wanted || extra.minimumBaseFee != minimumBaseFee { return .baseFeeParameters }
        if block.withdrawals?.isEmpty != true { return .withdrawals }
        guard block.transactions.count == transactions.count else { return .transactions }
        for (made, asked) in zip(block.transactions, transactions) where made.encoded != asked { return .transactions }
        return nil
    }
}
