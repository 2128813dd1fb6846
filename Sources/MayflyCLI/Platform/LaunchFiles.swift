import Foundation
import JSONRPC
import NIOCore

/// Files of a launch that a task is given where it may only read them: it keeps copies that nobody else may read.
enum LaunchFiles {
    /// Of a file, unpacked.
    private static let limit = 256 << 20
    private static let packed = ".gz"

    /// Copies all files, unpacking those that end with `.gz`. Hidden ones are the volume's own.
    static func copy(from source: String, to target: String) throws {
        let files = FileManager.default
        for name in try files.contentsOfDirectory(atPath: source).sorted() where !name.hasPrefix(".") {
            let (from, to) = ("\(source)/\(name)", "\(target)/\(name)")
            var isDirectory: ObjCBool = false
            guard files.fileExists(atPath: from, isDirectory: &isDirectory) else { continue }
            if isDirectory.boolValue {
                try files.createDirectory(
                    atPath: to, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
                try copy(from: from, to: to)
            } else {
                try copyFile(from, to)
            }
        }
    }

    private static func copyFile(_ from: String, _ to: String) throws {
        guard let data = FileManager.default.contents(atPath: from) else { throw CommandFailure("cannot read \(from)") }
        guard from.hasSuffix(packed) else { return try write([UInt8](data), to) }
        guard let bytes = Gzip.decompress(ByteBuffer(bytes: data), limit: limit) else {
            throw CommandFailure("\(from) is no gzip file, or has more than \(limit) bytes")
        }
        try write(Array(buffer: bytes), String(to.dropLast(packed.count)))
    }

    private static func write(_ bytes: [UInt8], _ path: String) throws {
        let partial = path + ".partial"
        let descriptor = open(partial, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw CommandFailure("cannot write \(path): \(String(cString: strerror(errno)))") }
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        try handle.write(contentsOf: bytes)
        try handle.synchronize()
        guard rename(partial, path) == 0 else {
            throw CommandFailure("cannot write \(path): \(String(cString: strerror(errno)))")
        }
    }
}
