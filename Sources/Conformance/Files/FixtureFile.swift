import Foundation

/// A fixture file: its bytes in memory for as long as it lives, its JSON read when first asked for.
public final class FixtureFile {
    /// The path as the user wrote it, or below the folder that the user wrote.
    public let path: String
    private let content: Content

    private enum Content {
        case mapped(MappedFile)
        case held(OwnedBytes)
    }

    /// Opens the file at `path`.
    ///
    /// - Throws: `FixtureError` with the system's reason.
    public init(path: String) throws(FixtureError) {
        self.path = path
        do { content = .mapped(try MappedFile(path: path)) } catch {
            throw FixtureError(place: "", problem: error.description)
        }
    }

    /// A file that exists in memory only.
    public init(path: String, bytes: [UInt8]) {
        self.path = path
        content = .held(OwnedBytes(bytes))
    }

    /// The whole file, in place while this object lives.
    public var bytes: UnsafeRawBufferPointer {
        switch content {
        case .mapped(let file): file.bytes
        case .held(let bytes): bytes.bytes
        }
    }

    /// The file read as JSON.
    ///
    /// - Throws: `FixtureError` naming the line and column of the first offence.
    public func json() throws(FixtureError) -> JSONValue {
        do { return try JSONDocument(text: bytes, owner: self).root } catch {
            let before = bytes.prefix(error.offset)
            let line = before.reduce(1) { $0 + ($1 == UInt8(ascii: "\n") ? 1 : 0) }
            let lineStart = (before.lastIndex(of: UInt8(ascii: "\n")) ?? -1) + 1
            throw FixtureError(
                place: "line \(line), column \(error.offset - lineStart + 1)", problem: "not JSON: \(error.problem)")
        }
    }

    /// The path without its last component.
    public var folder: String { (path as NSString).deletingLastPathComponent }

    /// The last component of the path.
    public var name: String { (path as NSString).lastPathComponent }
}

/// A file found under the paths that the user gave.
public struct FoundFile: Sendable, Equatable {
    public let path: String
    /// In bytes.
    public let size: Int
    /// Whether the user named the file itself, rather than a folder above it.
    public let isNamedDirectly: Bool
    /// Whether single cases take long, as the name of the file's folder says: threads then share them.
    var isSlow: Bool { path.contains("/stTimeConsuming/") }

    public init(path: String, size: Int, isNamedDirectly: Bool) {
        self.path = path
        self.size = size
        self.isNamedDirectly = isNamedDirectly
    }
}

/// Walks files and folders.
public enum FixtureSearch {
    /// Every regular file under `path`, in the order of their paths; hidden files are left out.
    ///
    /// - Throws: `FixtureError` where there is nothing at `path`.
    public static func files(at path: String) throws(FixtureError) -> [FoundFile] {
        let manager = FileManager.default
        var isFolder: ObjCBool = false
        guard manager.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw FixtureError(place: "", problem: "no file or folder at \(path)")
        }
        guard isFolder.boolValue else {
            return [FoundFile(path: path, size: size(path), isNamedDirectly: true)]
        }
        guard let walk = manager.enumerator(atPath: path) else {
            throw FixtureError(place: "", problem: "cannot list the folder \(path)")
        }
        let base = path.hasSuffix("/") ? path : path + "/"
        var files: [FoundFile] = []
        while let name = walk.nextObject() as? String {
            guard walk.fileAttributes?[.type] as? FileAttributeType == .typeRegular else { continue }
            guard !(name as NSString).lastPathComponent.hasPrefix(".") else { continue }
            let size = (walk.fileAttributes?[.size] as? NSNumber)?.intValue ?? 0
            files.append(FoundFile(path: base + name, size: size, isNamedDirectly: false))
        }
        return files.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
    }

    private static func size(_ path: String) -> Int {
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        return (attributes?[.size] as? NSNumber)?.intValue ?? 0
    }
}
