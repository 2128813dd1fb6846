public import EthereumClient
public import Lifecycles
public import Primitives
import StateTransition

/// Sends the calls of a plan to Claims: what was paid meanwhile by somebody else is passed over, and a call
/// that would take more gas than a transaction may is made of two.
public struct ClaimDriver: Sendable {
    /// A transaction's gas at most (EIP-7825).
    private static let gasLimit: UInt64 = 1 << 24
    /// So many payments of a call have all their gas to spare, whatever was estimated: a payment that has too little fails
    /// by itself, and the estimate does not show it.
    private static let sparePayments: UInt64 = 20

    /// Transactions that are under way at a time.
    private static let atOnce = 16

    /// Something that was paid, or could not be.
    public struct Payment: Sendable, Equatable {
        /// On the rollup; zero for ether.
        public var token: Address
        public var holder: Address
        public var recipient: Address
        /// In the asset's smallest unit; 1 for a token of an ERC-721 collection.
        public var amount: UInt256
        /// Of a collection, ERC-721 or ERC-1155.
        public var tokenID: UInt256?
    }

    /// A transaction that was sent.
    public struct Sent: Sendable {
        public var name: String
        public var count: Int
        public var inclusion: Inclusion
        /// Wei.
        public var cost: UInt256
        public var paid: [Payment]
        public var failed: [Payment]
    }

    private let claims: Address
    private let sender: TransactionSender

    public init(_ claims: Address, _ sender: TransactionSender) {
        self.claims = claims
        self.sender = sender
    }

    /// Makes sure that L1 has settled this very state.
    public func check(stateRoot: Hash256) async throws(SettlementError) {
        try await Self.check(stateRoot: stateRoot, isSettledIn: claims, sender.client)
    }

    /// The same for who sends nothing.
    public static func check(
        stateRoot: Hash256, isSettledIn claims: Address, _ l1: EthereumClient
    ) async throws(SettlementError) {
        let settled = try await l1.read(Claims.finalStateRoot(), from: claims)
        if settled.isZero {
            throw .rule(
                "the rollup is not settled on L1 yet, so nothing can be claimed (mayfly dissolve settles it when it may be)"
            )
        }
        guard settled == stateRoot else {
            throw .rule("L1 has settled the state \(settled), and the archive is of \(stateRoot): derive it anew")
        }
    }

    /// Carries a plan out; calls of one kind, which do not depend on each other, a few at a time.
    ///
    /// - Parameter report: is told of each transaction.
    public func run(
        _ plan: ClaimPlanner, report: (Sent) -> Void
    ) async throws(SettlementError) {
        var plan = plan
        /// To be made next, the last one first.
        var steps: [ClaimStep] = []
        while true {
            var group: [ClaimStep] = []
            while group.count < Self.atOnce {
                if steps.isEmpty, let next = try Self.planning({ () throws(StateError) in try plan.next() }) {
                    steps.append(next)
                }
                guard let step = steps.last, group.first.map({ step.isLike($0) }) ?? true else { break }
                group.append(step)
                steps.removeLast()
            }
            if group.isEmpty { return }
            var (ready, smaller): ([(step: ClaimStep, request: TransactionRequest)], [ClaimStep]) = ([], [])
            for step in group {
                switch try await Self.prepare(step, plan.packing, claims, sender.address, sender.client) {
                case .call(let request): ready.append((step, request))
                case .parts(let parts): smaller += parts
                case .done: break
                }
            }
            steps += smaller.reversed()
            try await send(ready, report)
        }
    }

    /// What an account that pays itself sends first of a plan; nil where nothing is left.
    ///
    /// - Parameters:
    ///   - sender: whose transaction the gas is estimated for.
    ///   - client: of L1.
    public static func first(
        of plan: ClaimPlanner, to claims: Address, by sender: Address, _ client: EthereumClient
    ) async throws(SettlementError) -> (step: ClaimStep, request: TransactionRequest)? {
        var plan = plan
        while let step = try planning({ () throws(StateError) in try plan.next() }) {
            var steps = [step]
            while let step = steps.popLast() {
                switch try await prepare(step, plan.packing, claims, sender, client) {
                case .call(let request): return (step, request)
                case .parts(let parts): steps += parts.reversed()
                case .done: break
                }
            }
        }
        return nil
    }

