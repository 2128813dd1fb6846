import ArgumentParser
import Foundation
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

        @Argument(help: ArgumentHelp("The directory of the copy.", valueName: "dir"))
        var copy: String

        func run() throws { try SnapshotCommand.copy(from: data, to: copy, verifies: false) }
    }

    struct Import: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Verifies a copy and makes a database of it.")

        @Option(help: ArgumentHelp("The directory of the database to make.", valueName: "dir"))
        var data: String

        @Argument(help: ArgumentHelp("The directory of the copy.", valueName: "dir"))
        var copy: String

        func run() throws { try SnapshotCommand.copy(from: copy, to: data, verifies: true) }
    }

    private static func copy(from source: String, to target: String, verifies: Bool) throws {
        do throws(StorageError) {
            let database = try ChainDatabase(existing: source, isReadOnly: true)
            if verifies { _ = try database.verify() }
            try database.export(to: target)
            let head = database.head
            print("\(target): chain \(database.chainID) up to block \(head.number), \(head.hash)")
        } catch {
            throw CommandFailure(error)
        }
    }
}
