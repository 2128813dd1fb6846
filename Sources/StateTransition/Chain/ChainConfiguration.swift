public import EVM
public import Primitives

/// When a set of rules begins to hold.
public enum Activation: Equatable, Sendable {
    /// From the block with this number on.
    case block(UInt64)
    /// From the first block that is not earlier than this, seconds since the Unix epoch.
    case timestamp(UInt64)
    /// From the first block whose parent has reached this total difficulty (EIP-3675).
    case totalDifficulty(UInt256)

    /// Whether the rules hold for a block; `parentTotalDifficulty` is that of everything up to its parent.
    func isActive(number: UInt64, timestamp: UInt64, parentTotalDifficulty: UInt256) -> Bool {
        switch self {
        case .block(let first): number >= first
        case .timestamp(let first): timestamp >= first
        case .totalDifficulty(let terminal): parentTotalDifficulty >= terminal
        }
    }
}

/// What tells one chain's rules from another's.
public struct ChainConfiguration: Sendable {
    /// A revision with its begin.
    public struct Upgrade: Equatable, Sendable {
        public var revision: Revision
        public var activation: Activation

        public init(_ revision: Revision, _ activation: Activation) {
            self.revision = revision
            self.activation = activation
        }
    }

    /// Blob parameters with the time from which they hold (EIP-7892).
    public struct BlobUpgrade: Equatable, Sendable {
        public var timestamp: UInt64
        public var parameters: BlobParameters

        public init(timestamp: UInt64, parameters: BlobParameters) {
            self.timestamp = timestamp
            self.parameters = parameters
        }
    }

    /// A delay of the difficulty bomb with the block from which it holds.
    public struct BombDelay: Equatable, Sendable {
        public var block: UInt64
        /// Blocks.
        public var delay: UInt64

        public init(block: UInt64, delay: UInt64) {
            self.block = block
            self.delay = delay
        }
    }

    public var chainID: UInt64
    /// In ascending order of revision.
    public var upgrades: [Upgrade]
    /// In ascending order of time.
    public var blobUpgrades: [BlobUpgrade]
    /// In ascending order of block.
    public var bombDelays: [BombDelay]
    /// The block that moves the DAO's ether, on a chain that supports the fork.
    public var daoForkBlock: UInt64?
    /// The block from which on nodes that do not know the Merge are told apart (EIP-3675, FORK_NEXT_VALUE).
    public var networkSplitBlock: UInt64?
    /// Whose logs are deposit requests (EIP-6110).
    public var depositContract: Address
    /// The OP Stack's rules, where the chain runs under them.
    public var opStack: OPStackConfiguration?

    /// A chain with these rules.
    ///
    /// - Parameter bombDelays: nil for those that mainnet introduced with the revisions in `upgrades`.
    public init(
        chainID: UInt64, upgrades: [Upgrade], blobUpgrades: [BlobUpgrade] = [], bombDelays: [BombDelay]? = nil,
        daoForkBlock: UInt64? = nil, networkSplitBlock: UInt64? = nil,
        depositContract: Address = ChainConfiguration.mainnetDepositContract, opStack: OPStackConfiguration? = nil
    ) {
        self.chainID = chainID
        self.upgrades = upgrades
        self.blobUpgrades = blobUpgrades
        self.bombDelays = bombDelays ?? Self.usualBombDelays(upgrades)
        self.daoForkBlock = daoForkBlock
        self.networkSplitBlock = networkSplitBlock
        self.depositContract = depositContract
        self.opStack = opStack
    }

    /// The rules for a block.
    ///
    /// - Parameter parentTotalDifficulty: only matters on a chain that goes from proof of work to proof of stake.
    public func revision(number: UInt64, timestamp: UInt64, parentTotalDifficulty: UInt256 = .max) -> Revision {
        let active = upgrades.last {
            $0.activation.isActive(
                number: number, timestamp: timestamp, parentTotalDifficulty: parentTotalDifficulty)
        }
        return active?.revision ?? .frontier
    }

