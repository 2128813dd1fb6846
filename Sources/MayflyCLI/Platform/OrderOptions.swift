import ArgumentParser
import Foundation
import Layers
import Platform

/// What a rollup is to be, as `mayfly launch` and `mayfly estimate` are told it.
struct OrderOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("The configuration in YAML or JSON; options go before it.", valueName: "file"),
        completion: .file(extensions: ["yaml", "yml", "json"]))
    var config: String?

    @Option(help: ArgumentHelp("Where the data goes: calldata, blobs or alt-da.", valueName: "layer"))
    var da: DataAvailabilityChoice?

    @Option(name: .customLong("block-time"), help: ArgumentHelp("Seconds from block to block.", valueName: "n"))
    var blockTime: UInt64?

    @Option(name: .customLong("gas-limit"), help: ArgumentHelp("Gas of a block.", valueName: "n"))
    var gasLimit: UInt64?

    @Option(name: .customLong("chain-id"), help: ArgumentHelp("Default: follows from name and L1.", valueName: "n"))
    var chainID: UInt64?

    @OptionGroup var life: LifeOptions

    @Option(
        help: ArgumentHelp(
            "What a platform's launch begins with: mint, game, defi, payments or blank.", valueName: "name"),
        completion: .list(RollupTemplate.all.map(\.id)))
    var template: String?

    @Option(help: ArgumentHelp("Who may change the rollup's parameters. Default: who launches.", valueName: "address"))
    var owner: String?

    /// What a platform is asked for.
    func order(_ name: String) throws -> LaunchOrder {
        var order = LaunchOrder(name: name)
        order.template = template
        order.dataAvailability = da?.rawValue
        (order.blockTime, order.gasLimit, order.chainId) = (blockTime, gasLimit, chainID)
        (order.ephemeral, order.until, order.permanent) = (life.ephemeral, life.until, life.permanent ? true : nil)
        (order.drainBlocks, order.idleBlocks, order.owner) = (life.drainBlocks, life.idleBlocks, owner)
        order.config = try config.map { path in
            guard let data = FileManager.default.contents(atPath: path) else {
                throw CommandFailure("cannot read the configuration \(path)")
            }
            return String(decoding: data, as: UTF8.self)
        }
        return order
    }
}
