package import Primitives
package import StateTransition

/// The checksum that tells chains with different rules apart (EIP-2124, EIP-6122).
package struct ForkIdentifier {
    private let genesis: Hash256
    /// Numbers of blocks, ascending.
    private let blocks: [UInt64]
    /// Seconds since the Unix epoch, ascending.
    private let timestamps: [UInt64]

    /// - Parameter genesisTime: rules that hold from the genesis block on are no fork.
    package init(_ configuration: ChainConfiguration, genesis: Hash256, genesisTime: UInt64) {
        var blocks: Set<UInt64> = Set(configuration.bombDelays.map { $0.block })
        var timestamps: Set<UInt64> = Set(configuration.blobUpgrades.map { $0.timestamp })
        for upgrade in configuration.upgrades {
            switch upgrade.activation {
            case .block(let number): blocks.insert(number)
            case .timestamp(let timestamp): timestamps.insert(timestamp)
            case .totalDifficulty: break
            }
        }
        blocks.formUnion([configuration.daoForkBlock, configuration.networkSplitBlock].compactMap { $0 })
        self.genesis = genesis
        self.blocks = blocks.filter { $0 > 0 }.sorted()
        self.timestamps = timestamps.filter { $0 > genesisTime }.sorted()
    }

    /// The checksum once every fork up to a block and a time has come.
    package func hash(number: UInt64, timestamp: UInt64) -> UInt32 {
        var checksum = Checksum()
        checksum.add(genesis.bytes)
        let passed = blocks.filter { $0 <= number } + timestamps.filter { $0 <= timestamp }
        for fork in passed { withUnsafeBytes(of: fork.bigEndian) { checksum.add($0) } }
        return checksum.value
    }
}

/// The cyclic redundancy check of IEEE 802.3.
private struct Checksum {
    private var state: UInt32 = .max

    var value: UInt32 { ~state }

    mutating func add(_ bytes: some Sequence<UInt8>) {
        for byte in bytes {
            state ^= UInt32(byte)
            for _ in 0..<8 { state = state >> 1 ^ (0xEDB8_8320 & (0 &- (state & 1))) }
        }
    }
}
