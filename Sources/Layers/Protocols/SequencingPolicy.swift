public import Derivation

/// Says whose turn it is to make a rollup's next block.
///
/// It is asked before each block on the thread that makes them, and answers from what it knows already: it waits for
/// nobody. Where it cannot tell, it is not this node's turn, as two blocks at one height are worse than none.
public protocol SequencingPolicy: Sendable {
    /// Whose turn it is to make the block after `parent`.
    ///
    /// - Parameter timestamp: of the block, seconds since the Unix epoch.
    func turn(after parent: L2BlockReference, timestamp: UInt64) -> SequencingTurn
}

/// Who makes a block.
public enum SequencingTurn: Equatable, Sendable {
    case ours
    /// Another, or nobody. The text says why where a person should know.
    case notOurs(String?)
}

/// One sequencer, for good: the node that is started as such.
///
/// It guards against nothing: whoever starts two nodes so makes two chains, of which L1 takes the blocks of the one whose
/// batcher comes first.
public struct SingleSequencer: SequencingPolicy {
    public init() {}

    public func turn(after parent: L2BlockReference, timestamp: UInt64) -> SequencingTurn { .ours }
}