    /// What is to be done for a step.
    private enum Preparation {
        case call(TransactionRequest)
        /// The same in smaller ones.
        case parts([ClaimStep])
        /// Nothing: somebody else has done all of it.
        case done
    }

    private static func prepare(
        _ step: ClaimStep, _ packing: ClaimPacking, _ claims: Address, _ sender: Address, _ client: EthereumClient
    ) async throws(SettlementError) -> Preparation {
        var request = step.request(to: claims)
        let estimate: UInt64
        do throws(SettlementError) {
            estimate = try await EthereumClient.telling { () throws(EthereumClientError) in
                try await client.gasEstimate(from: sender, to: claims, input: request.input)
            }
        } catch {
            if Self.isDone(error) { return .done }
            throw error
        }
        let most = estimate &+ estimate / 10
        if most > Self.gasLimit,
            let halves = try Self.planning({ () throws(StateError) in try packing.halves(of: step) })
        {
            return .parts(halves)
        }
        let spare = min(UInt64(step.count), Self.sparePayments) * step.paymentGas
        request.gasLimit = min(most &+ spare, max(Self.gasLimit, most))
        return .call(request)
    }

    private func send(
        _ ready: [(step: ClaimStep, request: TransactionRequest)], _ report: (Sent) -> Void
    ) async throws(SettlementError) {
        if ready.isEmpty { return }
        let sent: [SentTransaction]
        do throws(SettlementError) {
            sent = try await sender.send(ready.map(\.request))
        } catch {
            // What does not go together may go one after another.
            guard case .poor = error, ready.count > 1 else { throw error }
            for each in ready { try await send([each], report) }
            return
        }
        var failure: SettlementError?
        for (transaction, (step, _)) in zip(sent, ready) {
            do throws(SettlementError) {
                report(try self.sent(step, try await sender.wait(for: transaction)))
            } catch {
                // The others are on their way and are told of.
                if !Self.isDone(error) { failure = failure ?? error }
            }
        }
        if let failure { throw failure }
    }

    /// Whether somebody else was faster with all of it.
    private static func isDone(_ error: SettlementError) -> Bool {
        guard case .reverted(let reason) = error else { return false }
        return reason.contains("Claims_NothingToPay") || reason.contains("Claims_AlreadyOpen")
    }

    private func sent(_ step: ClaimStep, _ inclusion: Inclusion) throws(SettlementError) -> Sent {
        var sent = Sent(name: step.name, count: step.count, inclusion: inclusion, cost: 0, paid: [], failed: [])
        sent.cost = UInt256(inclusion.gasUsed) &* inclusion.gasPrice
        let isItem = if case .claimItems = step { true } else { false }
        do throws(ABIError) {
            for log in inclusion.logs where log.address == claims {
                if let event = try Claims.Claimed(log) {
                    sent.paid.append(
                        Payment(
                            token: event.token, holder: event.holder, recipient: event.recipient, amount: event.amount))
                } else if let event = try Claims.ItemClaimed(log) {
                    sent.paid.append(
                        Payment(
                            token: event.token, holder: event.holder, recipient: event.recipient, amount: 1,
                            tokenID: event.id))
                } else if let event = try Claims.BalanceClaimed(log) {
                    sent.paid.append(
                        Payment(
                            token: event.token, holder: event.holder, recipient: event.recipient, amount: event.amount,
                            tokenID: event.id))
                } else if let event = try Claims.PaymentFailed(log) {
                    sent.failed.append(
                        Payment(
                            token: event.token, holder: event.holder, recipient: event.recipient,
                            amount: isItem ? 1 : event.amount, tokenID: isItem ? event.amount : nil))
                }
            }
        } catch {
            throw .answer(claims, error)
        }
        return sent
    }

    private static func planning<Result>(
        _ body: () throws(StateError) -> Result
    ) throws(SettlementError) -> Result {
        do throws(StateError) { return try body() } catch { throw .rule("the archive cannot be read: \(error)") }
    }
}
