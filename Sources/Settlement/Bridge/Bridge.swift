public import Derivation
public import EthereumClient
public import Primitives

/// Moves assets between an L1 and a rollup: what it is asked on both chains, and the contracts on L1.
public struct Bridge: Sendable {
    public let rollup: RollupConfiguration
    public let l1: EthereumClient
    /// The rollup's node; deposits do without.
    public let l2: EthereumClient?
    /// What withdrawals are proven by in place of a node, once the rollup is dissolved.
    public var last: LastOutput?
    public let contracts: RollupContracts

    static let messagePasser = Address(truncating: UInt256(limbs: 0x16, 0, 0x4200_0000, 0))
    static let standardBridge = Address(truncating: UInt256(limbs: 0x10, 0, 0x4200_0000, 0))
    static let messenger = Address(truncating: UInt256(limbs: 0x07, 0, 0x4200_0000, 0))
    static let erc721Bridge = Address(truncating: UInt256(limbs: 0x14, 0, 0x4200_0000, 0))

    /// Finds the rollup's contracts on L1, by what its file says.
    ///
    /// - Throws: `rule` where a chain is another than the file says.
    public init(
        _ rollup: RollupConfiguration, l1: EthereumClient, l2: EthereumClient? = nil
    ) async throws(SettlementError) {
        self.rollup = rollup
        self.l1 = l1
        self.l2 = l2
        try await Self.check(l1, is: rollup.l1ChainID, "L1")
        if let l2 { try await Self.check(l2, is: rollup.l2ChainID, "the rollup") }
        let config = rollup.systemConfigContract
        let addresses = try await l1.read(SystemConfig.getAddresses(), from: config)
        guard addresses.optimismPortal == rollup.depositContract else {
            throw .rule(
                "the system configuration \(config) on L1 names the portal \(addresses.optimismPortal), and the rollup's "
                    + "file \(rollup.depositContract)")
        }
        let lifecycle = try await l1.read(OptimismPortal.lifecycle(), from: addresses.optimismPortal)
        contracts = RollupContracts(
            systemConfig: config, optimismPortal: addresses.optimismPortal,
            l1CrossDomainMessenger: addresses.l1CrossDomainMessenger, l1StandardBridge: addresses.l1StandardBridge,
            l1ERC721Bridge: addresses.l1ERC721Bridge,
            anchorStateRegistry: try await l1.read(
                OptimismPortal.anchorStateRegistry(), from: addresses.optimismPortal),
            disputeGameFactory: try await l1.read(SystemConfig.disputeGameFactory(), from: config),
            lifecycle: lifecycle, claims: try await l1.read(OptimismPortal.claims(), from: addresses.optimismPortal),
            batchInbox: try await l1.read(Lifecycle.batchInbox(), from: lifecycle))
    }

    private static func check(
        _ client: EthereumClient, is chainID: UInt64, _ what: String
    ) async throws(SettlementError) {
        let found = try await EthereumClient.telling { () throws(EthereumClientError) in try await client.chainID() }
        guard found == chainID else {
            throw .rule("\(what) has chain id \(chainID) by the rollup's file, and the endpoint's chain has \(found)")
        }
    }

    var node: EthereumClient {
        get throws(SettlementError) {
            guard let l2 else { throw .rule("the rollup's node is needed for that: give its URL") }
            return l2
        }
    }

    /// Lets a bridge take an ERC-20 token, where it may not yet.
    func allow(
        _ spender: Address, toTake amount: UInt256, of token: Address, by sender: TransactionSender
    ) async throws(SettlementError) {
        let owner = sender.address
        let balance = try await sender.client.read(OptimismMintableERC20.balanceOf(owner), from: token)
        guard balance >= amount else {
            throw .rule("\(owner) has \(Wei.digits(balance)) of the token \(token), fewer than \(Wei.digits(amount))")
        }
        let allowance = try await sender.client.read(
            OptimismMintableERC20.allowance(owner: owner, spender: spender), from: token)
        if allowance >= amount { return }
        // Some tokens do not change an allowance but from or to zero.
        if !allowance.isZero {
            try await sender.perform(
                TransactionRequest(OptimismMintableERC20.approve(spender: spender, amount: 0), to: token))
        }
        try await sender.perform(
            TransactionRequest(OptimismMintableERC20.approve(spender: spender, amount: amount), to: token))
    }
}

/// What is moved.
public enum BridgedAsset: Sendable, Equatable {
    /// Wei.
    case ether(UInt256)
    /// A token's smallest units; the token's addresses on both chains.
    case erc20(l1: Address, l2: Address, amount: UInt256)
    case erc721(l1: Address, l2: Address, tokenID: UInt256)
    /// A call on the other chain, with wei.
    case message(value: UInt256, data: [UInt8], gasLimit: UInt64)
}
