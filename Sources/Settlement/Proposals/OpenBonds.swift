public import EthereumClient
public import Primitives

/// What an account has in bonds of proposals that has not come back to it yet.
public struct OpenBonds: Equatable, Sendable {
    /// Proposals whose time is not over.
    public var inProgress = 0
    /// Wei that it can claim.
    public var credit = UInt256.zero

    public var isEmpty: Bool { inProgress == 0 && credit.isZero }

    /// Asks the newest proposals of a rollup.
    ///
    /// - Parameter limit: how many are looked at.
    public init(
        of account: Address, factory: Address, client: EthereumClient, limit: Int = 256
    ) async throws(SettlementError) {
        let games = try await OutputGames(client: client, factory: factory).newest(limit: limit) { _ in true }
        for game in games {
            let status = try await client.read(BondedProposal.status(), from: game.address)
            // Zero is in progress (IDisputeGame).
            if status == 0, try await client.read(BondedProposal.gameCreator(), from: game.address) == account {
                inProgress += 1
            }
            credit = credit &+ (try await client.read(BondedProposal.credit(account), from: game.address))
        }
    }
}
