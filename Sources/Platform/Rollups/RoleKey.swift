import Foundation
import Primitives
import Settlement

/// The key of an account that acts for one rollup, in a file beside the rollup's others that only its owner may read.
struct RoleKey: Sendable {
    enum Role: String, CaseIterable, Sendable {
        case batcher, proposer
    }

    /// Its file, in the rollup's directory.
    static func path(_ role: Role) -> String { "keys/\(role.rawValue)" }

    /// The key that a rollup's directory has for a role; a new one where there is none.
    static func make(_ role: Role, in directory: String) throws(SettlementError) -> SigningKey {
        let path = directory + "/" + path(role)
        if !FileManager.default.fileExists(atPath: path) { try write(to: path) }
        do throws(SigningKeyError) { return try SigningKey(file: path) } catch { throw .rule(error.message) }
    }

    /// The key of a role; nil where the directory has none.
    ///
    /// - Throws: `early` where it has one that cannot be read now: its account may have money.
    static func existing(_ role: Role, in directory: String) throws(SettlementError) -> SigningKey? {
        let path = directory + "/" + path(role)
        if access(path, F_OK) != 0 && errno == ENOENT { return nil }
        do throws(SigningKeyError) { return try SigningKey(file: path) } catch { throw .early(error.message) }
    }

    /// Whole or not there: the account of a key that is lost is lost.
    private static func write(to path: String) throws(SettlementError) {
        let folder = (path as NSString).deletingLastPathComponent
        try? FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        // Nearly every number of 256 bits is a key, and the key that is read back is one.
        let text = Array((RandomText.hex(bytes: 32) + "\n").utf8)
        let partial = "\(path).\(RandomText.hex(bytes: 8))"
        let descriptor = open(partial, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .rule("cannot write \(partial): \(String(cString: strerror(errno)))") }
        defer { unlink(partial) }
        let isWritten = Foundation.write(descriptor, text, text.count) == text.count && fsync(descriptor) == 0
        // Where another process was faster, its key stays.
        guard close(descriptor) == 0, isWritten, link(partial, path) == 0 || errno == EEXIST else {
            throw .rule("cannot write \(path): \(String(cString: strerror(errno)))")
        }
    }
}
