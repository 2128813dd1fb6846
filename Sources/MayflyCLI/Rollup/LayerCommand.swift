import ArgumentParser
import Foundation
import Publishing

struct LayerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "layer",
        abstract: "Shows and replaces the layers of a running rollup.",
        discussion: """
            The rollup goes on meanwhile: each piece of its data says where it is, so readers need not be told. da is where data
            go: calldata, blobs, alt-da, or auto for the cheaper of the first two. Other layers cannot be replaced yet.
            With --platform, or MAYFLY_PLATFORM in the environment, that platform does it, and NAME is the rollup's name there.
            """)

    enum Action: String, CaseIterable, ExpressibleByArgument {
        case show
        case set
    }

    @Argument(
        help: ArgumentHelp("The rollup: the directory that its launch has written.", valueName: "name"),
        completion: RollupNames.orDirectories)
    var rollup: String

    @Argument(help: "show, or set with a layer and what it becomes, such as da=blobs.")
    var action = Action.show

    @Argument(help: ArgumentHelp("What is set.", valueName: "layer=choice"))
    var assignment: String?

    @OptionGroup var platform: PlatformOptions

    @Flag(help: "Print one JSON object instead of text.")
    var json = false

    func validate() throws {
        if (action == .set) != (assignment != nil) {
            throw ValidationError("Say what to set, such as: mayfly layer \(rollup) set da=blobs")
        }
        if action == .set { _ = try choice }
    }

    private var choice: DataChoice {
        get throws {
            let parts = (assignment ?? "").split(separator: "=", maxSplits: 1).map(String.init)
            let known = DataChoice.allCases.map { $0.rawValue }.joined(separator: ", ")
            guard parts.count == 2, parts[0] == "da" else {
                throw ValidationError("The layer that can be replaced is da: da=CHOICE with \(known).")
            }
            guard let choice = DataChoice(rawValue: parts[1]) else {
                throw ValidationError("Data go to \(known), not to '\(parts[1])'.")
            }
            return choice
        }
    }

    func run() async throws {
        if platform.named != nil {
            return try await PlatformLayers(client: try platform.client(), name: rollup, isJSON: json)
                .run(action == .set ? try choice : nil)
        }
        let socket = BatcherSocket.path(besideRollupFile: rollup + "/rollup.json")
        guard FileManager.default.fileExists(atPath: socket) else {
            throw CommandFailure(
                "no batcher of \(rollup) runs on this machine: there is no \(socket). Start mayfly batcher --rollup "
                    + "\(rollup)/rollup.json, or call mayfly_setDataAvailability where it serves --http.")
        }
        var wanted: DataChoice?
        if action == .set {
            wanted = try choice
            _ = try LocalSocket.ask(socket, "mayfly_setDataAvailability", [try choice.rawValue])
        }
        var status = try Self.status(socket)
        // The batcher takes note of it at its next look at L1.
        for _ in 0..<100 where wanted != nil && status?.choice != wanted?.rawValue {
            try await Task.sleep(for: .milliseconds(50))
            status = try Self.status(socket)
        }
        guard let status else { throw CommandFailure("the batcher has not begun yet: try again in a moment") }
        if json {
            print("{\"dataAvailability\": \"\(status.choice)\", \"carrier\": \"\(status.carrier)\"}")
        } else if status.choice == status.carrier {
            print("da: \(status.choice)")
        } else {
            print("da: \(status.choice); what is under way goes to \(status.carrier)")
        }
    }

    /// What a batcher's data go to, and what those under way go to; nil before it has begun.
    private static func status(_ socket: String) throws -> (choice: String, carrier: String)? {
        guard let status = try LocalSocket.ask(socket, "mayfly_batcherStatus") as? [String: Any],
            let choice = status["dataAvailability"] as? String, let carrier = status["carrier"] as? String
        else { return nil }
        return (choice, carrier)
    }
}

/// Where a batcher answers whoever runs it: a socket beside the rollup's configuration.
enum BatcherSocket {
    static func path(besideRollupFile file: String) -> String {
        URL(fileURLWithPath: file).deletingLastPathComponent().appendingPathComponent("batcher.ipc").path
    }
}
