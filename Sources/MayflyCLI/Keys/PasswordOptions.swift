import ArgumentParser
import Foundation
import Keystores

/// Where a keystore's password comes from: never from an argument, which others see.
struct PasswordOptions: ParsableArguments {
    private static let variable = "MAYFLY_PASSWORD"
    /// Bytes that a file of a password may have.
    private static let mostBytes = 1 << 12

    @Option(
        name: .customLong("password-file"),
        help: ArgumentHelp(
            "A file whose first line is the keystore's password, that only you may read. Without it: MAYFLY_PASSWORD "
                + "in the environment, or the terminal.", valueName: "file"))
    var passwordFile: String?

    /// The password of a keystore that there is.
    ///
    /// - Parameter name: of the keystore.
    func password(for name: String) throws -> SecretBytes {
        if let given = try given() { return given }
        guard let terminal = Terminal() else { throw Self.missing(name) }
        return try terminal.secret("Password of \(name): ")
    }

    /// The password of a keystore to come, asked for twice.
    func newPassword() throws -> SecretBytes {
        if let given = try given() {
            guard given.count > 0 else { throw CommandFailure(KeystoreError.emptyPassword.message) }
            return given
        }
        guard let terminal = Terminal() else { throw Self.missing("the new keystore") }
        let password = try terminal.secret("Password of the new keystore: ")
        guard password.count > 0 else { throw CommandFailure(KeystoreError.emptyPassword.message) }
        let again = try terminal.secret("The same again: ")
        guard password.isSame(as: again) else { throw CommandFailure("these were two different passwords") }
        return password
    }

    private func given() throws -> SecretBytes? {
        if let passwordFile {
            do throws(KeyFileError) {
                return try PrivateFile.read(passwordFile, limit: Self.mostBytes).firstLine()
            } catch {
                throw CommandFailure(error.message)
            }
        }
        guard let text = ProcessInfo.processInfo.environment[Self.variable], !text.isEmpty else { return nil }
        return SecretBytes(copying: text.utf8)
    }

    private static func missing(_ name: String) -> CommandFailure {
        CommandFailure(
            "there is no password for \(name), and no terminal to ask at: give --password-file, or \(variable) in the "
                + "environment")
    }
}
