import Derivation
import EthereumClient
public import Primitives
import StateTransition
import Trie

/// How far a withdrawal has come.
public enum WithdrawalStage: Sendable, Equatable {
    /// No output that holds it is proposed; the newest is of this block of the rollup, and it needs another.
    case notProposed(newest: UInt64, needs: UInt64)
    /// It can be proven against this output.
    case provable(OutputGame)
    /// It is proven, and can be finalised in so many seconds if nobody disputes the output.
    case proven(secondsLeft: UInt64)
    /// It is proven, and the output that it is proven against is disputed.
    case disputed
    /// It can be finalised.
    case finalizable
    case finalized

    /// In the order in which they come.
    fileprivate var place: Int {
        switch self {
        case .notProposed: 0
        case .provable: 1
        case .disputed: 2
        case .proven: 3
        case .finalizable: 4
        case .finalized: 5
        }
    }
}

extension Bridge {
    /// How far a withdrawal has come, with the proof of an account.
    public func stage(
        of initiated: InitiatedWithdrawal, provenBy submitter: Address
    ) async throws(SettlementError) -> WithdrawalStage {
        await l1.freshen(chainID: rollup.l1ChainID)
        let portal = contracts.optimismPortal
        let hash = initiated.withdrawal.hash
        if try await l1.read(OptimismPortal.finalizedWithdrawals(hash), from: portal) { return .finalized }
        let (game, provenAt) = try await l1.read(
            OptimismPortal.provenWithdrawals(withdrawalHash: hash, proofSubmitter: submitter), from: portal)
        if game.isZero { return try await provable(initiated) }
        do throws(SettlementError) {
            try await l1.read(
                OptimismPortal.checkWithdrawal(withdrawalHash: hash, proofSubmitter: submitter), from: portal)
            return .finalizable
        } catch {
            guard case .reverted = error else { throw error }
        }
        return try await waiting(initiated, game, provenAt)
    }

    /// How far a withdrawal is with the proof that is the furthest, and whose that is; nil where nobody has proven it.
    ///
    /// - Parameter own: an account whose proof is looked at however many others have proven since.
    public func progress(
        of initiated: InitiatedWithdrawal, with own: Address? = nil
    ) async throws(SettlementError) -> (stage: WithdrawalStage, prover: Address?) {
        var best: (stage: WithdrawalStage, prover: Address?)?
        var provers = try await provers(of: initiated.withdrawal)
        if let own, !provers.isEmpty, !provers.contains(own) { provers.append(own) }
        for prover in provers {
            let stage = try await stage(of: initiated, provenBy: prover)
            if best.map({ $0.stage.place < stage.place }) ?? true { best = (stage, prover) }
            if stage.place >= WithdrawalStage.finalizable.place { break }
        }
        if let best { return best }
        return (try await stage(of: initiated, provenBy: Address()), nil)
    }

    private func provable(_ initiated: InitiatedWithdrawal) async throws(SettlementError) -> WithdrawalStage {
        if let game = try await self.game(for: initiated) { return .provable(game) }
        let games = OutputGames(client: l1, factory: contracts.disputeGameFactory)
        let newest = try await games.newest(limit: 1) { _ in true }
        return .notProposed(newest: newest.first?.blockNumber ?? 0, needs: initiated.blockNumber)
    }

    private func waiting(
        _ initiated: InitiatedWithdrawal, _ game: Address, _ provenAt: UInt64
    ) async throws(SettlementError) -> WithdrawalStage {
        let status = try await l1.read(BondedProposal.status(), from: game)
        let registry = contracts.anchorStateRegistry
        if try await l1.read(AnchorStateRegistry.paused(), from: registry) {
            throw .early("the rollup's guardian has stopped proofs and withdrawals, which ends by itself in three days")
        }
        // Where the output that it was proven against has come to nothing, it is proven against another.
        let isProper = try await l1.read(AnchorStateRegistry.isGameProper(game: game), from: registry)
        if status == 1 || !isProper { return try await provable(initiated) }
        let challenger = try await l1.read(BondedProposal.challenger(), from: game)
        if status == 0, !challenger.isZero {
            return try await self.game(for: initiated).map { .provable($0) } ?? .disputed
        }
        let resolvedAt = try await l1.read(BondedProposal.resolvedAt(), from: game)
        let deadline = try await l1.read(BondedProposal.challengeDeadline(), from: game).clampedToUInt64
        let delay = try await l1.read(
            AnchorStateRegistry.disputeGameFinalityDelaySeconds(), from: registry
        ).clampedToUInt64
        let maturity = try await l1.read(
            OptimismPortal.proofMaturityDelaySeconds(), from: contracts.optimismPortal
        ).clampedToUInt64
        let now = try await EthereumClient.telling { () throws(EthereumClientError) in
            try await l1.header(.latest).header.timestamp
        }
        // Both have to have passed, and not only been reached.
        let final = (status == 0 ? max(deadline, now) : resolvedAt) &+ delay &+ 1
        let end = max(final, provenAt &+ maturity &+ 1)
        return .proven(secondsLeft: end > now ? end - now : 0)
    }

