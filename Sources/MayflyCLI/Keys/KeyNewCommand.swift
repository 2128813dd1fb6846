import ArgumentParser
import Keystores

struct KeyNewCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "new",
        abstract: "Makes a key, and encrypts it into a new keystore.")

    @OptionGroup var place: KeystoreDirectoryOptions
    @OptionGroup var password: PasswordOptions

    @Option(help: "What the key is for. Each role has a key of its own.")
    var role: KeyRole?

    @Flag(help: "Print one JSON object instead of text.")
    var json = false

    func run() throws {
        let directory = place.directory
        let entry = try KeyOutput.told {
            // Before anybody thinks of a password.
            try directory.create()
            if let role { try KeyRoles(in: directory).checkFree(role) }
            let entry = try directory.add(PrivateKey.random(), password: try password.newPassword())
            if let role { try KeyRoles(in: directory).assign(role, to: entry.address) }
            return entry
        }
        let report = KeyReport(entry, role: role)
        if json { return try KeyOutput.print(json: report) }
        KeyOutput.print(report)
        StandardStreams.writeError("Keep a copy of the file and the password elsewhere: nobody can restore either.")
    }
}
