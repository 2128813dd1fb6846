import Cryptography
import Glibc
import JSONRPC
import NIOCore
import Primitives

/// The keys that a file names, by hash alone: who reads the file has no key. Confined to the gateway's loop.
///
/// The file is looked at again once a second. One that cannot be read any more leaves the keys as they were; one that never
/// could lets nobody in.
final class KeyRing {
    /// Somebody who may ask.
    struct Holder: Equatable {
        let name: String
        let hash: Hash256
        /// Nil for any number of requests.
        let allowance: Allowance?
    }

    private struct Content {
        var isRequired = false
        var holders: [Hash256: Holder] = [:]
    }

    private let path: String
    private let mayLack: Bool
    private let report: (String) -> Void
    private var content: Content?
    private var stamp: FileStamp?
    private var isBroken = false
    private var lastLook: NIODeadline?

    static let fileName = "keys.json"
    private static let fileLimit = 1 << 20
    private static let lookInterval = TimeAmount.seconds(1)

    /// - Parameters:
    ///   - mayLack: whether there may be no such file, and then everybody may ask.
    ///   - report: is told once of a file that cannot be read.
    init(_ path: String, mayLack: Bool, report: @escaping (String) -> Void) {
        (self.path, self.mayLack, self.report) = (path, mayLack, report)
    }

    /// Whether there is a file.
    var isThere: Bool { content != nil || isBroken }

    /// Whether nobody may ask without a key.
    var isRequired: Bool { content?.isRequired ?? isBroken }

    /// Whose key a secret is: found by its hash, so that the time it takes says nothing of any key.
    func holder(of secret: UnsafeRawBufferPointer) -> Holder? { content?.holders[SHA256.hash(secret)] }

    /// Looks whether the file has changed, where it was not looked at lately.
    func refresh(at now: NIODeadline) {
        if let lastLook, now - lastLook < Self.lookInterval { return }
        lastLook = now
        var status = stat()
        guard stat(path, &status) == 0 else {
            if errno == ENOENT, mayLack {
                (content, stamp, isBroken) = (nil, nil, false)
            } else if !isBroken {
                (stamp, isBroken) = (nil, true)
                report(
                    "\(path): \(String(cString: strerror(errno))): "
                        + (content == nil ? "nobody may ask until it is there" : "the keys stay as they were"))
            }
            return
        }
        let found = FileStamp(status)
        guard found != stamp || (isBroken && stamp == nil) else { return }
        stamp = found
        do throws(JSONError) {
            content = try Self.read(path)
            isBroken = false
        } catch {
            isBroken = true
            report(
                "\(path): \(error): it is {\"required\": true, \"keys\": [{\"name\", \"hash\": SHA-256 of the key, "
                    + "\"requestsPerSecond\", \"burst\"}]}; "
                    + (content == nil ? "nobody may ask until it is mended" : "the keys stay as they were"))
        }
    }

    private static func read(_ path: String) throws(JSONError) -> Content {
        let unreadable = JSONError(.unexpectedEnd, at: 0)
        guard let stream = fopen(path, "re") else { throw unreadable }
        defer { fclose(stream) }
        var bytes = [UInt8](repeating: 0, count: fileLimit)
        let count = fread(&bytes, 1, fileLimit, stream)
        guard count < fileLimit else { throw unreadable }
        var result: Result<Content, JSONError> = .failure(unreadable)
        bytes.withUnsafeBytes { bytes in
            do throws(JSONError) {
                var reader = JSONReader(UnsafeRawBufferPointer(rebasing: bytes[..<count]))
                result = .success(try content(&reader))
            } catch {
                result = .failure(error)
            }
        }
        return try result.get()
    }

    private static func content(_ reader: inout JSONReader) throws(JSONError) -> Content {
        var content = Content()
        try reader.beginObject()
        while let key = try reader.nextKey() {
            let start = reader.position
            switch key {
            case "required": content.isRequired = try reader.readBoolean()
            case "keys":
                let holders = try reader.readArray { (reader) throws(JSONError) in try holder(&reader) }
                for holder in holders {
                    guard content.holders.updateValue(holder, forKey: holder.hash) == nil else {
                        throw JSONError(.duplicateKey, at: start)
                    }
                }
            default: throw JSONError(.unexpectedByte, at: start)
            }
        }
        try reader.finish()
        return content
    }

    private static func holder(_ reader: inout JSONReader) throws(JSONError) -> Holder {
        let start = reader.position
        var (name, hash) = ("", nil as Hash256?)
        var (rate, burst) = (nil as Double?, nil as Double?)
        try reader.beginObject()
        while let key = try reader.nextKey() {
            let start = reader.position
            switch key {
            case "name": name = try reader.readString().string
            case "hash":
                let text = try reader.readString().string
                hash = try? Hash256(hex: text.hasPrefix("0x") ? text : "0x" + text)
                if hash == nil { throw JSONError(.wrongHexLength, at: start) }
            case "requestsPerSecond": rate = Double(try reader.readUInt64())
            case "burst": burst = Double(try reader.readUInt64())
            default: throw JSONError(.unexpectedByte, at: start)
            }
        }
        guard let hash, !name.isEmpty, rate != 0, burst != 0, burst == nil || rate != nil else {
            throw JSONError(.unexpectedByte, at: start)
        }
        return Holder(name: name, hash: hash, allowance: rate.map { Allowance(rate: $0, burst: burst ?? 2 * $0) })
    }
}
