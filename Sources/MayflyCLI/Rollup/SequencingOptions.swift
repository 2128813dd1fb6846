import ArgumentParser
import RollupNode

/// How a node makes a rollup's blocks.
struct SequencingOptions: ParsableArguments {
    @Flag(help: "Be the rollup's sequencer: make its blocks, beside following L1.")
    var sequence = false

    @Option(
        name: .customLong("sub-block-time"),
        help: ArgumentHelp("Milliseconds from sub-block to sub-block, 10 to 250.", valueName: "n"))
    var subBlockTime: UInt64 = 10

    @Option(
        name: .customLong("l1-confirmations"),
        help: ArgumentHelp(
            "L1 blocks that have to be on top of one before blocks take it as their origin.", valueName: "n"))
    var confirmations: UInt64 = 0

    @Option(
        help: ArgumentHelp("Where the Flashblocks stream is served to WebSockets.", valueName: "addr:port"))
    var flashblocks: ListenAddress?

    func validate() throws {
        if !(10...250).contains(subBlockTime) {
            throw ValidationError("--sub-block-time takes a number from 10 to 250.")
        }
        if flashblocks != nil && !sequence {
            throw ValidationError("--flashblocks is what a sequencer serves: give --sequence too.")
        }
    }

    /// Nil where the node is no sequencer.
    var settings: Sequencer.Settings? {
        guard sequence else { return nil }
        var settings = Sequencer.Settings()
        settings.subBlockTime = subBlockTime
        settings.confirmationDepth = confirmations
        return settings
    }
}
