import Primitives

/// Decides what a rollup's proposer does next: a function of what the chains say, so that a proposer that died goes on where
/// it was, and two of them do not do things twice.
public struct Proposer: Equatable, Sendable {
    /// Blocks of the rollup from one proposal to the next; at least 1.
    public var interval: UInt64
    /// Seconds after which a proposal is made though there are fewer blocks, as long as there is one; nil for never.
    public var longestPause: UInt64?
    /// Whether outputs that are not true are challenged.
    public var challenges: Bool

    public init(interval: UInt64, longestPause: UInt64? = nil, challenges: Bool = true) {
        self.interval = max(1, interval)
        self.longestPause = longestPause
        self.challenges = challenges
    }

    /// - Returns: nil where there is nothing to do before L1 or the rollup goes on.
    public func next(_ view: ProposingView) -> ProposingAction? {
        // What has a deadline comes first, then what frees bonds for further proposals.
        if let game = disputable(view).first(where: { $0.bond <= view.funds }) { return .challenge(game.address) }
        if let game = Self.earliest(view.games, where: { !$0.credit.isZero }) { return .claim(game.address) }
        if let game = Self.earliest(view.games, where: { Self.isOver($0, at: view.time) }) {
            return .resolve(game.address)
        }
        if let game = final(view).first(where: { $0.blockNumber == view.lastBlock }), view.isSettling {
            return .settle(game.address)
        }
        let newer = final(view).filter { $0.blockNumber > view.anchor }
        if let game = newer.max(by: { $0.blockNumber < $1.blockNumber }) { return .anchor(game.address) }
        return proposal(view)
    }

    private func final(_ view: ProposingView) -> [ProposedGame] {
        view.games.filter { $0.isFinal && $0.isTrue == true }
    }

    /// The outputs that have to be challenged, those first whose time to challenge ends first: what the node knows to be false,
    /// and towards the end of that time also what it cannot check, since nothing may become final unchecked.
    public func disputable(_ view: ProposingView) -> [ProposedGame] {
        guard challenges else { return [] }
        return view.games.filter { Self.isDisputable($0, at: view.time) }
            .sorted { ($0.challengeDeadline, $0.createdAt) < ($1.challengeDeadline, $1.createdAt) }
    }

    private func proposal(_ view: ProposingView) -> ProposingAction? {
        // Another's proposal of a true output is as good as an own one. One that is challenged may come to nothing, and
        // one that lost has: neither counts, or whoever challenges could keep the rollup without final outputs longer.
        let standing = view.games.filter { $0.isTrue == true && $0.status != .challengerWins && !$0.isChallenged }
        let newest = standing.max { $0.blockNumber < $1.blockNumber }
        let last = max(view.anchor, newest?.blockNumber ?? 0)
        guard view.head > last else { return nil }
        // Nothing comes after the last block that would be worth waiting for.
        var isDue = view.head - last >= interval || view.head == view.lastBlock
        if let longestPause, let since = newest?.createdAt, view.time >= since, view.time - since >= longestPause {
            isDue = true
        }
        guard isDue else { return nil }
        let attempts = view.games.count { $0.blockNumber == view.head && $0.isTrue == true }
        return .propose(blockNumber: view.head, attempt: UInt64(attempts))
    }

    private static func isDisputable(_ game: ProposedGame, at time: UInt64) -> Bool {
        guard game.status == .inProgress, !game.isChallenged, time < game.challengeDeadline else { return false }
        if let isTrue = game.isTrue { return !isTrue }
        // A third of the window is left for the challenge to get into a block.
        let window = game.challengeDeadline - min(game.createdAt, game.challengeDeadline)
        return !game.isLikely && !game.isOwn && game.challengeDeadline - time <= window / 3
    }

    /// Whether an own proposal can be resolved: nobody challenged it in time, or nobody decided the challenge in time.
    ///
    /// One that is not true is left alone until its challenge is over: resolved for its proposer it would become final.
    private static func isOver(_ game: ProposedGame, at time: UInt64) -> Bool {
        guard game.status == .inProgress, game.isOwn || game.isChallenged || game.isTrue == true else { return false }
        if game.isChallenged { return time >= game.expiry }
        return game.isTrue != false && time >= game.challengeDeadline
    }

    private static func earliest(
        _ games: [ProposedGame], where isWanted: (ProposedGame) -> Bool
    ) -> ProposedGame? {
        games.filter(isWanted).min { ($0.createdAt, $0.blockNumber) < ($1.createdAt, $1.blockNumber) }
    }
}
