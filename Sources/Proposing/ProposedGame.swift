public import Primitives

/// An output that somebody proposed on L1, as L1 and the rollup's node describe it now.
public struct ProposedGame: Equatable, Sendable {
    /// What came of a proposal.
    public enum Status: UInt8, Sendable {
        case inProgress = 0
        case challengerWins = 1
        case defenderWins = 2
    }

    public var address: Address
    /// Of the rollup.
    public var blockNumber: UInt64
    public var rootClaim: Hash256
    /// When it was proposed, seconds since the Unix epoch.
    public var createdAt: UInt64
    public var status = Status.inProgress
    public var isChallenged = false
    /// From when on it can no longer be challenged, seconds since the Unix epoch.
    public var challengeDeadline: UInt64
    /// From when on a challenge that nobody decided is over.
    public var expiry: UInt64
    /// Wei that a challenge takes.
    public var bond: UInt256 = 0
    /// Wei that it owes to this proposer.
    public var credit: UInt256 = 0
    public var isOwn = false
    /// Whether the node's output at the block is the same, and false where there can be no such block yet; nil where the node
    /// does not have the block as final as proposals must be.
    public var isTrue: Bool?
    /// Whether the node's output at the block is the same as far as it knows, be the block final or not.
    public var isLikely = false
    /// Whether its output is final, so that it may be the anchor.
    public var isFinal = false

    public init(
        address: Address, blockNumber: UInt64, rootClaim: Hash256, createdAt: UInt64, challengeDeadline: UInt64,
        expiry: UInt64
    ) {
        self.address = address
        self.blockNumber = blockNumber
        self.rootClaim = rootClaim
        self.createdAt = createdAt
        self.challengeDeadline = challengeDeadline
        self.expiry = expiry
    }
}

/// All that a proposer has to know, read from the chains anew each time.
public struct ProposingView: Equatable, Sendable {
    /// Of L1's head, seconds since the Unix epoch.
    public var time: UInt64
    /// The rollup's block whose output is the newest final one on L1.
    public var anchor: UInt64
    /// The newest block of the rollup that may be proposed.
    public var head: UInt64
    /// Wei that the proposer can put up for a bond.
    public var funds: UInt256
    /// The proposals that may still matter, in any order.
    public var games: [ProposedGame]
    /// The rollup's last block, where it has ended and the node has come to it.
    public var lastBlock: UInt64?
    /// Whether L1 waits for the proof of the last state.
    public var isSettling = false

    public init(time: UInt64, anchor: UInt64, head: UInt64, funds: UInt256, games: [ProposedGame]) {
        self.time = time
        self.anchor = anchor
        self.head = head
        self.funds = funds
        self.games = games
    }
}

/// What a proposer does on L1: one thing at a time.
public enum ProposingAction: Equatable, Sendable {
    /// Disputes an output that is not what the node has.
    case challenge(Address)
    /// Takes what a proposal owes.
    case claim(Address)
    /// Ends a proposal whose time is over.
    case resolve(Address)
    /// Makes a final output the start of what follows.
    case anchor(Address)
    /// Proves the last state by a final output, which dissolves the rollup.
    case settle(Address)
    /// Proposes the output of a block. The attempt tells proposals of the same output apart, and is 0 for the first.
    case propose(blockNumber: UInt64, attempt: UInt64)
}
