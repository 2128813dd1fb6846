import Cryptography
public import Primitives
public import StateTransition

/// The end of an ephemeral rollup, as its lifecycle contract has fixed it on L1 for good.
///
/// The rollup's last ordinary block is the first with the closing block as its L1 origin. The blocks that call the
/// applications follow it, `ProtocolConstant.dissolutionBlocks` of them, and then there are no more.
public struct RollupClosing: Equatable, Sendable {
    /// The L1 block that closed the rollup: the last that blocks have as their origin.
    public var closingBlock: UInt64
    /// The last L1 block whose batches count; not before the closing block.
    public var drainEnd: UInt64
    /// Why, in the contract's words: 0 its owner, 1 expired, 2 budget spent, 3 no batches.
    public var reason: UInt8

    public init(closingBlock: UInt64, drainEnd: UInt64, reason: UInt8) {
        self.closingBlock = closingBlock
        self.drainEnd = drainEnd
        self.reason = reason
    }

    /// keccak256 of `Closed(uint256,uint256,uint8)`.
    public static var topic: Hash256 {
        Hash256(
            UInt256(
                limbs: 0xA1B1_A0A6_789D_44DC, 0x6571_65F5_F01C_A3A9, 0x31A4_2DAA_1FEE_401F, 0x7114_D1F8_8758_165C))
    }

    /// What a log of the lifecycle contract says; nil where it closes nothing.
    ///
    /// - Parameter number: of the L1 block with the log, which it has to name: a rollup cannot end earlier or later than the
    ///   block that says so.
    public init?(_ log: Log, inBlock number: UInt64) {
        guard log.topics.count == 2, log.topics[0] == Self.topic, UInt256(log.topics[1]) == UInt256(number),
            log.data.count == 64
        else { return nil }
        let words = ABIWords(log.data)
        guard let drainEnd = words.word(0)?.asUInt64, drainEnd >= number, let reason = words.word(1)?.asUInt64,
            let reason = UInt8(exactly: reason)
        else { return nil }
        self.init(closingBlock: number, drainEnd: drainEnd, reason: reason)
    }

    /// The first closing among the logs of a block's receipts; nil where there is none, or the rollup has no end.
    static func find(in block: L1Block, _ configuration: RollupConfiguration) -> RollupClosing? {
        guard let contract = configuration.lifecycleContract else { return nil }
        for receipt in block.receipts where receipt.isSuccess == true {
            for log in receipt.logs where log.address == contract {
                if let closing = RollupClosing(log, inBlock: block.header.number) { return closing }
            }
        }
        return nil
    }

    /// What comes after a block of the rollup.
    public enum Successor: Equatable, Sendable {
        case ordinary
        /// A block that calls the applications.
        ///
        /// - Parameter index: its place among those, from zero.
        case dissolution(index: UInt64)
        /// Nothing: the block is the rollup's last.
        case none
    }

    /// What comes after a block of the rollup.
    public func successor(of block: L2BlockReference) -> Successor {
        if block.l1Origin.number < closingBlock { return .ordinary }
        if block.l1Origin.number == closingBlock, block.sequenceNumber < ProtocolConstant.dissolutionBlocks {
            return .dissolution(index: block.sequenceNumber)
        }
        return .none
    }
}
