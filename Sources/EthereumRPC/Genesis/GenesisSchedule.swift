import EVM
import JSONRPC
import Primitives
import StateTransition

/// The `config` of a genesis file as it is written, before it is made into rules.
struct GenesisSchedule {
    private var chainID: UInt64?
    private var numbers: [String: UInt256] = [:]
    private var isMergePassed = false
    private var depositContract: Address?
    private var blobs: [String: BlobParameters] = [:]
    private var isRollup = false
    private var rollupFees: [String: UInt64] = [:]

    init(_ reader: inout JSONReader) throws(GenesisError) {
        try reader.members(of: "config") { (name, reader) throws(GenesisError) in
            let key = "config.\(name)"
            switch name {
            case "chainId": chainID = try GenesisValue(key, &reader).number64()
            case "depositContractAddress": depositContract = try GenesisValue(key, &reader).address()
            case "terminalTotalDifficultyPassed": isMergePassed = try GenesisValue(key, &reader).isTrue
            case "blobSchedule":
                try reader.members(of: key) { (fork, reader) throws(GenesisError) in
                    blobs[fork] = try Self.blobParameters("\(key).\(fork)", &reader)
                }
            case "optimism":
                isRollup = true
                try reader.members(of: key) { (name, reader) throws(GenesisError) in
                    rollupFees[name] = try GenesisValue("\(key).\(name)", &reader).number64()
                }
            case _ where Self.knownNumbers.contains(name):
                numbers[name] = try GenesisValue(key, &reader).number()
            case _ where name.hasSuffix("Time") || name.hasSuffix("Block"):
                if try GenesisValue(key, &reader).number() != nil, !Self.ignored.contains(name) {
                    throw GenesisError(key, "an upgrade that is not known here: remove it, or use a newer Mayfly")
                }
            default: try reader.skip(key)
            }
        }
    }

    static let blockUpgrades: [(name: String, what: Revision)] = [
        ("homesteadBlock", .homestead), ("eip150Block", .tangerineWhistle), ("eip158Block", .spuriousDragon),
        ("byzantiumBlock", .byzantium), ("constantinopleBlock", .constantinople), ("petersburgBlock", .petersburg),
        ("istanbulBlock", .istanbul), ("berlinBlock", .berlin), ("londonBlock", .london),
    ]
    static let timeUpgrades: [(name: String, what: Revision)] = [
        ("shanghaiTime", .shanghai), ("cancunTime", .cancun), ("pragueTime", .prague), ("osakaTime", .osaka),
    ]
    private static let blobForks = ["cancun", "prague", "osaka", "bpo1", "bpo2", "bpo3", "bpo4", "bpo5"]
    static let rollupUpgrades: [(name: String, what: OptimismRevision)] = [
        ("regolithTime", .regolith), ("canyonTime", .canyon), ("ecotoneTime", .ecotone), ("fjordTime", .fjord),
        ("graniteTime", .granite), ("holoceneTime", .holocene), ("isthmusTime", .isthmus), ("jovianTime", .jovian),
    ]
    private static let knownNumbers: Set<String> = Set(
        blockUpgrades.map(\.name) + timeUpgrades.map(\.name) + rollupUpgrades.map(\.name)
            + blobForks.map { $0 + "Time" } + [
                "terminalTotalDifficulty", "muirGlacierBlock", "arrowGlacierBlock", "grayGlacierBlock", "daoForkBlock",
                "mergeNetsplitBlock",
            ])
    /// Upgrades that change nothing which a node without peers has to know.
    private static let ignored: Set<String> = ["eip155Block", "bedrockBlock", "deltaTime", "pectraBlobScheduleTime"]

    private static func blobParameters(
        _ key: String, _ reader: inout JSONReader
    ) throws(GenesisError) -> BlobParameters {
        var found: [String: UInt64] = [:]
        try reader.members(of: key) { (name, reader) throws(GenesisError) in
            found[name] = try GenesisValue("\(key).\(name)", &reader).number64()
        }
        guard let target = found["target"], let maximum = found["max"], let fraction = found["baseFeeUpdateFraction"],
            fraction > 0
        else { throw GenesisError(key, "target, max and baseFeeUpdateFraction (above 0) are needed") }
        return BlobParameters(target: target, maximum: maximum, baseFeeUpdateFraction: fraction)
    }

    // MARK: Rules

