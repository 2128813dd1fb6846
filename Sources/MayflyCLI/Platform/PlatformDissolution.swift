import Foundation
import NIOHTTP1

/// A dissolution that a platform carries out.
struct PlatformDissolution {
    let client: PlatformClient
    let name: String
    let isJSON: Bool

    /// Says what would be left to whom, and does nothing.
    func preview() async throws {
        let exits = String(decoding: try await client.ask(.GET, "/rollups/\(name)/exits"), as: UTF8.self)
        print(isJSON ? exits : try ExitsText(exits).text)
        fflush(nil)
    }

    func run() async throws {
        let known = try await client.lastEvent(name)
        try await client.ask(.POST, "/rollups/\(name)/dissolve")
        let bar = ProgressBar(isQuiet: isJSON)
        defer { bar.end() }
        bar.show("dissolving")
        let (rollup, job) = try await client.follow(name, after: known) { event in
            bar.say(event.text)
            bar.show(event.text)
        }
        bar.end()
        guard rollup.state == "dissolved" else {
            throw CommandFailure("\(name) was not dissolved: \(rollup.failure ?? job.failure ?? "no reason is told")")
        }
        if isJSON { print(String(decoding: try await client.ask(.GET, "/rollups/\(name)"), as: UTF8.self)) }
        fflush(nil)
    }
}
