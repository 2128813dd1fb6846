import Foundation
import Primitives

@testable import Keystores

/// The key of a keystore's text, as a number.
func opened(_ json: String, _ password: String) throws(KeystoreError) -> UInt256 {
    try opened(Keystore(json: json.utf8), password)
}

func opened(_ keystore: Keystore, _ password: String) throws(KeystoreError) -> UInt256 {
    try keystore.decrypt(secret(password)).number
}

func secret(_ text: String) -> SecretBytes { SecretBytes(copying: text.utf8) }

/// What a text or a file of keys is refused with; nil where it is not.
func refusal<Failure>(_ body: () throws(Failure) -> Void) -> Failure? {
    do throws(Failure) {
        try body()
        return nil
    } catch {
        return error
    }
}

/// A keystore of little cost.
func lightKeystore(_ key: UInt256, _ password: String) throws -> Keystore {
    try Keystore(privateKey(key), password: secret(password), strength: .light)
}

func privateKey(_ number: UInt256) throws -> PrivateKey {
    guard let key = PrivateKey(SecretBytes(copying: Hash256(number).bytes)) else { throw KeystoreError.noKey }
    return key
}

/// A directory that is gone at the end.
final class Folder: Sendable {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "mayfly-keystores-" + UUID().uuidString
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Writes a file of a mode, and gives its path.
    func write(_ text: String, to name: String, mode: mode_t = 0o600) throws -> String {
        let file = path + "/" + name
        try Data(text.utf8).write(to: URL(fileURLWithPath: file))
        chmod(file, mode)
        return file
    }
}

/// The mode of a file.
func mode(_ path: String) -> mode_t {
    var status = stat()
    return stat(path, &status) == 0 ? status.st_mode & 0o777 : 0
}
