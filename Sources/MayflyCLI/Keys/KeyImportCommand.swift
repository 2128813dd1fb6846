import ArgumentParser
import Foundation
import Keystores

struct KeyImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Encrypts a key that there is into a new keystore.",
        discussion: """
            The key is 64 hexadecimal digits, or a keystore of geth, ethers or another wallet (Web3 Secret Storage, \
            version 3). A keystore is opened with its password and encrypted anew with the same at the usual strength. \
            The file stays.
            """)

    @Argument(
        help: ArgumentHelp(
            "A file that only you may read, or - for the standard input.", valueName: "file"))
    var file: String

    @OptionGroup var place: KeystoreDirectoryOptions
    @OptionGroup var password: PasswordOptions

    @Option(help: "What the key is for. Each role has a key of its own.")
    var role: KeyRole?

    @Flag(help: "Print one JSON object instead of text.")
    var json = false

    func run() throws {
        let directory = place.directory
        let entry = try KeyOutput.told {
            try directory.create()
            let isStream = file == "-"
            let name = isStream ? "the standard input" : file
            let bytes =
                try isStream
                ? PrivateFile.read(STDIN_FILENO, name: name, limit: Keystore.mostBytes)
                : PrivateFile.read(file, limit: Keystore.mostBytes)
            let entry: KeystoreDirectory.Entry
            if Self.isObject(bytes) {
                entry = try importKeystore(bytes, name, directory)
            } else {
                guard let key = PrivateKey(hex: bytes) else {
                    throw CommandFailure(
                        "\(name) holds no private key: it takes 64 hexadecimal digits and nothing else, or a keystore")
                }
                try check(key, directory)
                entry = try directory.add(key, password: try password.newPassword())
            }
            if let role { try KeyRoles(in: directory).assign(role, to: entry.address) }
            return entry
        }
        let report = KeyReport(entry, role: role)
        json ? try KeyOutput.print(json: report) : KeyOutput.print(report)
    }

    private func importKeystore(
        _ bytes: borrowing SecretBytes, _ name: String, _ directory: KeystoreDirectory
    ) throws -> KeystoreDirectory.Entry {
        do {
            let keystore = try Keystore(json: bytes.withUnsafeBytes { Array($0) })
            let password = try password.password(for: name)
            let key = try keystore.decrypt(password)
            try check(key, directory)
            return try directory.add(key, password: password)
        } catch let error as KeystoreError {
            throw CommandFailure("\(name): \(error.message)")
        }
    }

    /// Before anything is written.
    private func check(_ key: borrowing PrivateKey, _ directory: KeystoreDirectory) throws {
        try directory.checkAbsent(key.address)
        if let role { try KeyRoles(in: directory).checkFree(role, for: key.address) }
    }

    private static func isObject(_ bytes: borrowing SecretBytes) -> Bool {
        bytes.withUnsafeBytes { $0.first { $0 != 0x20 && !(0x09...0x0D).contains($0) } == UInt8(ascii: "{") }
    }
}
