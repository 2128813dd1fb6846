import ArgumentParser
import Foundation
import NIOHTTP1

struct IdleCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "idle",
        abstract: "Puts a rollup of a platform to sleep that nobody uses.",
        discussion: """
            Rollups go to sleep by themselves after a quiet time, and the next request or deposit wakes them; this does not wait for
            that time. One that is in use, or has something that is not on L1 yet, stays awake.
            """)

    @OptionGroup var rollup: PlatformRollupOptions

    func run() async throws {
        try await rollup.order("idle", done: "sleeps: the next request or deposit wakes it")
    }
}

struct WakeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "wake",
        abstract: "Has a sleeping rollup of a platform run, and waits until it answers.",
        discussion: "A request to the rollup does the same.")

    @OptionGroup var rollup: PlatformRollupOptions

    func run() async throws {
        try await rollup.order("wake", done: "answers")
    }
}

/// A rollup of a platform that something is ordered for.
struct PlatformRollupOptions: ParsableArguments {
    @Argument(help: "The rollup's name.", completion: RollupNames.ofPlatform)
    var name: String

    @OptionGroup var platform: PlatformOptions

    @Flag(help: "Print the platform's JSON instead of text.")
    var json = false

    /// Has the platform do what it takes a moment for.
    func order(_ action: String, done: String) async throws {
        let answer = try await platform.client().ask(.POST, "/rollups/\(name)/\(action)")
        print(json ? String(decoding: answer, as: UTF8.self) : "\(name) \(done)")
        fflush(nil)
    }
}
