import EVM
public import Primitives
public import StateTransition

/// What a block of the rollup is made of (Engine API, `PayloadAttributesV3` with the OP Stack's fields).
public struct PayloadAttributes: Equatable, Sendable {
    /// Seconds since the Unix epoch.
    public var timestamp: UInt64
    public var prevRandao: Hash256
    public var suggestedFeeRecipient: Address
    public var parentBeaconBlockRoot: Hash256
    /// In their canonical form: the L1 attributes, users' deposits, and the sequenced ones.
    public var transactions: [[UInt8]]
    /// Whether the block has these transactions and no others.
    public var noTxPool: Bool
    public var gasLimit: UInt64
    /// Denominator and elasticity, four bytes each.
    public var eip1559Parameters: [UInt8]
    /// Wei a gas.
    public var minimumBaseFee: UInt64

    public init(
        timestamp: UInt64, prevRandao: Hash256, suggestedFeeRecipient: Address, parentBeaconBlockRoot: Hash256,
        transactions: [[UInt8]], noTxPool: Bool, gasLimit: UInt64, eip1559Parameters: [UInt8], minimumBaseFee: UInt64
    ) {
        self.timestamp = timestamp
        self.prevRandao = prevRandao
        self.suggestedFeeRecipient = suggestedFeeRecipient
        self.parentBeaconBlockRoot = parentBeaconBlockRoot
        self.transactions = transactions
        self.noTxPool = noTxPool
        self.gasLimit = gasLimit
        self.eip1559Parameters = eip1559Parameters
        self.minimumBaseFee = minimumBaseFee
    }

    /// The attributes as the block builder takes them.
    public var rollupAttributes: RollupAttributes {
        RollupAttributes(
            timestamp: timestamp, randomness: prevRandao, coinbase: suggestedFeeRecipient,
            parentBeaconBlockRoot: parentBeaconBlockRoot, gasLimit: gasLimit, baseFeeParameters: eip1559Parameters,
            minimumBaseFee: minimumBaseFee, transactions: transactions)
    }

    /// The same with deposits only (Holocene, engine queue).
    public var depositsOnly: PayloadAttributes {
        var copy = self
        copy.transactions = transactions.filter { $0.first == Transaction.Kind.deposit.rawValue }
        return copy
    }
}

extension PayloadAttributes {
    /// The attributes of the block after `parent`: what a verifier derives, and what a sequencer begins with.
    ///
    /// - Parameters:
    ///   - origin: the parent's L1 origin or the block after it.
    ///   - systemConfig: what holds in the parent; the origin's logs are applied to it where the origin is a new one.
    ///   - sequenced: transactions from a batch.
    ///   - noTxPool: false for a sequencer that adds transactions.
    /// - Throws: `DerivationError` of severity reset where the origin does not follow the parent's.
    public init(
        after parent: L2BlockReference, origin: L1Origin, systemConfig: inout SystemConfig, sequenced: [[UInt8]],
        noTxPool: Bool = true, _ configuration: RollupConfiguration
    ) throws(DerivationError) {
        let isFirst = parent.l1Origin.number != origin.reference.number
        if isFirst {
            guard parent.l1Origin.hash == origin.reference.parentHash else {
                throw .originMismatch(origin.reference.id)
            }
        } else {
            guard parent.l1Origin.hash == origin.reference.hash else { throw .originMismatch(origin.reference.id) }
        }
        let timestamp = parent.timestamp &+ configuration.blockTime
        guard timestamp >= origin.reference.timestamp else { throw .beforeOrigin(origin.reference.id) }
        if isFirst { for log in origin.configLogs { systemConfig.apply(log) } }
        let info = L1BlockInfo(
            origin, sequenceNumber: isFirst ? 0 : parent.sequenceNumber &+ 1, systemConfig: systemConfig)
        self.init(
            timestamp: timestamp, prevRandao: origin.randomness,
            suggestedFeeRecipient: Predeploy.sequencerFeeVault,
            parentBeaconBlockRoot: origin.parentBeaconBlockRoot,
            transactions: [info.transaction.encoded] + (isFirst ? origin.deposits : []) + sequenced,
            noTxPool: noTxPool, gasLimit: systemConfig.gasLimit, eip1559Parameters: systemConfig.eip1559Parameters,
            minimumBaseFee: systemConfig.minimumBaseFee)
    }
}

extension L2BlockReference {
    /// What derivation knows a block by; nil where its first transaction does not bring L1 attributes.
    ///
    /// - Parameter hash: of the header.
    public init?(header: BlockHeader, hash: Hash256, firstTransaction: Transaction) {
        guard firstTransaction.kind == .deposit, let info = L1BlockInfo(decoding: firstTransaction.input) else {
            return nil
        }
        self.init(
            number: header.number, hash: hash, parentHash: header.parentHash, timestamp: header.timestamp,
            l1Origin: info.origin, sequenceNumber: info.sequenceNumber)
    }
}

extension SystemConfig {
    /// What holds in a block of the rollup since Jovian, read from the block alone; nil where it says nothing.
    ///
    /// - Parameter unsafeBlockSigner: blocks do not say it.
    public init?(header: BlockHeader, firstTransaction: Transaction, unsafeBlockSigner: Address = Address()) {
        guard firstTransaction.kind == .deposit, let info = L1BlockInfo(decoding: firstTransaction.input),
            info.form != .bedrock, let extra = RollupExtraData(header.extraData, upgrade: .jovian)
        else { return nil }
        self.init(
            batcher: info.batcher, gasLimit: header.gasLimit, baseFeeScalar: info.baseFeeScalar,
            blobBaseFeeScalar: info.blobBaseFeeScalar, eip1559Denominator: extra.denominator,
            eip1559Elasticity: extra.elasticity, operatorFeeScalar: info.operatorFeeScalar,
            operatorFeeConstant: info.operatorFeeConstant, minimumBaseFee: extra.minimumBaseFee ?? 0,
            footprintGasScalar: info.footprintGasScalar, unsafeBlockSigner: unsafeBlockSigner)
    }
}
