public import StateTransition

/// When the parameters of an L1's blobs change (EIP-7840, EIP-7892): a rollup's blocks tell the price of blobs on L1, so
/// whoever derives them has to know the same schedule as everybody else. No endpoint is asked for it.
public struct L1BlobSchedule: Equatable, Sendable {
    /// Beside `rollup.json`, for an L1 that is not known here.
    public static let fileName = "l1-chain-config.json"

    /// In ascending order of time; at least one.
    public let upgrades: [ChainConfiguration.BlobUpgrade]

    /// A schedule; nil where there is nothing in it, or not in ascending order.
    public init?(_ upgrades: [ChainConfiguration.BlobUpgrade]) {
        let isAscending = zip(upgrades, upgrades.dropFirst()).allSatisfy { $0.timestamp < $1.timestamp }
        guard !upgrades.isEmpty, isAscending else { return nil }
        self.upgrades = upgrades
    }

    /// Of an L1 that is known here: Ethereum, Sepolia, Hoodi and the embedded one; nil for another.
    public static func known(chainID: UInt64) -> L1BlobSchedule? {
        switch chainID {
        case 1: L1BlobSchedule(ChainConfiguration.mainnet.blobUpgrades)
        case 1_337: L1BlobSchedule([.init(timestamp: 0, parameters: .bpo2)])
        case 560_048:
            L1BlobSchedule([
                .init(timestamp: 0, parameters: .cancun), .init(timestamp: 1_742_999_832, parameters: .prague),
                .init(timestamp: 1_762_365_720, parameters: .bpo1), .init(timestamp: 1_762_955_544, parameters: .bpo2),
            ])
        case 11_155_111:
            L1BlobSchedule([
                .init(timestamp: 1_706_655_072, parameters: .cancun),
                .init(timestamp: 1_741_159_776, parameters: .prague),
                .init(timestamp: 1_761_017_184, parameters: .bpo1), .init(timestamp: 1_761_607_008, parameters: .bpo2),
            ])
        default: nil
        }
    }

    /// What holds at a time; nil before there are blobs.
    func parameters(at timestamp: UInt64) -> BlobParameters? {
        upgrades.last { $0.timestamp <= timestamp }?.parameters
    }

    /// The first of what an endpoint says that is not so here; nil for nothing.
    func contradiction(to told: [ChainConfiguration.BlobUpgrade]) -> ChainConfiguration.BlobUpgrade? {
        told.first { parameters(at: $0.timestamp) != $0.parameters }
    }
}
