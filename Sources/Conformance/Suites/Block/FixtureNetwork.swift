import EVM
import Primitives
import StateTransition

/// The rules that a fixture's `network` names: one fork from the first block on, or one fork and then another
/// (`BerlinToLondonAt5`, `PragueToOsakaAtTime15k`, `ArrowGlacierToParisAtDiffC0000`).
struct FixtureNetwork {
    let name: String
    /// The first fork, and the second with its begin where there is one.
    private let forks: [(name: String, activation: Activation)]

    /// Reads the name of a network.
    ///
    /// - Throws: `FixtureError` where it names no fork, or no begin.
    init(_ value: JSONValue) throws(FixtureError) {
        name = try value.string()
        guard let forks = Self.split(name) else {
            throw value.error(
                expected: "a fork (\(ForkName.examples)) or a transition such as BerlinToLondonAt5")
        }
        self.forks = forks
    }

    private static func split(_ name: String) -> [(name: String, activation: Activation)]? {
        guard ForkName.revision(named: name) == nil else { return [(name, .block(0))] }
        guard let at = name.ranges(of: "At").last,
            let to = name[..<at.lowerBound].ranges(of: "To").first,
            let activation = activation(name[at.upperBound...])
        else { return nil }
        let (first, second) = (
            String(name[..<to.lowerBound]), String(name[to.upperBound..<at.lowerBound])
        )
        guard ForkName.revision(named: first) != nil, ForkName.revision(named: second) != nil else {
            return nil
        }
        return [(first, .block(0)), (second, activation)]
    }

    /// `5` is a block, `Time15k` a time, `DiffC0000` a total difficulty.
    private static func activation(_ text: Substring) -> Activation? {
        if text.hasPrefix("Time") { return number(text.dropFirst(4)).map { .timestamp($0) } }
        if text.hasPrefix("Diff") {
            return UInt64(text.dropFirst(4), radix: 16).map { .totalDifficulty(UInt256($0)) }
        }
        return number(text).map { .block($0) }
    }

    /// A decimal number, `k` after it for thousands.
    private static func number(_ text: Substring) -> UInt64? {
        guard text.hasSuffix("k") else { return UInt64(text) }
        guard let thousands = UInt64(text.dropLast()), thousands < 1 << 50 else { return nil }
        return thousands * 1_000
    }

    /// The configuration of a chain under these rules; `config` is the fixture's own, with chain id and blob schedule.
    func configuration(_ config: JSONValue?) throws(FixtureError) -> ChainConfiguration {
        var upgrades: [ChainConfiguration.Upgrade] = []
        var blobUpgrades: [ChainConfiguration.BlobUpgrade] = []
        var daoForkBlock: UInt64?
        for fork in forks {
            guard let revision = ForkName.revision(named: fork.name) else { continue }
            if fork.name.lowercased().hasPrefix("dao"), case .block(let block) = fork.activation {
                daoForkBlock = block
            }
            if upgrades.last?.revision != revision { upgrades.append(.init(revision, fork.activation)) }
            if let parameters = try BlobSchedule.parameters(fork: fork.name, config) {
                var start: UInt64 = 0
                if case .timestamp(let time) = fork.activation { start = time }
                blobUpgrades.append(.init(timestamp: start, parameters: parameters))
            }
        }
        return ChainConfiguration(
            chainID: try config?.optional("chainid")?.integer64() ?? 1, upgrades: upgrades,
            blobUpgrades: blobUpgrades, daoForkBlock: daoForkBlock)
    }
}

/// The blob parameters of a fixture: its own schedule, or what the fork has on mainnet.
enum BlobSchedule {
    static func parameters(fork: String, _ config: JSONValue?) throws(FixtureError) -> BlobParameters? {
        if let schedule = config?.optional("blobSchedule"),
            let own = schedule.members.first(where: { $0.name.lowercased() == fork.lowercased() })?.value
        {
            return BlobParameters(
                target: try own.required("target").integer64(),
                maximum: try own.required("max").integer64(),
                baseFeeUpdateFraction: try own.required("baseFeeUpdateFraction").integer64())
        }
        switch fork.lowercased() {
        case "bpo1": return .bpo1
        case let name where name.hasPrefix("bpo"): return .bpo2
        default: return ForkName.revision(named: fork).flatMap { BlobParameters.introduced(by: $0) }
        }
    }
}
