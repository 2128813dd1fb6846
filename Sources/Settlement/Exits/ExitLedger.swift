import Derivation
import EthereumClient
public import Lifecycles
import Primitives
import StateTransition

/// What L1's logs tell of a rollup's assets: what came, what was paid, and what withdrawals have done; by the node's word.
public struct ExitLedger: Sendable {
    /// A deposit, at its L1 block.
    enum Deposit: Sendable {
        case ether(UInt256)
        /// The token on the rollup, and the one on L1.
        case token(Address, remote: Address, UInt256)
        case item(Address, remote: Address, UInt256)
    }

    /// L1's newest block that was looked at.
    public let block: UInt64
    /// `Lifecycle.state()` there.
    public let state: UInt8
    /// What claims have done.
    public private(set) var progress = ClaimProgress()
    /// By token of the rollup; zero for ether.
    private(set) var paid: [Address: UInt256] = [:]
    private(set) var deposits: [(block: UInt64, what: Deposit)] = []
    private(set) var finalized: Set<Hash256> = []
    /// Those of them whose call failed: the portal keeps what it would have brought, for good.
    private(set) var failed: Set<Hash256> = []
    private(set) var relayed: Set<Hash256> = []
    /// Tokens by whose claims Claims knows their holders, and zero for ether.
    private var marked: Set<Address> = [Address()]

    /// Of the tokens that Claims opened first so many have their mark in the record of a holder; collections have none
    /// (`contracts/sources/modules/claim_records.vy`).
    private static let markCount = 95
    /// The kinds of `Claims.tokenOf` that are WETH and ERC-20.
    private static let markedKinds: ClosedRange<UInt8> = 1...2

    /// Reads it.
    public static func read(_ bridge: Bridge) async throws(SettlementError) -> ExitLedger {
        let (l1, contracts) = (bridge.l1, bridge.contracts)
        await l1.freshen(chainID: bridge.rollup.l1ChainID)
        let head = try await EthereumClient.telling { () throws(EthereumClientError) in
            try await l1.header(.latest).header.number
        }
        let state = try await l1.read(Lifecycle.state(), from: contracts.lifecycle, at: .number(head))
        var ledger = ExitLedger(block: head, state: state)
        let first = min(bridge.rollup.genesis.l1.number, head)
        let logs = try await EthereumClient.telling { () throws(EthereumClientError) in
            try await l1.logs(
                of: [
                    contracts.optimismPortal, contracts.l1CrossDomainMessenger, contracts.l1StandardBridge,
                    contracts.l1ERC721Bridge, contracts.claims,
                ],
                topics: [
                    OptimismPortal.TransactionDeposited.topic, OptimismPortal.WithdrawalFinalized.topic,
                    L1CrossDomainMessenger.RelayedMessage.topic, L1StandardBridge.ERC20BridgeInitiated.topic,
                    L1ERC721Bridge.ERC721BridgeInitiated.topic, Claims.Claimed.topic, Claims.ItemClaimed.topic,
                    Claims.BalanceClaimed.topic, Claims.PaymentFailed.topic, Claims.TokenOpened.topic,
                ], in: first...head)
        }
        for placed in logs {
            do throws(ABIError) { try ledger.note(placed.log, at: placed.blockNumber, contracts) } catch {
                throw .answer(placed.log.address, error)
            }
        }
        return ledger
    }

    /// What became of a withdrawal on L1; nil where it is not finalised.
    public func outcome(of withdrawal: PassedWithdrawal, _ bridge: Bridge) -> WithdrawalOutcome? {
        guard finalized.contains(withdrawal.hash) else { return nil }
        if failed.contains(withdrawal.hash) { return .failed }
        let isMessage = RelayedMessage(withdrawal, bridge.contracts) != nil
        return isMessage && !relayed.contains(RelayedAsset.messageHash(withdrawal)) ? .kept : .paid
    }

    /// A ledger without entries.
    init(block: UInt64, state: UInt8) {
        self.block = block
        self.state = state
    }

    /// Takes up a log of one of the rollup's contracts; they come in their order.
    mutating func note(
        _ log: Log, at block: UInt64, _ contracts: RollupContracts
    ) throws(ABIError) {
        switch log.address {
        case contracts.optimismPortal:
            if let event = try OptimismPortal.WithdrawalFinalized(log) {
                finalized.insert(event.withdrawalHash)
                if !event.success { failed.insert(event.withdrawalHash) }
            } else if let event = try OptimismPortal.TransactionDeposited(log) {
                // The first word is what the deposit brings (OP Stack specification, deposits).
                let minted = event.opaqueData.prefix(32).withUnsafeBytes { UInt256(bigEndianBytes: $0) } ?? 0
                deposits.append((block, .ether(minted)))
            }
        case contracts.l1CrossDomainMessenger:
            if let event = try L1CrossDomainMessenger.RelayedMessage(log) { relayed.insert(event.msgHash) }
        case contracts.l1StandardBridge:
            if let event = try L1StandardBridge.ERC20BridgeInitiated(log) {
                deposits.append((block, .token(event.remoteToken, remote: event.localToken, event.amount)))
            }
        case contracts.l1ERC721Bridge:
            if let event = try L1ERC721Bridge.ERC721BridgeInitiated(log) {
                deposits.append((block, .item(event.remoteToken, remote: event.localToken, event.tokenId)))
            }
        case contracts.claims: try noteClaim(log)
        default: break
        }
    }

    private mutating func noteClaim(_ log: Log) throws(ABIError) {
        if let event = try Claims.Claimed(log) {
            progress.note(event.token, paidTo: event.holder, isKnown: marked.contains(event.token))
            paid[event.token] = (paid[event.token] ?? 0) &+ event.amount
        } else if let event = try Claims.ItemClaimed(log) {
            progress.note(event.token, item: event.id)
            paid[event.token] = (paid[event.token] ?? 0) &+ 1
        } else if let event = try Claims.BalanceClaimed(log) {
            progress.note(event.token, balanceOf: ItemHolder(tokenID: event.id, account: event.holder))
            paid[event.token] = (paid[event.token] ?? 0) &+ event.amount
        } else if let event = try Claims.PaymentFailed(log) {
            if marked.contains(event.token) { progress.known.insert(event.holder) }
        } else if let event = try Claims.TokenOpened(log) {
            if Self.markedKinds.contains(event.kind), progress.opened.count < Self.markCount {
                marked.insert(event.token)
            }
            progress.opened.insert(event.token)
        }
    }
}
