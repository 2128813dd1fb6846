public import Primitives

/// What makes a rollup's outputs final on L1: proposing them, and all that has to happen until nobody can take them back.
public protocol SecurityModel: Sendable {
    /// The newest output of the rollup that is final on L1.
    func finalOutput() async throws(LayerError) -> OutputClaim

    /// Does one thing on L1 that brings outputs nearer to being final, where there is one to do now.
    ///
    /// What was done before is found out from L1 each time, so that it may be stopped anywhere.
    ///
    /// - Returns: what was done; nil where L1 or the rollup has to go on first.
    func advance() async throws(LayerError) -> SecurityStep?

    /// Whether nothing is left to do for ever, as of the last `advance`: the rollup has ended, and its last state is final.
    func isFinished() async -> Bool

    /// What a person has to do something about, as of the last `advance`: an output that is false and becomes final.
    func alarms() async -> [String]
}

extension SecurityModel {
    public func isFinished() async -> Bool { false }
}

/// What somebody says about the state of a rollup.
public struct OutputClaim: Equatable, Sendable {
    /// Of the rollup.
    public var blockNumber: UInt64
    /// The output root after that block (OP Stack specification, L2 output root proposals).
    public var root: Hash256

    public init(blockNumber: UInt64, root: Hash256) {
        self.blockNumber = blockNumber
        self.root = root
    }
}

/// Something that a security model did on L1.
public struct SecurityStep: Equatable, Sendable {
    /// One word: `propose`, `challenge`.
    public var action: String
    /// What it was done to: `block 1800`, or a contract's address.
    public var subject: String
    /// The number of the L1 block that has it.
    public var l1Block: UInt64

    public init(action: String, subject: String, l1Block: UInt64) {
        self.action = action
        self.subject = subject
        self.l1Block = l1Block
    }
}