    /// The oldest proposal of an output that holds a withdrawal and that the rollup's node has too.
    private func game(for initiated: InitiatedWithdrawal) async throws(SettlementError) -> OutputGame? {
        let games = OutputGames(client: l1, factory: contracts.disputeGameFactory)
        // No proposal of a block is made earlier than the block's time allows; nobody can hide one behind many.
        let first = last?.header.header.number ?? initiated.blockNumber
        let time = rollup.genesis.l2Time &+ first &* rollup.blockTime
        let begin = time - min(time, ProtocolConstant.sequencerDrift)
        let newest = try await games.newest(limit: .max) { $0.createdAt >= begin }
        let candidates = newest.filter { $0.blockNumber >= first }
        for game in candidates.reversed() {
            let status = try await l1.read(BondedProposal.status(), from: game.address)
            let challenger = try await l1.read(BondedProposal.challenger(), from: game.address)
            if status == 1 || (status == 0 && !challenger.isZero) { continue }
            if try await l1.read(
                AnchorStateRegistry.isGameProper(game: game.address), from: contracts.anchorStateRegistry),
                try await header(of: game) != nil
            {
                return game
            }
        }
        return nil
    }

    /// The header of a proposal's block; nil where the rollup's node has another output there, or not the block.
    private func header(of game: OutputGame) async throws(SettlementError) -> HashedHeader? {
        if let last { return last.isProposed(by: game) ? last.header : nil }
        let node = try node
        do throws(EthereumClientError) {
            let header = try await node.header(.number(game.blockNumber))
            return header.output.hash == game.rootClaim ? header : nil
        } catch {
            if case .notFound = error { return nil }
            throw SettlementError(error)
        }
    }

    // MARK: Proving

    /// Proves a withdrawal on L1, against the oldest proposal that holds it.
    ///
    /// - Throws: `rule` where there is none yet, or where it is final already.
    @discardableResult
    public func prove(
        _ initiated: InitiatedWithdrawal, by sender: TransactionSender
    ) async throws(SettlementError) -> OutputGame {
        switch try await stage(of: initiated, provenBy: sender.address) {
        case .finalized: throw .rule("the withdrawal is finalised already")
        case .notProposed(let newest, let needs) where newest >= needs:
            throw .early(
                "no proposal that holds the withdrawal can be used: it is in block \(needs) of the rollup, and what is "
                    + "proposed from there on, up to block \(newest), is not what the rollup's node has, or is disputed"
            )
        case .notProposed(let newest, let needs):
            throw .early(
                "no output that holds the withdrawal is proposed yet: it is in block \(needs) of the rollup, and the newest "
                    + "proposal is of block \(newest)")
        case .proven, .disputed, .finalizable:
            throw .rule("the withdrawal is proven already by \(sender.address)")
        case .provable(let game):
            let call = try await proof(of: initiated, in: game)
            try await waitForLaterTime(than: game.createdAt)
            try await sender.perform(TransactionRequest(call, to: contracts.optimismPortal))
            return game
        }
    }

