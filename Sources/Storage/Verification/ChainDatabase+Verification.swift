import Primitives
import StateTransition

/// What a verification has gone through.
public struct VerificationReport: Equatable, Sendable {
    public var head: BlockReference
    public var blockCount: Int
    public var accountCount: Int
    public var slotCount: Int
    public var nodeCount: Int
}

/// How far a verification is.
public enum VerificationProgress: Equatable, Sendable {
    /// Blocks checked, from the head down, of all.
    case blocks(Int, of: Int)
    /// Accounts checked, each with its code and storage.
    case accounts(Int)
}

extension ChainDatabase {
    /// Goes through the whole database as it is now: all blocks of the chain with their receipts and indices, and the
    /// head's state from its root down, flat state and tries against each other. Past states hang on the head's by the
    /// roots of their blocks only.
    ///
    /// - Throws: `StorageError.damaged` with the first thing that is not what it should be.
    /// - Complexity: O(*n*) in the database; memory for one path and a bounded number of trie nodes.
    public func verify(
        progress: (VerificationProgress) -> Void = { _ in }
    ) throws(StorageError) -> VerificationReport {
        let snapshot = try snapshot()
        let blocks = ChainVerification(snapshot: snapshot)
        let total = Int(truncatingIfNeeded: snapshot.head.number - snapshot.genesis.number) + 1
        var child: BlockHeader?
        for done in 0..<total {
            child = try blocks.check(snapshot.head.number - UInt64(done), child: child)
            if done % 1_024 == 1_023 || done == total - 1 { progress(.blocks(done + 1, of: total)) }
        }
        guard try snapshot.reference(snapshot.head.number) == snapshot.head,
            try snapshot.reference(snapshot.genesis.number) == snapshot.genesis,
            try snapshot.reference(snapshot.head.number &+ 1) == nil,
            let version = snapshot.marks.version(snapshot.head.number)
        else { throw .damaged("the head is not the last block", path: environment.path) }
        var state = StateVerification(snapshot, version: version)
        try state.check { progress(.accounts($0)) }
        progress(.accounts(state.accountCount))
        return VerificationReport(
            head: snapshot.head, blockCount: total, accountCount: state.accountCount, slotCount: state.slotCount,
            nodeCount: state.nodeCount)
    }
}
