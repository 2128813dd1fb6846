import ArgumentParser
import Derivation
import Foundation
import Lifecycles
import Primitives
import RollupNode
import StateTransition
import Storage
import Synchronization

struct DeriveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "derive",
        abstract: "Prints the blocks of a rollup as L1 and its data give them, or archives its state.",
        discussion: """
            Derives and executes from the genesis on, in a database that is gone afterwards, up to what the newest block of L1
            gives. One line a block: number, hash, time, L1 origin, transactions, and the L1 block with which it was known. With
            --archive it prints no blocks, and writes what is needed to prove everything in the last one's state to a file: the same
            bytes for everybody.
            """)

    @Option(help: ArgumentHelp("The rollup's configuration.", valueName: "rollup.json"))
    var rollup: String

    @OptionGroup var rebuild: RebuildOptions
    @OptionGroup var l1: L1Options

    @Option(help: ArgumentHelp("The last block to derive.", valueName: "n"))
    var to: UInt64?

    @Option(help: ArgumentHelp("Write the archive of the last block's state to this file.", valueName: "file"))
    var archive: String?

    @Flag(help: "Print one JSON object a line.")
    var json = false

    func validate() throws {
        if l1.endpoints.isEmpty { throw ValidationError("Name L1 with --l1 URL.") }
    }

    func run() async throws {
        let start = ContinuousClock.now
        let times = Mutex<(first: UInt64, last: UInt64, count: Int)>((0, 0, 0))
        let isQuiet = archive != nil
        try await rebuild.rebuild(rollup, l1: l1, upTo: to ?? .max) { [json] block in
            times.withLock { times in
                if times.count == 0 { times.first = block.reference.timestamp }
                times.last = block.reference.timestamp
                times.count += 1
            }
            if !isQuiet { Self.tell(block, json) }
        } use: { database in
            guard let archive else { return }
            let (hash, byteCount) = try ArchiveFile.write(database, to: archive)
            let seconds = (ContinuousClock.now - start) / .seconds(1)
            let times = times.withLock { $0 }
            try tell(
                database,
                ArchiveSummary(
                    path: archive, hash: hash, byteCount: byteCount, blockCount: times.count, seconds: seconds,
                    chainSeconds: times.last - times.first))
        }
    }

    private func tell(_ database: ChainDatabase, _ summary: ArchiveSummary) throws {
        let snapshot = try database.snapshot()
        let head = snapshot.head
        guard let header = try snapshot.header(head) else { return }
        let isLast = try snapshot.headState().isLastOfRollup()
        let rate = String(format: "%.1f", summary.rate)
        let seconds = String(format: "%.2f", summary.seconds)
        if json {
            print(
                """
                {"archive": \(Self.quoted(summary.path)), "hash": "\(summary.hash)", "block": {"number": \(head.number), \
                "hash": "\(head.hash)", "stateRoot": "\(header.stateRoot)"}, "isLast": \(isLast), \
                "bytes": \(summary.byteCount), "blocks": \(summary.blockCount), "seconds": \(seconds), "rate": \(rate)}
                """)
        } else {
            print(
                """
                archive   \(summary.path), \(summary.byteCount) bytes
                hash      \(summary.hash)
                block     \(head.number) \(head.hash)\(isLast ? ", the rollup's last" : ": the rollup goes on after it")
                derived   \(summary.blockCount) blocks in \(seconds) s, \(rate) times as fast as the rollup made them
                """)
        }
    }

    private static func quoted(_ text: String) -> String {
        let data = try? JSONSerialization.data(
            withJSONObject: text, options: [.fragmentsAllowed, .withoutEscapingSlashes])
        return data.map { String(decoding: $0, as: UTF8.self) } ?? "\"\""
    }

    private static func tell(_ derived: DerivedBlock, _ json: Bool) {
        let block = derived.reference
        if json {
            print(
                """
                {"number": \(block.number), "hash": "\(block.hash)", "timestamp": \(block.timestamp), \
                "l1Origin": \(block.l1Origin.number), "sequenceNumber": \(block.sequenceNumber), \
                "transactions": \(derived.transactionCount), "derivedFrom": \(derived.derivedFrom.number)}
                """)
        } else {
            print(
                "\(block.number) \(block.hash) time \(block.timestamp) origin \(block.l1Origin.number)+"
                    + "\(block.sequenceNumber) transactions \(derived.transactionCount) from \(derived.derivedFrom.number)"
            )
        }
    }
}
