import ArgumentParser
import Layers
import Primitives
import Settlement

/// How long a rollup that is launched lasts.
struct LifeOptions: ParsableArguments {
    /// Blocks of an embedded L1 in which batches count after the close: it makes blocks quickly.
    private static let developmentDrain: UInt64 = 16

    @Option(
        help: ArgumentHelp(
            "How long the rollup lasts, as 90s, 30m, 2h or 7d; from then on anybody may close it.",
            valueName: "duration"))
    var ephemeral: String?

    @Option(
        help: ArgumentHelp(
            "When the rollup ends: a time as 2027-01-31T12:00:00Z, or seconds since 1970.", valueName: "time"))
    var until: String?

    @Flag(help: "The rollup has no end; the default.")
    var permanent = false

    @Option(
        name: .customLong("drain-blocks"),
        help: ArgumentHelp(
            "L1 blocks after the closing one in which batches count. Default: 300, and 16 on the embedded L1.",
            valueName: "n"))
    var drainBlocks: UInt64?

    @Option(
        name: .customLong("idle-blocks"),
        help: ArgumentHelp(
            "L1 blocks without a batch after which anybody may close the rollup. Default: no such rule.", valueName: "n"
        ))
    var idleBlocks: UInt64?

    @Option(
        name: .customLong("budget-eth"),
        help: ArgumentHelp(
            "Ether that is paid in for the rollup's time, with --budget-eth-per-hour; anybody may add to it, and close the "
                + "rollup when it is spent. Takes two transactions before the launch.", valueName: "amount"))
    var budget: String?

    @Option(
        name: .customLong("budget-eth-per-hour"),
        help: ArgumentHelp("What the batcher's account is paid for an hour, in ether.", valueName: "amount"))
    var budgetPrice: String?

    func validate() throws {
        if [ephemeral != nil, until != nil, permanent].count(where: { $0 }) > 1 {
            throw ValidationError("Give one of --ephemeral, --until and --permanent.")
        }
        if (budget == nil) != (budgetPrice == nil) {
            throw ValidationError("--budget-eth and --budget-eth-per-hour go together.")
        }
    }

    /// - Parameters:
    ///   - isNew: whether no document says anything about the rollup.
    ///   - isDevelopment: whether its L1 is an embedded one.
    func apply(
        to manifest: inout RollupManifest, isNew: Bool, onDevelopmentL1 isDevelopment: Bool
    ) throws(SettlementError) {
        if permanent {
            manifest.lifetime = .permanent
            manifest.ending = RollupManifest.Ending()
        }
        if let ephemeral {
            guard let seconds = LifetimeText.duration(ephemeral) else {
                throw .rule("--ephemeral takes a duration such as 90s, 30m, 2h or 7d")
            }
            manifest.lifetime = .duration(seconds)
        }
        if let until {
            guard let time = LifetimeText.time(until) else {
                throw .rule("--until takes a time such as 2027-01-31T12:00:00Z, or seconds since 1970")
            }
            manifest.lifetime = .until(time)
        }
        if manifest.lifetime == .permanent {
            guard drainBlocks == nil, idleBlocks == nil, budget == nil else {
                throw .rule(
                    "--drain-blocks, --idle-blocks and --budget-eth are for a rollup that ends: give --ephemeral or --until "
                        + "too")
            }
            return
        }
        if isNew && isDevelopment { manifest.ending.drainBlocks = Self.developmentDrain }
        if let drainBlocks { manifest.ending.drainBlocks = drainBlocks }
        if let idleBlocks { manifest.ending.idleBlocks = idleBlocks }
        guard let budget, let budgetPrice else { return }
        let hourly = try Self.wei(budgetPrice, "--budget-eth-per-hour")
        manifest.ending.budget = RollupManifest.Budget(
            wei: try Self.wei(budget, "--budget-eth"), weiPerSecond: hourly / 3_600)
    }

    private static func wei(_ text: String, _ option: String) throws(SettlementError) -> UInt128 {
        guard let amount = Wei.amount(text), amount.limb2 == 0, amount.limb3 == 0 else {
            throw .rule("\(option) takes an amount of ether such as 0.5")
        }
        return UInt128(amount.limb1) << 64 | UInt128(amount.limb0)
    }
}
