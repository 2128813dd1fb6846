public import ArgumentParser
import Cryptography
import Foundation
public import Keystores
import Primitives

struct KeyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key",
        abstract: "Keeps private keys in encrypted files.",
        discussion: """
            Keystores are files as geth and ethers have them (Web3 Secret Storage, version 3), in a directory that is \
            yours alone. Commands that sign take one with --keystore. Passwords come from --password-file, from \
            MAYFLY_PASSWORD in the environment, or from the terminal.
            """,
        subcommands: [
            KeyNewCommand.self, KeyImportCommand.self, KeyListCommand.self, KeyAddressCommand.self,
            KeyRotateCommand.self,
        ])
}

extension KeyRole: ExpressibleByArgument {}

/// Where the keystores are.
struct KeystoreDirectoryOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The directory of keystores. Without it: MAYFLY_KEYSTORE in the environment, or ~/.mayfly/keystore.",
            valueName: "dir"))
    var keystore: String?

    func validate() throws {
        if keystore?.isEmpty == true { throw ValidationError("--keystore takes a directory.") }
    }

    var directory: KeystoreDirectory { keystore.map { KeystoreDirectory(Self.expanded($0)) } ?? Self.usual }

    /// The directory where nobody says which.
    static var usual: KeystoreDirectory {
        let environment = ProcessInfo.processInfo.environment
        if let path = environment["MAYFLY_KEYSTORE"], !path.isEmpty { return KeystoreDirectory(expanded(path)) }
        let home = environment["HOME"].flatMap { $0.isEmpty ? nil : $0 } ?? NSHomeDirectory()
        return KeystoreDirectory(home + "/.mayfly/keystore")
    }

    private static func expanded(_ path: String) -> String {
        path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    }
}

/// A key, for people and programs.
struct KeyReport: Encodable {
    let address: String
    let file: String
    let role: String?

    init(_ entry: KeystoreDirectory.Entry, role: KeyRole?) {
        (address, file, self.role) = (entry.address.checksummed, entry.path, role?.rawValue)
    }
}

enum KeyOutput {
    static func print(json value: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        Swift.print(String(decoding: try encoder.encode(value), as: UTF8.self))
    }

    static func print(_ report: KeyReport) {
        if let role = report.role { Swift.print("role     \(role)") }
        Swift.print("address  \(report.address)")
        Swift.print("file     \(report.file)")
    }

    /// Runs what fails with an error about files, and tells it to the person at the terminal.
    static func told<Result: ~Copyable>(_ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let error as KeyFileError {
            throw CommandFailure(error.message)
        } catch let error as KeystoreError {
            throw CommandFailure(error.message)
        }
    }
}
