public import Derivation
public import EthereumClient
import Primitives
public import Proposing
import StateTransition
import Trie

/// Proposes a rollup's outputs on L1 and sees them through: asks both chains, and does what `Proposer` decides.
///
/// It keeps nothing that it could not find out again: a driver that was stopped at any time goes on where it was.
public actor ProposerDriver {
    /// How final on the rollup's node a block must be to be proposed.
    public enum Depth: String, CaseIterable, Sendable {
        /// Its data is on L1.
        case safe
        /// And the L1 block with it is final.
        case finalized
    }

    /// What happened, for whoever watches.
    public enum Report: Sendable, Equatable {
        case did(ProposingAction, l1Block: UInt64)
        /// It is tried again.
        case failed(String)
    }

    /// How many proposals are looked at.
    private static let searched = 256

    private let bridge: Bridge
    private let node: EthereumClient
    private let sender: TransactionSender
    private let proposer: Proposer
    private let depth: Depth
    private let games: OutputGames
    /// Proposals that came to their end: nothing of them changes any more.
    private var settled: Set<UInt64> = []

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
    }

    /// Goes on until the task is cancelled.
    ///
    /// - Parameter pause: from one look at the chains to the next where there was nothing to do.
    public func run(pause: Duration = .seconds(2), report: @Sendable (Report) -> Void) async {
        var failures = 0
        while !Task.isCancelled {
            do throws(SettlementError) {
                if let (action, block) = try await step() {
                    report(.did(action, l1Block: block))
                    failures = 0
                    continue
                }
                failures = 0
            } catch {
                if Task.isCancelled { return }
                failures += 1
                report(.failed(error.message))
            }
            let longer = failures == 0 ? pause : min(pause * (1 << min(failures, 5)), .seconds(60))
            guard (try? await Task.sleep(for: longer)) != nil else { return }
        }
    }

    /// Looks at the chains and does one thing, if there is one to do.
    ///
    /// - Returns: what was done, and the L1 block that has it.
    public func step() async throws(SettlementError) -> (ProposingAction, l1Block: UInt64)? {
        let view = try await view()
        guard let action = proposer.next(view) else { return nil }
        let inclusion = try await sender.perform(try await request(action))
        return (action, inclusion.blockNumber)
    }

    // MARK: Looking

    private func view() async throws(SettlementError) -> ProposingView {
        let registry = bridge.contracts.anchorStateRegistry
        let known = settled
        let newest = try await games.newest(limit: Self.searched) { _ in true }
            .filter { !known.contains($0.index.clampedToUInt64) }
        // Proposals end by time, and an embedded L1 has none without blocks.
        if !newest.isEmpty { await sender.client.freshen(chainID: bridge.rollup.l1ChainID) }
        let (l1Head, head) = try await heads()
        let (_, anchor) = try await sender.client.read(AnchorStateRegistry.getAnchorRoot(), from: registry)
        var view = ProposingView(
            time: l1Head.header.timestamp, anchor: anchor.clampedToUInt64, head: head, games: [])
        for game in newest {
            let described = try await describe(game, head: head)
            let isOver = described.status != .inProgress && described.credit.isZero
            let isPassed = game.blockNumber <= view.anchor || described.status == .challengerWins
            if isOver && isPassed && game.blockNumber < head {
                settled.insert(game.index.clampedToUInt64)
            }
            view.games.append(described)
        }
        return view
    }

    /// The newest block of L1, and the newest of the rollup that may be proposed.
    private nonisolated func heads() async throws(SettlementError) -> (l1: HashedHeader, rollup: UInt64) {
        try await EthereumClient.telling { () throws(EthereumClientError) in
            (
                try await sender.client.header(.latest),
                try await node.header(depth == .safe ? .safe : .finalized).header.number
            )
        }
    }

    private nonisolated func describe(_ game: OutputGame, head: UInt64) async throws(SettlementError) -> ProposedGame {
        let (client, own) = (sender.client, sender.key.address)
        let deadline = try await client.read(BondedProposal.challengeDeadline(), from: game.address)
        let challenger = try await client.read(BondedProposal.challenger(), from: game.address)
        var described = ProposedGame(
            address: game.address, blockNumber: game.blockNumber, rootClaim: game.rootClaim, createdAt: game.createdAt,
            challengeDeadline: deadline.clampedToUInt64,
            expiry: try await client.read(BondedProposal.expiry(), from: game.address).clampedToUInt64)
        let status = try await client.read(BondedProposal.status(), from: game.address)
        guard let known = ProposedGame.Status(rawValue: status) else { throw .answer(game.address, .outOfRange) }
        described.status = known
        described.isChallenged = !challenger.isZero
        described.credit = try await client.read(BondedProposal.credit(own), from: game.address)
        described.isOwn = try await client.read(BondedProposal.gameCreator(), from: game.address) == own
        if game.blockNumber <= head { described.isTrue = try await output(game.blockNumber) == game.rootClaim }
        if known == .defenderWins {
            described.isFinal = try await client.read(
                AnchorStateRegistry.isGameClaimValid(game: game.address), from: bridge.contracts.anchorStateRegistry)
        }
        return described
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

    private nonisolated func request(_ action: ProposingAction) async throws(SettlementError) -> TransactionRequest {
        switch action {
        case .challenge(let game):
            let bond = try await sender.client.read(BondedProposal.bond(), from: game)
            return TransactionRequest(BondedProposal.challenge(), to: game, value: bond)
        case .claim(let game):
            return TransactionRequest(BondedProposal.claimCredit(recipient: sender.key.address), to: game)
        case .resolve(let game): return TransactionRequest(BondedProposal.resolve(), to: game)
        case .anchor(let game):
            return TransactionRequest(
                AnchorStateRegistry.setAnchorState(game: game), to: bridge.contracts.anchorStateRegistry)
        case .propose(let number, let attempt):
            let (registry, factory) = (bridge.contracts.anchorStateRegistry, bridge.contracts.disputeGameFactory)
            let kind = SharedAddresses.gameType
            guard try await sender.client.read(AnchorStateRegistry.respectedGameType(), from: registry) == kind else {
                throw .rule(
                    "the timelock has chosen another finality module than \(kind): this version cannot propose to it")
            }
            let bond = try await sender.client.read(DisputeGameFactory.initBonds(kind), from: factory)
            let extra = UInt256(number).bytes + (attempt == 0 ? [] : UInt256(attempt).bytes)
            let call = DisputeGameFactory.create(
                gameType: kind, rootClaim: try await output(number), extraData: extra)
            return TransactionRequest(call, to: factory, value: bond)
        }
    }
}