    /// The rules that the file asks for.
    ///
    /// - Throws: also where an upgrade begins before one that it builds on.
    func configuration() throws(GenesisError) -> ChainConfiguration {
        try verifyOrder(Self.blockUpgrades, "block")
        try verifyOrder(Self.timeUpgrades, "time")
        try verifyOrder(Self.rollupUpgrades, "time")
        guard let chainID else { throw GenesisError("config.chainId", "missing: give the chain a number of its own") }
        if isRollup { return .rollup(chainID: chainID, opStack: try rollup()) }
        var upgrades = try marks(Self.blockUpgrades).map { ChainConfiguration.Upgrade($0.what, .block($0.begin)) }
        let times = try marks(Self.timeUpgrades).map { ChainConfiguration.Upgrade($0.what, .timestamp($0.begin)) }
        if let terminal = numbers["terminalTotalDifficulty"] {
            upgrades.append(.init(.paris, .totalDifficulty(terminal)))
        } else if isMergePassed || !times.isEmpty {
            upgrades.append(.init(.paris, .totalDifficulty(0)))
        }
        return ChainConfiguration(
            chainID: chainID, upgrades: upgrades + times, blobUpgrades: try blobUpgrades(),
            bombDelays: try bombDelays(), daoForkBlock: try number64("daoForkBlock"),
            networkSplitBlock: try number64("mergeNetsplitBlock"),
            depositContract: depositContract ?? ChainConfiguration.mainnetDepositContract)
    }

    /// What of a table the file gives a begin.
    private func marks<What>(
        _ table: [(name: String, what: What)]
    ) throws(GenesisError) -> [(what: What, begin: UInt64)] {
        var marks: [(what: What, begin: UInt64)] = []
        for (name, what) in table {
            if let begin = try number64(name) { marks.append((what, begin)) }
        }
        return marks
    }

    private func verifyOrder<What>(_ table: [(name: String, what: What)], _ unit: String) throws(GenesisError) {
        var earlier: (what: What, begin: UInt64)?
        for (name, what) in table {
            guard let begin = try number64(name) else { continue }
            if let earlier, begin < earlier.begin {
                throw GenesisError(
                    "config.\(name)",
                    "\(what) begins at \(unit) \(begin), before \(earlier.what) at \(unit) \(earlier.begin), which it builds "
                        + "on. Give the upgrades in their order.")
            }
            earlier = (what, begin)
        }
    }

    private func number64(_ name: String) throws(GenesisError) -> UInt64? {
        guard let number = numbers[name] else { return nil }
        guard number <= UInt256(UInt64.max) else { throw GenesisError("config.\(name)", "the number is over 64 bits") }
        return number.clampedToUInt64
    }

    private func blobUpgrades() throws(GenesisError) -> [ChainConfiguration.BlobUpgrade] {
        var upgrades: [ChainConfiguration.BlobUpgrade] = []
        for fork in Self.blobForks {
            guard let time = try number64(fork + "Time") else { continue }
            let usual: BlobParameters? =
                switch fork {
                case "cancun": .cancun
                case "prague": .prague
                case "osaka": upgrades.last?.parameters ?? .prague
                default: nil
                }
            guard let parameters = blobs[fork] ?? usual else {
                throw GenesisError("config.blobSchedule.\(fork)", "missing, but config.\(fork)Time is there")
            }
            guard upgrades.last.map({ $0.timestamp <= time }) ?? true else {
                throw GenesisError("config.\(fork)Time", "earlier than the fork before it")
            }
            upgrades.append(ChainConfiguration.BlobUpgrade(timestamp: time, parameters: parameters))
        }
        return upgrades
    }

    /// EIP-649, EIP-1234, EIP-2384, EIP-3554, EIP-4345, EIP-5133.
    private func bombDelays() throws(GenesisError) -> [ChainConfiguration.BombDelay] {
        let delays: [(name: String, what: UInt64)] = [
            ("byzantiumBlock", 3_000_000), ("constantinopleBlock", 5_000_000), ("muirGlacierBlock", 9_000_000),
            ("londonBlock", 9_700_000), ("arrowGlacierBlock", 10_700_000), ("grayGlacierBlock", 11_400_000),
        ]
        return try marks(delays).map { ChainConfiguration.BombDelay(block: $0.begin, delay: $0.what) }
    }

    private func rollup() throws(GenesisError) -> OPStackConfiguration {
        let activations = try marks(Self.rollupUpgrades).map { OPStackConfiguration.Activation($0.what, $0.begin) }
        let denominator = rollupFees["eip1559DenominatorCanyon"] ?? rollupFees["eip1559Denominator"] ?? 250
        let elasticity = rollupFees["eip1559Elasticity"] ?? 6
        guard denominator > 0, elasticity > 0 else {
            throw GenesisError("config.optimism", "eip1559Denominator and eip1559Elasticity are above 0")
        }
        return OPStackConfiguration(
            activations: activations,
            baseFeeParameters: BaseFeeParameters(elasticity: elasticity, denominator: denominator))
    }
}
