public import Derivation
public import EthereumClient
public import Layers
import Lifecycles
import Primitives
public import Proposing
import StateTransition
import Trie
import Spans

/// The optimistic rule: an output is final when nobody has shown it to be wrong within the challenge window of its bonded
/// proposal. Asks both chains, and does what `Proposer` decides.
///
/// It keeps nothing that it could not find out again: stopped at any time, it goes on where it was.
public actor BondedSecurity: SecurityModel {
    /// How final on the rollup's node a block must be to be proposed.
    public enum Depth: String, CaseIterable, Sendable {
        /// Its data is on L1.
        case safe
        /// And the L1 block with it is final.
        case finalized
    }

    /// How many proposals are looked at even where their time is over: they may owe something.
    private static let searched = 256
    /// How many may be open. Each took a bond.
    private static let limit = 1 << 20
    /// Gas that any of its transactions is good with.
    private static let gas: UInt64 = 1_000_000

    /// What does not change of a proposal any more.
    private struct Terms {
        /// L1 may be reorganised and have another proposal at the same address.
        var game: OutputGame
        var deadline: UInt64
        var bond: UInt256
        var isOwn: Bool
        /// Nil until the node's final blocks tell.
        var isTrue: Bool?
    }

    private let bridge: Bridge
    private let node: EthereumClient
    private let sender: TransactionSender
    private let proposer: Proposer
    private let depth: Depth
    private let games: OutputGames
    /// Nil for a rollup that has no end.
    private let lifecycle: LifecycleReader?
    private var lastBlock: LastBlock?
    private var isDissolved = false
    /// Whether nothing is open that this account has to see through.
    private var isSeenThrough = false
    /// Proposals that came to their end, from `firstOpen` on: nothing of them changes any more.
    private var settled: Set<UInt64> = []
    /// The first proposal, in the factory's order, that has not come to its end.
    private var firstOpen: UInt64 = 0
    private var terms: [UInt64: Terms] = [:]
    /// What has to be challenged and the account cannot pay for, as of the last look.
    private var unanswered: [ProposedGame] = []

    /// - Parameter sender: of the account on L1 that pays the bonds, and gets them back.
    /// - Throws: `rule` where a chain is another than the rollup's file says.
    public init(
        _ rollup: RollupConfiguration, node: EthereumClient, sender: TransactionSender, proposer: Proposer,
        depth: Depth = .finalized
    ) async throws(SettlementError) {
        bridge = try await Bridge(rollup, l1: sender.client, l2: node)
        self.node = node
        self.sender = sender
        self.proposer = proposer
        self.depth = depth
        games = OutputGames(client: sender.client, factory: bridge.contracts.disputeGameFactory)
        lifecycle = rollup.lifecycleContract.map { LifecycleReader(client: sender.client, contract: $0) }
    }

    public func finalOutput() async throws(LayerError) -> OutputClaim {
        do throws(SettlementError) {
            let (root, number) = try await sender.client.read(
                AnchorStateRegistry.getAnchorRoot(), from: bridge.contracts.anchorStateRegistry)
            return OutputClaim(blockNumber: number.clampedToUInt64, root: root)
        } catch {
            throw LayerError(.security, error)
        }
    }

    public func advance() async throws(LayerError) -> SecurityStep? {
        do throws(SettlementError) {
            guard let (action, block) = try await step() else { return nil }
            return SecurityStep(action: action.name, subject: action.subject, l1Block: block)
        } catch {
            throw LayerError(.security, error)
        }
    }

    // Asynchronous as the protocol has it: else its default would be preferred.
    public func isFinished() async -> Bool { isDissolved && isSeenThrough }

    /// Whether the last state is proven, as of the last look.
    var isAtEnd: Bool { isDissolved }

    public func alarms() -> [String] {
        unanswered.map { game in
            "the proposal \(game.address) of block \(game.blockNumber) is not what the node has, and \(sender.address) cannot "
                + "pay \(Wei.ether(game.bond)) ether for a challenge. Unless somebody challenges it before L1's time "
                + "\(game.challengeDeadline), withdrawals that never were can be paid: send the account ether, or have the "
                + "guardian pause the rollup."
        }
    }

    /// Looks at the chains and does one thing, if there is one to do.
    ///
    /// - Returns: what was done, and the L1 block that has it.
    public func step() async throws(SettlementError) -> (ProposingAction, l1Block: UInt64)? {
        let view = try await view()
        unanswered = proposer.disputable(view).filter { $0.bond > view.funds }
        let action = proposer.next(view)
        // What others have open may be false, and would be paid out of what claims are owed.
        isSeenThrough = action == nil && view.games.allSatisfy { $0.status != .inProgress && $0.credit.isZero }
        guard let action else { return nil }
        let span = ProcessTracing.begin("proposer." + action.name, .producer)
        span?.set("mayfly.chain_id", bridge.rollup.l2ChainID)
        if case .propose(let number, _) = action { span?.set("mayfly.block.number", number) }
        let inclusion: Inclusion
        do throws(SettlementError) {
            inclusion = try await Span.within(span) { () async throws(SettlementError) in
                try await sender.perform(try await request(action))
            }
        } catch {
            span?.fail("settlement")
            throw error
        }
        span?.set("mayfly.l1.transaction", "\(inclusion.transactionHash)")
        span?.set("mayfly.l1.block", inclusion.blockNumber)
        return (action, inclusion.blockNumber)
    }

    // MARK: Looking

    private func view() async throws(SettlementError) -> ProposingView {
        let registry = bridge.contracts.anchorStateRegistry
        let open = try await openGames()
        let state = try await lifecycleState()
        isDissolved = state == .dissolved
        let isEnding = state == .closing || state == .settling
        // Proposals end by time, and an embedded L1 has none without blocks; the time in which batches count is L1's blocks.
        if !open.isEmpty || isEnding { await sender.client.freshen(chainID: bridge.rollup.l1ChainID) }
        let heads = try await heads()
        let (_, anchor) = try await sender.client.read(AnchorStateRegistry.getAnchorRoot(), from: registry)
        var view = ProposingView(
            time: heads.l1.header.timestamp, anchor: anchor.clampedToUInt64, head: heads.final,
            funds: try await sender.funds(besidesGas: Self.gas), games: [])
        if state == .settling { view.lastBlock = try await lastBlock(from: view.head) }
        view.isSettling = state == .settling
        for game in open {
            let index = game.index.clampedToUInt64
            var known = try await terms(of: game)
            let described = try await describe(game, known, heads)
            known.isTrue = described.isTrue
            terms[index] = known
            let isOver = described.status != .inProgress && described.credit.isZero
            let isPassed = game.blockNumber <= view.anchor || described.status == .challengerWins
            // One of the last block is still of use, whether it is the anchor or not.
            if isOver && isPassed && described.isTrue != nil && !isEnding {
                settled.insert(index)
                terms[index] = nil
            }
            view.games.append(described)
        }
        while settled.remove(firstOpen) != nil { firstOpen += 1 }
        return view
    }

    private nonisolated func lifecycleState() async throws(SettlementError) -> LifecycleFacts.State {
        guard let lifecycle else { return .active }
        let stated = try await lifecycle.client.read(Lifecycle.state(), from: lifecycle.contract)
        guard let state = LifecycleFacts.State(rawValue: stated) else {
            throw .answer(lifecycle.contract, .outOfRange)
        }
        return state
    }

    /// The number of the rollup's last block; nil until the newest block that may be proposed is the last.
    private func lastBlock(from head: UInt64) async throws(SettlementError) -> UInt64? {
        if let lastBlock, lastBlock.header.header.number == head { return head }
        lastBlock = try await readLastBlock(head)
        return lastBlock.map { _ in head }
    }

    private nonisolated func readLastBlock(_ number: UInt64) async throws(SettlementError) -> LastBlock? {
        try await EthereumClient.telling { () throws(EthereumClientError) in
            try await LastBlock(try await node.header(.number(number)), node: node)
        }
    }

    /// The proposals that have not come to their end, newest first.
    private func openGames() async throws(SettlementError) -> [OutputGame] {
        guard let newest = try await games.newest(limit: 1, while: { _ in true }).first else { return [] }
        // A proposal that is disputed takes longer than its window, by as much as the launch has set.
        let life = (try await terms(of: newest).deadline &- newest.createdAt) &* 4
        let (first, limit) = (firstOpen, Self.limit)
        let now = try await heads().l1.header.timestamp
        var count = 0
        let found = try await games.newest(limit: limit) { game in
            count += 1
            guard game.index.clampedToUInt64 >= first else { return false }
            return count <= Self.searched || game.createdAt &+ life >= now
        }
        guard found.count < limit else {
            throw .rule("more than \(limit - 1) proposals are open: nobody can check them")
        }
        // What is older than these owes nothing and can no longer be challenged.
        if let oldest = found.last { firstOpen = max(firstOpen, oldest.index.clampedToUInt64) }
        return found.filter { !settled.contains($0.index.clampedToUInt64) }
    }

    /// What the chains have come to.
    private struct Heads {
        var l1: HashedHeader
        /// The newest block of the rollup that may be proposed.
        var final: UInt64
        /// The newest block of the rollup whose data is on L1.
        var safe: UInt64
    }

    private nonisolated func heads() async throws(SettlementError) -> Heads {
        try await EthereumClient.telling { () throws(EthereumClientError) in
            let l1 = try await sender.client.header(.latest)
            let safe = try await node.header(.safe).header.number
            let final = depth == .safe ? safe : try await node.header(.finalized).header.number
            // A sequencer's clock may be ahead of L1's: what is proposed has to be of a time that has come there.
            let present = newestBlock(at: l1.header.timestamp)
            return Heads(l1: l1, final: min(final, present), safe: max(safe, final))
        }
    }

    private func terms(of game: OutputGame) async throws(SettlementError) -> Terms {
        if let known = terms[game.index.clampedToUInt64], known.game == game { return known }
        let (client, own) = (sender.client, sender.address)
        return Terms(
            game: game,
            deadline: try await client.read(BondedProposal.challengeDeadline(), from: game.address).clampedToUInt64,
            bond: try await client.read(BondedProposal.bond(), from: game.address),
            isOwn: try await client.read(BondedProposal.gameCreator(), from: game.address) == own)
    }

    private nonisolated func describe(
        _ game: OutputGame, _ terms: Terms, _ heads: Heads
    ) async throws(SettlementError) -> ProposedGame {
        let client = sender.client
        var described = ProposedGame(
            address: game.address, blockNumber: game.blockNumber, rootClaim: game.rootClaim, createdAt: game.createdAt,
            challengeDeadline: terms.deadline,
            expiry: try await client.read(BondedProposal.expiry(), from: game.address).clampedToUInt64)
        (described.bond, described.isOwn) = (terms.bond, terms.isOwn)
        let status = try await client.read(BondedProposal.status(), from: game.address)
        guard let known = ProposedGame.Status(rawValue: status) else { throw .answer(game.address, .outOfRange) }
        described.status = known
        described.isChallenged = !(try await client.read(BondedProposal.challenger(), from: game.address).isZero)
        described.credit = try await client.read(BondedProposal.credit(sender.address), from: game.address)
        // A block is ahead of its L1 origin by the sequencer's drift at most: what is later does not follow from L1 as it was
        // when the proposal was made.
        let isPossible = game.blockNumber <= newestBlock(at: game.createdAt &+ ProtocolConstant.sequencerDrift)
        if let isTrue = terms.isTrue ?? (isPossible ? nil : false) {
            described.isTrue = isTrue
        } else if game.blockNumber <= heads.safe {
            described.isLikely = try await output(game.blockNumber) == game.rootClaim
            if game.blockNumber <= heads.final { described.isTrue = described.isLikely }
        }
        if known == .defenderWins {
            described.isFinal = try await client.read(
                AnchorStateRegistry.isGameClaimValid(game: game.address), from: bridge.contracts.anchorStateRegistry)
        }
        return described
    }

    /// The block of the rollup whose time has come last.
    private nonisolated func newestBlock(at time: UInt64) -> UInt64 {
        let start = bridge.rollup.genesis.l2Time
        return time < start ? 0 : (time - start) / bridge.rollup.blockTime
    }

    /// The output of a block, of its header, whose withdrawals root has to be what the state root proves.
    private nonisolated func output(_ number: UInt64) async throws(SettlementError) -> Hash256 {
        let (header, proof) = try await EthereumClient.telling { () throws(EthereumClientError) in
            let header = try await node.header(.number(number))
            return (header, try await node.proof(of: Bridge.messagePasser, slots: [], at: header))
        }
        guard proof.account.storageRoot == header.header.withdrawalsRoot else {
            throw .rule("block \(number) of the node has a withdrawals root that is not its message passer's")
        }
        return header.output.hash
    }

    // MARK: Doing

    private func request(_ action: ProposingAction) async throws(SettlementError) -> TransactionRequest {
        switch action {
        case .challenge(let game):
            let bond = try await sender.client.read(BondedProposal.bond(), from: game)
            return TransactionRequest(BondedProposal.challenge(), to: game, value: bond)
        case .claim(let game):
            return TransactionRequest(BondedProposal.claimCredit(recipient: sender.address), to: game)
        case .resolve(let game): return TransactionRequest(BondedProposal.resolve(), to: game)
        case .anchor(let game):
            return TransactionRequest(
                AnchorStateRegistry.setAnchorState(game: game), to: bridge.contracts.anchorStateRegistry)
        case .settle(let game):
            guard let lastBlock else { throw .rule("the rollup's last block is not known") }
            return TransactionRequest(
                Claims.settle(game: game, outputRootProof: lastBlock.header.output.proof, nodes: lastBlock.nodes),
                to: bridge.contracts.claims)
        case .propose(let number, let attempt):
            let (registry, factory) = (bridge.contracts.anchorStateRegistry, bridge.contracts.disputeGameFactory)
            let kind = SharedAddresses.gameType
            guard try await sender.client.read(AnchorStateRegistry.respectedGameType(), from: registry) == kind else {
                throw .otherModule(kind)
            }
            let bond = try await sender.client.read(DisputeGameFactory.initBonds(kind), from: factory)
            let extra = UInt256(number).bytes + (attempt == 0 ? [] : UInt256(attempt).bytes)
            let call = DisputeGameFactory.create(
                gameType: kind, rootClaim: try await output(number), extraData: extra)
            return TransactionRequest(call, to: factory, value: bond)
        }
    }
}

extension ProposingAction {
    /// One word for it.
    var name: String {
        switch self {
        case .challenge: "challenge"
        case .claim: "claim"
        case .resolve: "resolve"
        case .anchor: "anchor"
        case .settle: "settle"
        case .propose: "propose"
        }
    }

    /// What it is done to.
    var subject: String {
        switch self {
        case .challenge(let game), .claim(let game), .resolve(let game), .anchor(let game), .settle(let game): "\(game)"
        case .propose(let number, _): "block \(number)"
        }
    }
}
