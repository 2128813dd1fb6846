import ArgumentParser
import Foundation
import JSONRPC
import NIOCore
import Storage

struct SnapshotCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "snapshot",
        abstract: "Copies a database, also of a node that is running.",
        subcommands: [Export.self, Import.self])

    struct Export: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Writes a compact copy of a database into a new directory.")

        @Option(help: ArgumentHelp("The directory of the database.", valueName: "dir"))
        var data: String

        @Flag(help: "Print one JSON object instead of text.")
        var json = false

        @Argument(help: ArgumentHelp("The directory of the copy.", valueName: "dir"))
        var copy: String

        func run() throws { try SnapshotCommand.copy(from: data, to: copy, verifies: false, json: json) }
    }

    struct Import: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Verifies a copy and makes a database of it.")

        @Option(help: ArgumentHelp("The directory of the database to make.", valueName: "dir"))
        var data: String

        @Flag(help: "Print one JSON object instead of text.")
        var json = false

        @Argument(help: ArgumentHelp("The directory of the copy.", valueName: "dir"))
        var copy: String

        func run() throws { try SnapshotCommand.copy(from: copy, to: data, verifies: true, json: json) }
    }

    private static func copy(from source: String, to target: String, verifies: Bool, json: Bool) throws {
        for directory in [source, target] where directory.isEmpty {
            throw ValidationError("A directory is not an empty text.")
        }
        // What was there before stays, whatever it is.
        let before = FileManager.default.fileExists(atPath: target) ? contents(target) : []
        let isNew = !FileManager.default.fileExists(atPath: target)
        do throws(StorageError) {
            let database = try ChainDatabase(existing: source, isReadOnly: true, checksPages: verifies)
            // Before the blocks, so that it names none that are newer. Nobody can verify it: no import takes it.
            let safeHeads = verifies ? nil : FileManager.default.contents(atPath: source + "/safe-heads")
            if verifies { _ = try database.verify() }
            try database.export(to: target)
            try copyBlobs(from: source, to: target)
            if let safeHeads { try write(safeHeads, to: target + "/safe-heads") }
            let head = database.head
            tell(target, database.chainID, head, json: json)
        } catch {
            if let before { removeAll(in: target, but: before, isNew: isNew) }
            throw CommandFailure("\(source) was not copied to \(target): \(CommandFailure(error))")
        }
    }

    private static func tell(_ directory: String, _ chainID: UInt64, _ head: BlockReference, json: Bool) {
        guard json else { return print("\(directory): chain \(chainID) up to block \(head.number), \(head.hash)") }
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("directory")
        writer.string(directory)
        writer.key("chainId")
        writer.number(Int64(clamping: chainID))
        writer.key("head")
        writer.beginObject()
        writer.key("number")
        writer.number(Int64(clamping: head.number))
        writer.key("hash")
        writer.string("\(head.hash)")
        writer.endObject()
        writer.endObject()
        print(String(buffer: writer.buffer))
    }

    /// A rollup's record of what each L1 block gave: derivation goes on where it was.
    private static func write(_ safeHeads: Data, to path: String) throws(StorageError) {
        do { try safeHeads.write(to: URL(fileURLWithPath: path)) } catch {
            throw StorageError(
                .failed(EIO), "the record of safe heads cannot be written", path: path,
                remedy: "See that there is room.")
        }
    }

    /// The blobs that an embedded L1 keeps beside its database; a block that comes meanwhile may bring more.
    private static func copyBlobs(from source: String, to target: String) throws(StorageError) {
        let (blobs, copy) = (source + "/blobs", target + "/blobs")
        guard FileManager.default.fileExists(atPath: blobs) else { return }
        do {
            try FileManager.default.copyItem(atPath: blobs, toPath: copy)
        } catch {
            throw StorageError(
                .failed(EIO), "the blobs cannot be copied", path: copy, remedy: "See that there is room.")
        }
    }

    /// The names of the files in a directory; nil where it cannot be read.
    private static func contents(_ directory: String) -> Set<String>? {
        (try? FileManager.default.contentsOfDirectory(atPath: directory)).map { Set($0) }
    }

    /// Removes what a copy has begun: half of one would be taken for a whole one.
    private static func removeAll(in directory: String, but before: Set<String>, isNew: Bool) {
        if isNew {
            try? FileManager.default.removeItem(atPath: directory)
            return
        }
        for name in (contents(directory) ?? []).subtracting(before) {
            try? FileManager.default.removeItem(atPath: directory + "/" + name)
        }
    }
}
