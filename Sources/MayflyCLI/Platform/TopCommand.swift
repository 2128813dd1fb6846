import ArgumentParser
import Foundation
import NIOHTTP1

struct TopCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "top",
        abstract:
            "Shows what all rollups of a platform do: a table that goes on until Ctrl-C, or one where there is no terminal.",
        discussion: """
            BEHIND is how far L1 is behind the newest block: for the block that can be derived from it (SAFE), and for the one \
            that is final (FINAL), in blocks. MEMORY is the node's, BATCHER and PROPOSER what their accounts have. Rates are those \
            between two looks. Asking wakes nobody, and keeps nobody awake.
            """)

    @Option(help: ArgumentHelp("Seconds from one look to the next, 1 to 3600.", valueName: "n"))
    var interval = 2

    @Flag(help: "Print one table and end, also on a terminal.")
    var once = false

    @OptionGroup var platform: PlatformOptions

    @Flag(help: "Print one JSON object and end.")
    var json = false

    func validate() throws {
        if !(1...3_600).contains(interval) { throw ValidationError("--interval takes a number from 1 to 3600.") }
    }

    func run() async throws {
        let client = try platform.client()
        var screen = json || once ? nil : Screen()
        var before = try await RollupSample.all(client)
        guard screen != nil else {
            // A rate takes two looks, and the platform looks every two seconds.
            try await Task.sleep(for: .seconds(max(3, interval)))
            let now = try await RollupSample.all(client)
            print(json ? try JSONLine.text(RollupTable.JSON(now, since: before)) : RollupTable(now, since: before).text)
            return
        }
        let signals = StopSignals()
        // The other screen, without a cursor: what was there before is there again at the end.
        print("\u{1B}[?1049h\u{1B}[?25l", terminator: "")
        fflush(nil)
        defer {
            print("\u{1B}[?25h\u{1B}[?1049l", terminator: "")
            fflush(nil)
        }
        let drawing = Task { [client, interval] in
            var now = before
            while !Task.isCancelled {
                screen?.measure()
                if let screen { Self.draw(RollupTable(now, since: before), screen, interval) }
                try await Task.sleep(for: .seconds(interval))
                let next = try await RollupSample.all(client)
                before = RollupSample.base(before, now, for: next)
                now = next
            }
        }
        let stopping = Task {
            await signals.wait()
            drawing.cancel()
        }
        let result = await drawing.result
        stopping.cancel()
        if case .failure(let error) = result, !(error is CancellationError) { throw error }
    }

    private static func draw(_ table: RollupTable, _ screen: Screen, _ interval: Int) {
        let time = Date().formatted(.iso8601.time(includingFractionalSeconds: false).timeSeparator(.colon))
        let title = "mayfly top, \(time) UTC: \(table.summary). Every \(interval) s; Ctrl-C ends it."
        var lines = [String(title.prefix(screen.columns)), ""]
        lines += table.lines(screen)
        if lines.count > screen.rows {
            let hidden = lines.count - screen.rows + 1
            lines = lines.prefix(screen.rows - 1) + ["... and \(hidden) more"]
        }
        print("\u{1B}[H" + lines.map { "\u{1B}[2K\($0)" }.joined(separator: "\n") + "\u{1B}[J", terminator: "")
        fflush(nil)
    }
}
