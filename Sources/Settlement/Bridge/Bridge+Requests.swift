import EthereumClient
public import Primitives

/// What others send: the same transactions as ``Bridge/deposit(_:to:by:)`` and so on, for a wallet whose key is not here.
extension Bridge {
    /// A transaction, and what it does.
    public struct Step: Sendable, Equatable {
        public enum Kind: Sendable, Equatable { case approve, move }
        public var kind: Kind
        public var request: TransactionRequest
    }

    /// Those of L1 that move an asset to the rollup, in order.
    ///
    /// - Throws: `rule` where a token's contract on the rollup is not that token's.
    public func depositSteps(_ asset: BridgedAsset, to recipient: Address) async throws(SettlementError) -> [Step] {
        try await checkPair(asset)
        let approval: TransactionRequest?
        switch asset {
        case .ether, .message: approval = nil
        case .erc20(let token, _, let amount):
            approval = TransactionRequest(
                OptimismMintableERC20.approve(spender: contracts.l1StandardBridge, amount: amount), to: token)
        case .erc721(let token, _, let id):
            approval = TransactionRequest(
                OptimismMintableERC721.approve(to: contracts.l1ERC721Bridge, tokenId: id), to: token)
        }
        return Self.steps(approval, depositRequest(asset, to: recipient))
    }

    /// Those of the rollup that start to move an asset to L1, in order.
    public func withdrawalSteps(_ asset: BridgedAsset, to recipient: Address) async throws(SettlementError) -> [Step] {
        var approval: TransactionRequest?
        if case .erc20(_, let token, let amount) = asset, try await !isMintable(token, node) {
            approval = TransactionRequest(
                OptimismMintableERC20.approve(spender: Self.standardBridge, amount: amount), to: token)
        }
        return Self.steps(approval, Self.withdrawalRequest(asset, to: recipient))
    }

    private static func steps(_ approval: TransactionRequest?, _ move: TransactionRequest) -> [Step] {
        (approval.map { [Step(kind: .approve, request: $0)] } ?? []) + [Step(kind: .move, request: move)]
    }

    /// So many of the newest proofs of a withdrawal are looked at: anybody may prove, and add to them.
    private static let provers: UInt64 = 8

    /// The accounts that have proven a withdrawal, the newest first; of many only the newest.
    public func provers(of withdrawal: WithdrawalTransaction) async throws(SettlementError) -> [Address] {
        let (portal, hash) = (contracts.optimismPortal, withdrawal.hash)
        let count = try await l1.read(OptimismPortal.numProofSubmitters(hash), from: portal).clampedToUInt64
        var found: [Address] = []
        for index in (count - min(count, Self.provers)..<count).reversed() {
            let prover = try await l1.read(
                OptimismPortal.proofSubmitters(withdrawalHash: hash, index: UInt256(index)), from: portal)
            if !found.contains(prover) { found.append(prover) }
        }
        return found
    }

    /// The transaction of L1 that proves a withdrawal against a proposal.
    public func proofRequest(
        of initiated: InitiatedWithdrawal, in game: OutputGame
    ) async throws(SettlementError) -> TransactionRequest {
        TransactionRequest(try await proof(of: initiated, in: game), to: contracts.optimismPortal)
    }

    /// The transaction of L1 that executes a withdrawal that an account has proven.
    public func finalizationRequest(
        of withdrawal: WithdrawalTransaction, provenBy submitter: Address
    ) -> TransactionRequest {
        TransactionRequest(
            OptimismPortal.finalizeWithdrawalTransactionExternalProof(tx: withdrawal, proofSubmitter: submitter),
            to: contracts.optimismPortal)
    }
}
