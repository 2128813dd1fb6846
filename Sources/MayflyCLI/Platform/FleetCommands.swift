import ArgumentParser
import Foundation
import NIOHTTP1

struct ListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Lists the rollups of a platform.")

    @OptionGroup var platform: PlatformOptions

    @Flag(help: "Print the platform's JSON instead of a table.")
    var json = false

    func run() async throws {
        struct Page: Decodable {
            var rollups: [PlatformClient.Rollup]
            var next: String?
        }
        let client = try platform.client()
        var after = ""
        if !json { print(Self.row("NAME", "STATE", "CHAIN ID", "ENDS", "RPC")) }
        while true {
            let data = try await client.ask(.GET, "/rollups?limit=500&after=\(after)")
            let page = try client.decode(Page.self, data)
            if json {
                print(String(decoding: data, as: UTF8.self))
            } else {
                for each in page.rollups {
                    print(Self.row(each.name, each.state, "\(each.chainId)", each.endsAt ?? "never", each.rpcUrl))
                }
            }
            guard let next = page.next else { break }
            after = next
        }
        fflush(nil)
    }

    private static func row(_ columns: String...) -> String {
        zip(columns, [20, 11, 17, 26, 0]).map { text, width in
            text.padding(toLength: max(width, text.count), withPad: " ", startingAt: 0)
        }.joined(separator: " ")
    }
}

struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Tells of one rollup of a platform: where it is, and what happened last.")

    @Argument(help: "The rollup's name.", completion: RollupNames.ofPlatform)
    var name: String

    @OptionGroup var platform: PlatformOptions

    @Flag(help: "Print the platform's JSON instead of text.")
    var json = false

    func run() async throws {
        let client = try platform.client()
        if json {
            print(String(decoding: try await client.ask(.GET, "/rollups/\(name)"), as: UTF8.self))
            return
        }
        let rollup = try await client.rollup(name)
        let job = try await client.job(name)
        print("\(rollup.name)  \(rollup.state)\(job.state == "open" ? ", \(job.kind): \(job.step)" : "")")
        if let failure = rollup.failure ?? job.failure { print("trouble     \(failure)") }
        print("chain id    \(rollup.chainId)\nRPC         \(rollup.rpcUrl)\nends        \(rollup.endsAt ?? "never")")
        if let hash = rollup.archiveHash { print("archive     \(hash)") }
        print("")
        let last = try await client.lastEvent(name)
        for event in try await client.events(name, after: max(0, last - 40)).suffix(10) {
            print("\(event.time)  \(event.text)")
        }
        fflush(nil)
    }
}

struct LogsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "logs", abstract: "Prints what a process of a rollup has said last.")

    @Argument(help: "The rollup's name.", completion: RollupNames.ofPlatform)
    var name: String

    @Option(help: ArgumentHelp("Whose log: node, batcher or proposer.", valueName: "program"))
    var program = "node"

    @Option(help: ArgumentHelp("Bytes at most, up to 1048576.", valueName: "n"))
    var bytes = 16_384

    @OptionGroup var platform: PlatformOptions

    @Flag(help: "Print one JSON object instead of text.")
    var json = false

    func run() async throws {
        guard program.allSatisfy({ $0.isLetter }) else {
            throw ValidationError("--program takes node, batcher or proposer.")
        }
        let data = try await platform.client().ask(.GET, "/rollups/\(name)/logs?program=\(program)&bytes=\(bytes)")
        let text = String(decoding: data, as: UTF8.self)
        if json {
            print(try JSONLine.text(["name": name, "program": program, "text": text]))
        } else {
            print(text, terminator: "")
        }
        fflush(nil)
    }
}
