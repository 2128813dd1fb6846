public import Derivation
public import StateTransition

/// Executes a rollup's blocks and keeps its chain: what derivation and those who follow a sequencer need of it.
///
/// It serves one rollup, whose configuration it was made with. Calls may come from several tasks at once; each takes effect
/// as a whole.
public protocol ExecutionLayer: Sendable {
    /// Which blocks are the newest, safe and final.
    func heads() async throws(LayerError) -> ExecutionHeads

    /// The block of the chain with a number; nil where there is none.
    func block(_ number: UInt64) async throws(LayerError) -> L2BlockReference?

    /// Whether a block is on the chain.
    func contains(_ block: BlockID) async throws(LayerError) -> Bool

    /// What holds in a block of the chain.
    func systemConfig(of block: BlockID) async throws(LayerError) -> SystemConfig

    /// The block of the chain with a number and its output; nil where there is none.
    func output(of number: UInt64) async throws(LayerError) -> ExecutedOutput?

    /// Finds the block of derived attributes on the chain, or makes it and the head of it. What was there in its place, and
    /// after it, is not on the chain any more.
    func apply(_ derived: DerivedAttributes) async throws(LayerError) -> AppliedAttributes

    /// Takes blocks that somebody else made, each of them verified, and makes the last one the head.
    ///
    /// - Parameters:
    ///   - blocks: each the child of the one before; the parent of the first is known.
    ///   - head: the head as whoever calls saw it: where it is another now, the blocks are kept and it stays.
    func insert(_ blocks: [Block], movingHeadFrom head: BlockID) async throws(LayerError)

    /// Notes which blocks of the chain are safe and final.
    func mark(safe: BlockID, finalized: BlockID) async throws(LayerError)

    /// Makes an earlier block of the chain its head again.
    func rewind(to number: UInt64) async throws(LayerError)

    /// Lets go of connections; nothing may be asked afterwards.
    func close() async
}

extension ExecutionLayer {
    public func close() async {}
}

/// The blocks that a chain has come to.
public struct ExecutionHeads: Equatable, Sendable {
    public var head: BlockID
    /// Nil before any was marked.
    public var safe: BlockID?
    /// Nil before any was marked.
    public var finalized: BlockID?

    public init(head: BlockID, safe: BlockID? = nil, finalized: BlockID? = nil) {
        self.head = head
        self.safe = safe
        self.finalized = finalized
    }
}

/// A block of a chain with what it proposes to L1.
public struct ExecutedOutput: Equatable, Sendable {
    public var block: L2BlockReference
    public var output: OutputRoot

    public init(block: L2BlockReference, output: OutputRoot) {
        self.block = block
        self.output = output
    }
}

/// What came of derived attributes.
public enum AppliedAttributes: Equatable, Sendable {
    /// The chain had the block already.
    case present(L2BlockReference)
    /// The block was made, and is the head.
    case made(L2BlockReference)
    /// No valid block has these attributes; the text says why.
    case refused(String)
}