    /// The blob parameters for a block at `timestamp`; nil before the first.
    public func blobParameters(timestamp: UInt64) -> BlobParameters? {
        blobUpgrades.last { $0.timestamp <= timestamp }?.parameters
    }

    /// By how many blocks the difficulty bomb is late in block `number`.
    func bombDelay(number: UInt64) -> UInt64 { bombDelays.last { $0.block <= number }?.delay ?? 0 }

    /// EIP-649, EIP-1234, EIP-2384 (which every fixture of Berlin takes as given) and EIP-3554.
    private static func usualBombDelays(_ upgrades: [Upgrade]) -> [BombDelay] {
        upgrades.compactMap { upgrade in
            guard case .block(let block) = upgrade.activation else { return nil }
            switch upgrade.revision {
            case .byzantium: return BombDelay(block: block, delay: 3_000_000)
            case .constantinople, .petersburg, .istanbul: return BombDelay(block: block, delay: 5_000_000)
            case .berlin: return BombDelay(block: block, delay: 9_000_000)
            case .london: return BombDelay(block: block, delay: 9_700_000)
            default: return nil
            }
        }
    }
}

extension ChainConfiguration {
    /// 0x00000000219ab540356cBB839Cbe05303d7705Fa.
    public static var mainnetDepositContract: Address {
        Address(truncating: UInt256(limbs: 0x9CBE_0530_3D77_05FA, 0x219A_B540_356C_BB83, 0x0000_0000_0000_0000, 0))
    }

    /// A chain under the rules of one revision from its first block on.
    ///
    /// - Parameter blobs: the blob parameters; nil for those that the revision brought.
    public static func always(
        _ revision: Revision, chainID: UInt64 = 1, blobs: BlobParameters? = nil
    ) -> ChainConfiguration {
        let blobs = blobs ?? BlobParameters.introduced(by: revision)
        return ChainConfiguration(
            chainID: chainID, upgrades: [Upgrade(revision, .block(0))],
            blobUpgrades: blobs.map { [BlobUpgrade(timestamp: 0, parameters: $0)] } ?? [])
    }

    /// Ethereum.
    public static var mainnet: ChainConfiguration {
        ChainConfiguration(
            chainID: 1,
            upgrades: [
                Upgrade(.frontier, .block(0)),
                Upgrade(.homestead, .block(1_150_000)),
                Upgrade(.tangerineWhistle, .block(2_463_000)),
                Upgrade(.spuriousDragon, .block(2_675_000)),
                Upgrade(.byzantium, .block(4_370_000)),
                Upgrade(.petersburg, .block(7_280_000)),
                Upgrade(.istanbul, .block(9_069_000)),
                Upgrade(.berlin, .block(12_244_000)),
                Upgrade(.london, .block(12_965_000)),
                Upgrade(.paris, .block(15_537_394)),
                Upgrade(.shanghai, .timestamp(1_681_338_455)),
                Upgrade(.cancun, .timestamp(1_710_338_135)),
                Upgrade(.prague, .timestamp(1_746_612_311)),
                Upgrade(.osaka, .timestamp(1_764_798_551)),
            ],
            blobUpgrades: [
                BlobUpgrade(timestamp: 1_710_338_135, parameters: .cancun),
                BlobUpgrade(timestamp: 1_746_612_311, parameters: .prague),
                BlobUpgrade(timestamp: 1_765_290_071, parameters: .bpo1),
                BlobUpgrade(timestamp: 1_767_747_671, parameters: .bpo2),
            ],
            bombDelays: [
                BombDelay(block: 4_370_000, delay: 3_000_000),
                BombDelay(block: 7_280_000, delay: 5_000_000),
                BombDelay(block: 9_200_000, delay: 9_000_000),
                BombDelay(block: 12_965_000, delay: 9_700_000),
                BombDelay(block: 13_773_000, delay: 10_700_000),
                BombDelay(block: 15_050_000, delay: 11_400_000),
            ],
            daoForkBlock: 1_920_000)
    }
}
