import Foundation
import NIOHTTP1
import Platform
import Settlement

/// A launch that a platform carries out.
struct PlatformLaunch {
    let client: PlatformClient
    let order: LaunchOrder
    let isJSON: Bool

    func run() async throws {
        let data = try await client.ask(.POST, "/rollups", order)
        _ = try client.decode(PlatformClient.Rollup.self, data)
        let bar = ProgressBar(isQuiet: isJSON)
        defer { bar.end() }
        // The order, its steps (none for a budget), the start, the first answer, the accounts.
        let total = Launch.Step.allCases.count + 3
        bar.show("launching", 0, of: total)
        var count = 0
        let (rollup, job) = try await client.follow(order.name, after: 0) { event in
            count += 1
            let time = event.details["milliseconds"].map { "\($0) ms" } ?? ""
            bar.say(event.text.padding(toLength: max(22, event.text.count), withPad: " ", startingAt: 0) + time)
            bar.show("launching", min(count, total - 1), of: total)
        }
        bar.end()
        guard job.state == "done" else {
            throw CommandFailure(
                "\(order.name) was not launched: \(rollup.failure ?? job.failure ?? "no reason is told")")
        }
        if isJSON {
            print(String(decoding: try await client.ask(.GET, "/rollups/\(order.name)"), as: UTF8.self))
        } else {
            print(
                """

                \(rollup.name) is launched, in \(rollup.launch.milliseconds ?? 0) ms, \
                \(rollup.launch.waitedForL1Milliseconds ?? 0) ms of them waiting for L1's blocks
                chain id    \(rollup.chainId)
                RPC         \(rollup.rpcUrl)
                WebSocket   \(rollup.webSocketUrl)
                portal      \(rollup.addresses["OptimismPortalProxy"] ?? "")
                ends        \(rollup.endsAt ?? "never")

                Next:  mayfly status \(rollup.name)
                """)
        }
        fflush(nil)
    }
}
