import Foundation
import NIOHTTP1
import Platform
import Publishing

/// The layers of a rollup that a platform runs.
struct PlatformLayers {
    private struct Found: Decodable {
        struct Layers: Decodable { var execution, dataAvailability, security, sequencing: String }
        var layers: Layers
    }

    let client: PlatformClient
    let name: String
    let isJSON: Bool

    /// Shows them.
    ///
    /// - Parameter data: where the data are to go from now on; nil for where they go.
    func run(_ data: DataChoice?) async throws {
        if let data {
            let known = try await client.lastEvent(name)
            try await client.ask(.PATCH, "/rollups/\(name)", RollupChange(dataAvailability: data.rawValue))
            let bar = ProgressBar(isQuiet: isJSON)
            defer { bar.end() }
            bar.show("changing")
            let (rollup, job) = try await client.follow(name, after: known) { bar.say($0.text) }
            bar.end()
            guard job.state == "done" else {
                throw CommandFailure(
                    "\(name) was not changed: \(rollup.failure ?? job.failure ?? "no reason is told")")
            }
        }
        let text = try await client.ask(.GET, "/rollups/\(name)")
        let layers = try client.decode(Found.self, text).layers
        if isJSON {
            print("{\"dataAvailability\": \"\(layers.dataAvailability)\"}")
        } else {
            print(
                """
                execution   \(layers.execution)
                da          \(layers.dataAvailability)
                security    \(layers.security)
                sequencing  \(layers.sequencing)
                """)
        }
        fflush(nil)
    }
}
