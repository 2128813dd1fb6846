public import Primitives
public import StateTransition

/// What one step added to a block that is open: transactions that will be in the block, whatever else comes into it.
public struct SubBlock: Sendable {
    /// From zero; the first has the transactions that the attributes named.
    public let index: Int
    /// The place of the first transaction in the block.
    public let firstTransaction: Int
    public let transactions: [Transaction]
    /// Their canonical forms.
    public let encoded: [[UInt8]]
    public let hashes: [Hash256]
    public let senders: [Address]
    public let receipts: [Receipt]
    /// Of the block so far.
    public let gasUsed: UInt64
    /// OP Stack, of the block so far, in gas.
    public let dataFootprint: UInt64
    /// Of the block so far.
    public let blobGasUsed: UInt64
    /// Of the block so far.
    public let logsBloom: LogsBloom
    /// What changed in the state since the sub-block before.
    public let changes: StateDiff
}

/// How far one step may take a block that is open.
public struct SubBlockLimits: Sendable {
    /// Gas of the block so far; a transaction that begins below it may end above.
    public var gas: UInt64 = .max
    /// OP Stack: data of the block so far, in gas; likewise.
    public var dataFootprint: UInt64 = .max
    /// When no other transaction is begun.
    public var deadline: ContinuousClock.Instant?
    /// Transactions of one step.
    public var count = 1_024

    public init(
        gas: UInt64 = .max, dataFootprint: UInt64 = .max, deadline: ContinuousClock.Instant? = nil,
        count: Int = 1_024
    ) {
        self.gas = gas
        self.dataFootprint = dataFootprint
        self.deadline = deadline
        self.count = max(1, count)
    }
}

/// What happens to blocks while they are open.
public enum OpenBlockEvent: Sendable {
    /// A block was opened, with its first sub-block.
    case opened(OpenBlock, SubBlock)
    case extended(OpenBlock, SubBlock)
    /// The block is the head of the chain now.
    case sealed(OpenBlock, SealedBlock)
    /// The block will never be: the chain went another way.
    case abandoned(OpenBlock)
}
