import ArgumentParser
import JSONRPC
import RollupNode

/// Where the Flashblocks stream is: served by a sequencer, followed by who takes its blocks.
enum FlashblocksPlace: ExpressibleByArgument, Equatable {
    case served(ListenAddress)
    case followed(WebSocketAddress)

    init?(argument: String) {
        if let address = WebSocketAddress(argument) {
            self = .followed(address)
        } else if let address = ListenAddress(argument: argument), !argument.contains("/") {
            self = .served(address)
        } else {
            return nil
        }
    }
}

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
        name: .customLong("unpublished-limit"),
        help: ArgumentHelp(
            "MiB of transactions in blocks that are not safe, from which on blocks have deposits only until a quarter of "
                + "them are; 0 for never.",
            valueName: "n"))
    var unpublishedLimit = Sequencer.Settings().unpublishedLimit >> 20

    @Option(
        help: ArgumentHelp(
            "With --sequence: where the Flashblocks stream is served to WebSockets. With --sequencer: the stream that is "
                + "followed, ws://HOST:PORT.",
            valueName: "addr:port|url"))
    var flashblocks: FlashblocksPlace?

    func validate() throws {
        if !(10...250).contains(subBlockTime) {
            throw ValidationError("--sub-block-time takes a number from 10 to 250.")
        }
        if !(0...65_536).contains(unpublishedLimit) {
            throw ValidationError("--unpublished-limit takes a number from 0 to 65536.")
        }
        if case .served = flashblocks, !sequence {
            throw ValidationError(
                "--flashblocks ADDR:PORT is what a sequencer serves: give --sequence too. A stream is followed by ws://HOST:PORT."
            )
        }
        if case .followed = flashblocks, sequence {
            throw ValidationError("A sequencer serves its stream and follows none: give --flashblocks ADDR:PORT.")
        }
    }

    /// Nil where the stream is not served.
    var streamAddress: ListenAddress? {
        if case .served(let address) = flashblocks { address } else { nil }
    }

    /// Nil where no stream is followed.
    var followedStream: WebSocketAddress? {
        if case .followed(let address) = flashblocks { address } else { nil }
    }

    /// Nil where the node is no sequencer.
    var settings: Sequencer.Settings? {
        guard sequence else { return nil }
        var settings = Sequencer.Settings()
        settings.subBlockTime = subBlockTime
        settings.confirmationDepth = confirmations
        settings.unpublishedLimit = unpublishedLimit << 20
        return settings
    }
}
