public import Primitives
public import StateTransition

/// A block of L1 as derivation reads it: the driver has checked that the parts belong to the header.
public struct L1Block: Sendable {
    public var header: BlockHeader
    /// keccak256 of the header.
    public var hash: Hash256
    /// All of them, in order.
    public var transactions: [Transaction]
    /// All of them, in order.
    public var receipts: [Receipt]

    public init(header: BlockHeader, hash: Hash256, transactions: [Transaction], receipts: [Receipt]) {
        self.header = header
        self.hash = hash
        self.transactions = transactions
        self.receipts = receipts
    }

    public var reference: L1BlockReference {
        L1BlockReference(
            number: header.number, hash: hash, parentHash: header.parentHash, timestamp: header.timestamp)
    }

    /// The logs that change the system configuration.
    func configLogs(_ configuration: RollupConfiguration) -> [Log] {
        var found: [Log] = []
        for receipt in receipts where receipt.isSuccess == true {
            for log in receipt.logs where log.address == configuration.systemConfigContract {
                if log.topics.first == SystemConfig.updateTopic { found.append(log) }
            }
        }
        return found
    }
}

/// What the blocks of a rollup take from their L1 origin.
public struct L1Origin: Equatable, Sendable {
    public var reference: L1BlockReference
    /// Wei a gas.
    public var baseFee: UInt256
    /// Wei a blob gas.
    public var blobBaseFee: UInt256
    /// The beacon chain's randomness.
    public var randomness: Hash256
    public var parentBeaconBlockRoot: Hash256
    /// Users' deposits, in their canonical form.
    public var deposits: [[UInt8]]
    /// The logs that change the system configuration.
    public var configLogs: [Log]
    /// Where this block closes the rollup.
    public var closing: RollupClosing?

    /// What `block` gives.
    ///
    /// - Throws: where a log of the deposit contract is no deposit.
    public init(_ block: L1Block, _ configuration: RollupConfiguration) throws(DepositLogError) {
        reference = block.reference
        baseFee = block.header.baseFee ?? 0
        blobBaseFee = configuration.l1BlobBaseFee(
            timestamp: block.header.timestamp, excessBlobGas: block.header.excessBlobGas)
        randomness = block.header.mixHash
        parentBeaconBlockRoot = block.header.parentBeaconBlockRoot ?? Hash256()
        deposits = try DepositLog.transactions(
            block.receipts, contract: configuration.depositContract, l1Hash: block.hash)
        configLogs = block.configLogs(configuration)
        closing = RollupClosing.find(in: block, configuration)
    }
}
