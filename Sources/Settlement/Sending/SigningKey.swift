import Cryptography
import Foundation
public import Primitives
public import StateTransition

/// Why a key cannot be used; the key itself is in none of it.
public enum SigningKeyError: Error, Equatable, Sendable {
    case unreadable(path: String, reason: String)
    /// Others than the owner may read the file.
    case exposed(path: String)
    /// Not 64 hexadecimal digits of a number that is a key.
    case malformed(source: String)

    /// What is the matter, for people.
    public var message: String {
        switch self {
        case .unreadable(let path, let reason): "cannot read the key \(path): \(reason)"
        case .exposed(let path): "others may read the key \(path): make it yours alone with  chmod 600 \(path)"
        case .malformed(let source): "\(source) holds no private key: it takes 64 hexadecimal digits, and nothing else"
        }
    }
}

/// An account's private key: signs, and is never printed.
public struct SigningKey: Sendable, Equatable, CustomStringConvertible, CustomReflectable {
    private let key: UInt256
    public let address: Address

    /// - Returns: nil where the number is no private key.
    public init?(_ key: UInt256) {
        guard let address = Secp256k1.address(of: key) else { return nil }
        self.key = key
        self.address = address
    }

    /// The key in a file of 64 hexadecimal digits, with `0x` or without, that only its owner may read.
    public init(file path: String) throws(SigningKeyError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .unreadable(path: path, reason: String(cString: strerror(errno))) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            throw .unreadable(path: path, reason: String(cString: strerror(errno)))
        }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .unreadable(path: path, reason: "it is no file") }
        guard status.st_mode & 0o077 == 0 else { throw .exposed(path: path) }
        var bytes = [UInt8](repeating: 0, count: 128)
        let count = read(descriptor, &bytes, bytes.count)
        guard count >= 0 else { throw .unreadable(path: path, reason: String(cString: strerror(errno))) }
        try self.init(text: String(decoding: bytes[..<count], as: UTF8.self), source: path)
    }

    /// The key in an environment variable; nil where the variable is not set.
    public init?(environment name: String) throws(SigningKeyError) {
        guard let text = ProcessInfo.processInfo.environment[name], !text.isEmpty else { return nil }
        try self.init(text: text, source: name)
    }

    private init(text: String, source: String) throws(SigningKeyError) {
        var digits = text.trimmingCharacters(in: .whitespacesAndNewlines)
        if digits.hasPrefix("0x") { digits.removeFirst(2) }
        guard digits.utf8.count == 64, let hash = try? Hash256(hex: "0x" + digits), let key = Self(UInt256(hash)) else {
            throw .malformed(source: source)
        }
        self = key
    }

    /// Signs a transaction, bound to its chain.
    public func sign(_ transaction: inout Transaction) {
        // A key in range signs every hash.
        guard let made = Secp256k1.sign(hash: transaction.signingHash, privateKey: key) else { return }
        var v: UInt64 = made.isOdd ? 1 : 0
        if transaction.kind == .legacy { v = v &+ (transaction.chainID.map { $0 &* 2 &+ 35 } ?? 27) }
        transaction.signature = Signature(v: v, r: made.r, s: made.s)
    }

    public var description: String { "key of \(address)" }
    public var customMirror: Mirror { Mirror(self, children: ["address": address]) }
}
