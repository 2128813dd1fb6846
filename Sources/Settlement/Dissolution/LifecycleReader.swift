public import EthereumClient
public import Lifecycles
public import Primitives
import StateTransition

/// Asks L1 about the end of a rollup.
public struct LifecycleReader: Sendable {
    public let client: EthereumClient
    public let contract: Address

    public init(client: EthereumClient, contract: Address) {
        self.client = client
        self.contract = contract
    }

    /// All that the contract says, at L1's newest block.
    public func facts() async throws(SettlementError) -> LifecycleFacts {
        let head = try await EthereumClient.telling { () throws(EthereumClientError) in
            try await client.header(.latest)
        }
        let block = BlockName.number(head.header.number)
        let stated = try await client.read(Lifecycle.state(), from: contract, at: block)
        guard let state = LifecycleFacts.State(rawValue: stated) else { throw .answer(contract, .outOfRange) }
        var facts = LifecycleFacts(
            contract: contract, l1Block: head.header.number, l1Time: head.header.timestamp, state: state,
            expiresAt: try await client.read(Lifecycle.expiresAt(), from: contract, at: block).clampedToUInt64)
        facts.idleBlocks = try await client.read(Lifecycle.idleBlocks(), from: contract, at: block).clampedToUInt64
        facts.drainBlocks = try await client.read(Lifecycle.drainBlocks(), from: contract, at: block).clampedToUInt64
        let budget = try await client.read(Lifecycle.budget(), from: contract, at: block)
        facts.budget = budget.isZero ? nil : budget
        if state == .active {
            let (isDue, reason) = try await client.read(Lifecycle.due(), from: contract, at: block)
            facts.due = isDue ? ClosingReason(rawValue: reason) : nil
        } else {
            facts.closing = try await closing(at: block)
        }
        return facts
    }

    /// How the rollup was closed; nil while it is active.
    public func closing(at block: BlockName = .latest) async throws(SettlementError) -> LifecycleFacts.Closing? {
        let number = try await client.read(Lifecycle.closingBlock(), from: contract, at: block)
        if number.isZero { return nil }
        let reason = try await client.read(Lifecycle.closingReason(), from: contract, at: block)
        guard let reason = ClosingReason(rawValue: reason) else { throw .answer(contract, .outOfRange) }
        return LifecycleFacts.Closing(
            block: number.clampedToUInt64,
            drainEnd: try await client.read(Lifecycle.drainEnd(), from: contract, at: block).clampedToUInt64,
            reason: reason)
    }

    /// Who may close the rollup at any time, and put its end off.
    public func owner() async throws(SettlementError) -> Address {
        let config = try await client.read(Lifecycle.systemConfig(), from: contract)
        return try await client.read(SystemConfig.owner(), from: config)
    }
}
