import ArgumentParser
import EthereumClient
import Foundation
import Gateway
import JSONRPC
import Lifecycles
import NIOCore

struct GatewayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gateway",
        abstract: "Serves many rollups at one address, and runs each one's processes only while somebody needs them.",
        discussion: """
            Each directory in --rollups that mayfly launch has made is a rollup, served at /NAME over HTTP and WebSocket. Its \
            node, batcher and proposer are started by the first request, or a deposit on L1, and stopped after a quiet time, \
            when L1 has all that they have. Its file gateway.json says how they run: an object with lists of arguments as \
            "node", "batcher" and "proposer"; without it: {"node": ["--sequence"]}.
            """)

    @Option(help: ArgumentHelp("The directory with a directory for each rollup.", valueName: "dir"))
    var rollups: String

    @Option(help: ArgumentHelp("Where the rollups are served, over HTTP and WebSocket.", valueName: "addr:port"))
    var http = ListenAddress(host: "127.0.0.1", port: 8_600)

    @OptionGroup var l1: L1Options

    @Option(
        name: .customLong("idle-after"),
        help: ArgumentHelp(
            "From the last answer to the stop of a rollup's processes: a number with ms, s, m, h or d.",
            valueName: "time"))
    var idleAfter = LengthOfTime(milliseconds: 300_000)

    @Option(
        name: .customLong("longest-sleep"),
        help: ArgumentHelp(
            "After which a rollup is woken although nobody asks, so that its blocks come to L1; 0 for never.",
            valueName: "time"))
    var longestSleep = LengthOfTime(milliseconds: 6 * 3_600_000)

    @OptionGroup var traffic: TrafficOptions

    @OptionGroup var callers: CallerOptions

    @OptionGroup var tracing: TraceOptions

    @Flag(
        help: """
            Run as a fleet's task: take the lock of each rollup's directory first, waiting while another task has it, and run \
            those too whose place.json says that they are run elsewhere.
            """)
    var task = false

    @Option(
        name: .customLong("launch-files"),
        help: ArgumentHelp(
            "With --task: a directory NAME in this one has files that are copied to that of the rollup first, *.gz unpacked.",
            valueName: "dir"))
    var launchFiles: String?

    @Flag(help: "Print JSON objects instead of text.")
    var json = false

    func validate() throws {
        if l1.endpoints.isEmpty { throw ValidationError("The rollups' nodes need L1: name it with --l1 URL.") }
        if launchFiles != nil, !task { throw ValidationError("--launch-files is for a fleet's task: give --task too.") }
        if idleAfter.milliseconds == 0 { throw ValidationError("--idle-after takes a time above 0.") }
    }

    func run() async throws {
        try tracing.begin("gateway")
        NodeService.raiseFileLimit()
        let client = try l1.client()
        let gateway = Gateway(try settings()) { [json] text in Self.tell(text, json: json) }
        let signals = StopSignals()
        guard let locks = task ? try await DirectoryLock.takeAll(in: rollups, launches: launchFiles) : [] else {
            return
        }
        let address: SocketAddress
        do {
            address = try await gateway.start()
        } catch let error as GatewayError {
            throw CommandFailure("--rollups: \(error)")
        } catch {
            throw ListeningFailure.failure(error, host: http.host, port: http.port, option: "--http")
        }
        let url = "http://" + ListenAddress.text(http.host, address.port ?? http.port)
        let count = await gateway.count()
        print(
            json
                ? "{\"http\": \"\(url)\", \"rollups\": \(count)}"
                : "gateway: \(url)/NAME, \(count) rollups in \(rollups)")
        fflush(nil)
        ProcessMemory.releaseStartupCode()
        let watch = Task { [interval = l1.pollInterval] in
            await ForcedDepositWatch(client, gateway).run(every: interval) { trouble in
                StandardStreams.writeError(
                    trouble.map { "warning: L1: \($0): deposits wake nobody until it answers" }
                        ?? "L1: all is well again")
            }
        }
        await signals.wait()
        watch.cancel()
        await gateway.stop()
        await watch.value
        await client.close()
        withExtendedLifetime((signals, locks)) {}
    }

    private func settings() throws -> GatewaySettings {
        var settings = GatewaySettings(directory: rollups, executable: try OwnProgram.path())
        (settings.host, settings.port) = (http.host, http.port)
        settings.idling.idleAfter = idleAfter.milliseconds
        settings.idling.longestSleep = longestSleep.milliseconds == 0 ? nil : longestSleep.milliseconds
        traffic.apply(to: &settings, isTask: task)
        callers.allow(in: &settings.policy)
        settings.l1Arguments = l1.arguments
        settings.runsAll = task
        return settings
    }

    private static func tell(_ text: String, json: Bool) {
        guard json else {
            print(text)
            fflush(nil)
            return
        }
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("event")
        writer.string(text)
        writer.endObject()
        print(String(buffer: writer.buffer))
        fflush(nil)
    }
}

/// A length of time as people write it: `5m`.
struct LengthOfTime: ExpressibleByArgument, Equatable {
    var milliseconds: UInt64

    init(milliseconds: UInt64) { self.milliseconds = milliseconds }

    init?(argument: String) {
        let digits = argument.prefix { $0.isASCII && $0.isNumber }
        let units: [Substring: UInt64] = ["ms": 1, "s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000]
        guard let number = UInt64(digits), number <= 1_000_000 else { return nil }
        if argument == "0" {
            milliseconds = 0
            return
        }
        guard let unit = units[argument.dropFirst(digits.count)] else { return nil }
        milliseconds = number * unit
    }

    var defaultValueDescription: String {
        for (unit, length) in [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000)] as [(String, UInt64)]
        where milliseconds % length == 0 && milliseconds > 0 { return "\(milliseconds / length)\(unit)" }
        return "\(milliseconds)ms"
    }
}
