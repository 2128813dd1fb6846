public import Derivation
public import EthereumClient
import Layers
public import Lifecycles
public import Primitives
import Proposing
import StateTransition

/// Brings a rollup to its end: closes it where it is due, lets the time pass in which batches count, and has its last state
/// proven to its claims. All that it has to know is on L1: stopped anywhere, it goes on where it was.
public struct RollupDissolution: Sendable {
    /// What happened, for whoever watches.
    public enum Report: Sendable, Equatable {
        /// By this account, or by somebody before.
        case closed(LifecycleFacts.Closing, isOwn: Bool)
        /// L1 has to come to the block after this one.
        case draining(until: UInt64, now: UInt64)
        /// The node has to come to the last block.
        case deriving(block: UInt64)
        case lastBlock(BlockID, stateRoot: Hash256)
        /// In an L1 block.
        case did(String, String, l1Block: UInt64)
        /// It is tried again.
        case failed(String)
    }

    /// How often the same may fail.
    private static let failuresInARow = 20

    private let rollup: RollupConfiguration
    private let sender: TransactionSender
    private let reader: LifecycleReader
    private let depth: BondedSecurity.Depth
    private let report: @Sendable (Report) -> Void

    /// - Parameters:
    ///   - sender: of an account on L1 that pays for the transactions and the bond, which comes back.
    ///   - depth: how final the last block must be to be proposed.
    /// - Throws: `rule` where the rollup has no end.
    public init(
        _ rollup: RollupConfiguration, sender: TransactionSender, depth: BondedSecurity.Depth,
        report: @escaping @Sendable (Report) -> Void
    ) throws(SettlementError) {
        guard let contract = rollup.lifecycleContract else {
            throw .rule("the rollup is permanent: nobody can ever close it")
        }
        self.rollup = rollup
        self.sender = sender
        self.depth = depth
        self.report = report
        reader = LifecycleReader(client: sender.client, contract: contract)
    }

    /// - Parameters:
    ///   - node: of the rollup, once it is needed: one that follows L1.
    ///   - pause: from one look at the chains to the next.
    ///   - check: throws where the node will not come any further.
    /// - Returns: what the lifecycle contract says at the end.
    public func run(
        node: @Sendable () async throws(SettlementError) -> EthereumClient, pause: Duration,
        check: @Sendable () throws(SettlementError) -> Void
    ) async throws(SettlementError) -> LifecycleFacts {
        var known: LifecycleFacts.Closing?
        var hasClosed = false
        var failures = 0
        while !Task.isCancelled {
            try check()
            let facts: LifecycleFacts
            do throws(SettlementError) {
                facts = try await reader.facts()
                failures = 0
            } catch {
                try await bear(error, &failures, pause)
                continue
            }
            if let closing = facts.closing, closing != known {
                known = closing
                report(.closed(closing, isOwn: hasClosed))
            }
            let isOwner = facts.state == .active ? try await reader.owner() == sender.address : false
            switch DissolutionStep(facts, isOwner: isOwner) {
            case .never: throw .rule("the rollup is permanent: nobody can ever close it")
            case .wait(let early): throw .early(early.text)
            case .close: hasClosed = try await close()
            case .drain(let until):
                report(.draining(until: until, now: facts.l1Block))
                await sender.client.freshen(chainID: rollup.l1ChainID)
                await rest(pause)
            case .settle: try await settle(try await node(), pause, check)
            case .done: return facts
            }
        }
        throw .rule("it was stopped: run the command again to go on")
    }

    /// - Returns: whether it was this account.
    private func close() async throws(SettlementError) -> Bool {
        do throws(SettlementError) {
            try await sender.perform(TransactionRequest(Lifecycle.close(), to: reader.contract))
            return true
        } catch {
            // Somebody else was faster.
            guard case .reverted = error, try await reader.closing() != nil else { throw error }
            return false
        }
    }

    // MARK: The last state

    private func settle(
        _ node: EthereumClient, _ pause: Duration, _ check: @Sendable () throws(SettlementError) -> Void
    ) async throws(SettlementError) {
        let last = try await lastBlock(node, pause, check)
        report(.lastBlock(BlockID(number: last.header.number, hash: last.hash), stateRoot: last.header.stateRoot))
        // Of no block but the last.
        let security = try await BondedSecurity(
            rollup, node: node, sender: sender, proposer: Proposer(interval: .max), depth: depth)
        var failures = 0
        while !Task.isCancelled {
            try check()
            do throws(SettlementError) {
                let step = try await security.step()
                failures = 0
                if let step {
                    report(.did(step.0.name, step.0.subject, l1Block: step.l1Block))
                } else if await security.isAtEnd {
                    return
                } else {
                    await rest(pause)
                }
            } catch {
                try await bear(error, &failures, pause)
            }
        }
    }

    private func lastBlock(
        _ node: EthereumClient, _ pause: Duration, _ check: @Sendable () throws(SettlementError) -> Void
    ) async throws(SettlementError) -> HashedHeader {
        var failures = 0
        while !Task.isCancelled {
            try check()
            do throws(EthereumClientError) {
                // There is no safe block before there is any.
                let header = try? await node.header(depth == .safe ? .safe : .finalized)
                if let header, let last = try await LastBlock(header, node: node) { return last.header }
                report(.deriving(block: header?.header.number ?? 0))
                failures = 0
            } catch {
                try await bear(SettlementError(error), &failures, pause)
            }
            await sender.client.freshen(chainID: rollup.l1ChainID)
            await rest(pause)
        }
        throw .rule("it was stopped: run the command again to go on")
    }

    /// Lets some time pass after a failure that may be over then.
    ///
    /// - Throws: the error where it will not be, or has been there for long.
    private func bear(
        _ error: SettlementError, _ failures: inout Int, _ pause: Duration
    ) async throws(SettlementError) {
        failures += 1
        if failures >= Self.failuresInARow || error.isLasting { throw error }
        report(.failed(error.message))
        await rest(pause * 2)
    }

    private func rest(_ pause: Duration) async { try? await Task.sleep(for: pause) }
}

extension SettlementError {
    /// Whether it will not be over by waiting for other than a person.
    fileprivate var isLasting: Bool {
        switch self {
        case .noContract, .otherModule, .poor: true
        default: false
        }
    }
}

extension DissolutionStep.Early {
    /// What is to be waited for, for people.
    public var text: String {
        let left = Duration.seconds(expiresAt - min(now, expiresAt))
        return
            "it is too early: anybody may close the rollup from \(LifetimeText.text(expiresAt)) on, in "
            + "\(left.components.seconds) s of L1's time" + (mayEndBefore ? ", or when its other rules say so" : "")
            + ", and its owner at any time"
    }
}