    /// The call that proves a withdrawal against a proposal: by the last output where there is one, else by the node's
    /// proofs, each of them verified.
    public func proof(
        of initiated: InitiatedWithdrawal, in game: OutputGame
    ) async throws(SettlementError) -> ContractCall<Void> {
        guard let header = try await header(of: game) else {
            throw .rule(
                "the proposal \(game.address) is of another output than \(last == nil ? "the node's" : "the last")")
        }
        if let last {
            return OptimismPortal.proveWithdrawalTransaction(
                tx: initiated.withdrawal, disputeGameIndex: game.index, outputRootProof: header.output.proof,
                withdrawalProof: try last.nodes(of: initiated.withdrawal))
        }
        let node = try node
        let slot = initiated.withdrawal.slot
        let proof = try await EthereumClient.telling { () throws(EthereumClientError) in
            try await node.proof(of: Self.messagePasser, slots: [slot], at: header)
        }
        guard proof.account.storageRoot == header.header.withdrawalsRoot else {
            throw .rule("block \(game.blockNumber) of the node has a withdrawals root that is not its message passer's")
        }
        guard let entry = proof.slots.first, entry.value == 1 else {
            throw .rule(
                "block \(game.blockNumber) of the rollup does not hold the withdrawal \(initiated.withdrawal.hash)")
        }
        return OptimismPortal.proveWithdrawalTransaction(
            tx: initiated.withdrawal, disputeGameIndex: game.index, outputRootProof: header.output.proof,
            withdrawalProof: entry.nodes)
    }

    /// The portal takes no proof in the second in which the output was proposed.
    private func waitForLaterTime(than time: UInt64) async throws(SettlementError) {
        for _ in 0..<8 {
            let head = try await EthereumClient.telling { () throws(EthereumClientError) in
                try await l1.header(.latest).header.timestamp
            }
            if head > time { return }
            try? await Task.sleep(for: .milliseconds(1_000))
            await l1.freshen(chainID: rollup.l1ChainID)
        }
    }

    // MARK: Finalising

    /// Whether a withdrawal's message is kept where it fails on L1, so that it can be relayed again.
    public func canBeRelayedAgain(_ withdrawal: WithdrawalTransaction) -> Bool {
        withdrawal.target == contracts.l1CrossDomainMessenger
    }

    /// Executes a withdrawal on L1 that the sender, or another account, has proven.
    ///
    /// - Parameter submitter: who proved it.
    /// - Returns: whether the withdrawal's own call succeeded, and what it is for with it.
    /// - Throws: `rule` saying what it waits for.
    public func finalize(
        _ initiated: InitiatedWithdrawal, provenBy submitter: Address, by sender: TransactionSender
    ) async throws(SettlementError) -> Bool {
        try await resolve(initiated, provenBy: submitter, by: sender)
        switch try await stage(of: initiated, provenBy: submitter) {
        case .finalized: throw .rule("the withdrawal is finalised already")
        case .notProposed, .provable: throw .rule("the withdrawal is not proven by \(submitter): prove it first")
        case .disputed: throw .rule("the output that the withdrawal is proven against is disputed")
        case .proven(let seconds):
            throw .early("the withdrawal is not final yet: about \(max(1, seconds)) s are left")
        case .finalizable: break
        }
        let call = OptimismPortal.finalizeWithdrawalTransactionExternalProof(
            tx: initiated.withdrawal, proofSubmitter: submitter)
        let inclusion = try await sender.perform(TransactionRequest(call, to: contracts.optimismPortal))
        do throws(ABIError) {
            let events = try OptimismPortal.WithdrawalFinalized.all(
                in: inclusion.logs, of: contracts.optimismPortal)
            let failed = try L1CrossDomainMessenger.FailedRelayedMessage.all(
                in: inclusion.logs, of: contracts.l1CrossDomainMessenger)
            return events.first?.success == true && failed.isEmpty
        } catch {
            throw .answer(contracts.optimismPortal, error)
        }
    }

    /// Resolves the proposal that a withdrawal is proven against where nobody has: anybody may when its time is over.
    private func resolve(
        _ initiated: InitiatedWithdrawal, provenBy submitter: Address, by sender: TransactionSender
    ) async throws(SettlementError) {
        await l1.freshen(chainID: rollup.l1ChainID)
        let (game, _) = try await l1.read(
            OptimismPortal.provenWithdrawals(withdrawalHash: initiated.withdrawal.hash, proofSubmitter: submitter),
            from: contracts.optimismPortal)
        if game.isZero { return }
        guard try await l1.read(BondedProposal.status(), from: game) == 0,
            try await l1.read(BondedProposal.challenger(), from: game).isZero
        else { return }
        let deadline = try await l1.read(BondedProposal.challengeDeadline(), from: game).clampedToUInt64
        let now = try await EthereumClient.telling { () throws(EthereumClientError) in
            try await l1.header(.latest).header.timestamp
        }
        if now < deadline { return }
        do throws(SettlementError) {
            try await sender.perform(TransactionRequest(BondedProposal.resolve(), to: game))
        } catch {
            // Too early, or another was faster: the stage says which.
            guard case .reverted = error else { throw error }
        }
    }
}
