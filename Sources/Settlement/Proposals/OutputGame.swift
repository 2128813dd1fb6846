public import EthereumClient
public import Primitives

/// A proposed output as L1 has it.
public struct OutputGame: Sendable, Equatable {
    /// Its place in the order of the DisputeGameFactory.
    public let index: UInt256
    public let address: Address
    public let rootClaim: Hash256
    /// `UInt64.max` for a number that is larger, and that no block has.
    public let blockNumber: UInt64
    public let createdAt: UInt64
}

/// Reads the proposals of a rollup.
public struct OutputGames: Sendable {
    /// What the factory answers with at most.
    private static let page: UInt64 = 16

    public let client: EthereumClient
    public let factory: Address

    public init(client: EthereumClient, factory: Address) {
        self.client = client
        self.factory = factory
    }

    /// The newest proposals, newest first, as long as they are wanted.
    ///
    /// - Parameter isWanted: is asked for each; the first that is not wanted ends the list and is not in it.
    public func newest(
        limit: Int, while isWanted: (OutputGame) -> Bool
    ) async throws(SettlementError) -> [OutputGame] {
        let count = try await client.read(DisputeGameFactory.gameCount(), from: factory).clampedToUInt64
        var games: [OutputGame] = []
        var next = count
        while next > 0, games.count < limit {
            let found = try await client.read(
                DisputeGameFactory.findLatestGames(
                    gameType: SharedAddresses.gameType, start: UInt256(next - 1), n: UInt256(Self.page)),
                from: factory)
            guard let last = found.last?.index.asUInt64, last < next else { break }
            for each in found {
                guard let number = UInt256(bigEndianBytes: each.extraData.prefix(32))?.clampedToUInt64 else { continue }
                let game = OutputGame(
                    index: each.index, address: Address(truncating: UInt256(each.metadata)), rootClaim: each.rootClaim,
                    blockNumber: number, createdAt: each.timestamp)
                if games.count == limit || !isWanted(game) { return games }
                games.append(game)
            }
            next = last
        }
        return games
    }
}
