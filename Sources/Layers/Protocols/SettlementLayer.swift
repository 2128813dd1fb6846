public import Derivation
public import Primitives

/// The L1 that a rollup settles on, as those who derive from it read it.
///
/// What comes belongs to the hashes that it comes with: a conformer checks that, or says in its documentation who else
/// vouches for it. Which block is the newest, safe or final may be somebody's word.
public protocol SettlementLayer: Sendable {
    /// The block that L1 calls so; nil where there is none yet.
    ///
    /// - Throws: of severity retry where L1 cannot be asked.
    func reference(_ tag: SettlementTag) async throws(LayerError) -> L1BlockReference?

    /// The block with a number, with all its transactions and receipts; nil where L1 has not got that far.
    func block(_ number: UInt64) async throws(LayerError) -> L1Block?

    /// The hash of the block with a number; nil where L1 has not got that far.
    func hash(of number: UInt64) async throws(LayerError) -> Hash256?

    /// Whether L1 has a block: asked before a person is told that it has not, so anybody who says yes is believed.
    ///
    /// - Throws: of severity retry where somebody who may know cannot be asked.
    func has(_ block: BlockID) async throws(LayerError) -> Bool

    /// Lets go of connections; nothing may be asked afterwards.
    func close() async
}

extension SettlementLayer {
    public func has(_ block: BlockID) async throws(LayerError) -> Bool {
        try await hash(of: block.number) == block.hash
    }

    public func close() async {}
}

/// What L1 calls a block.
public enum SettlementTag: String, CaseIterable, Sendable {
    case latest
    case safe
    case finalized
}
