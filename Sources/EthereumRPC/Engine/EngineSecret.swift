#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif
public import JSONRPC
import Primitives

/// Why there is no secret.
public struct EngineSecretError: Error, Equatable, CustomStringConvertible {
    public let description: String
}

/// The secret that the node shares with its consensus client: 32 bytes in a file, as hexadecimal digits (Engine API,
/// authentication).
public enum EngineSecret {
    private static let byteCount = 32

    /// Reads the secret in a file, or makes one and writes it there, for its owner's eyes only, where there is no file.
    ///
    /// - Throws: where the file cannot be read, made, or holds anything but 64 digits.
    public static func load(orMake path: String) throws(EngineSecretError) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        if descriptor >= 0 {
            defer { close(descriptor) }
            return try parse(try read(descriptor, path), path)
        }
        guard errno == ENOENT else { throw failure("cannot read", path) }
        return try make(path)
    }

    /// What checks the tokens made with a secret against this machine's clock.
    public static func authoriser(_ secret: [UInt8]) -> TokenAuthoriser {
        TokenAuthoriser(secret: secret) { now }
    }

    /// What makes tokens with a secret by this machine's clock.
    public static func issuer(_ secret: [UInt8]) -> TokenIssuer { TokenIssuer(secret: secret) { now } }

    /// Seconds since the Unix epoch.
    private static var now: UInt64 {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        return UInt64(max(0, now.tv_sec))
    }

    /// Reads the secret in a file.
    ///
    /// - Throws: where there is none.
    public static func load(_ path: String) throws(EngineSecretError) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("cannot read", path) }
        defer { close(descriptor) }
        return try parse(try read(descriptor, path), path)
    }

    private static func read(_ descriptor: Int32, _ path: String) throws(EngineSecretError) -> [UInt8] {
        // Longer than any file that holds a secret.
        var bytes = [UInt8](repeating: 0, count: 1_024)
        var count = 0
        while count < bytes.count {
            let offset = count
            let got = bytes.withUnsafeMutableBytes { buffer in
                #if canImport(Glibc)
                    Glibc.read(descriptor, buffer.baseAddress.map { $0 + offset }, buffer.count - offset)
                #else
                    Darwin.read(descriptor, buffer.baseAddress.map { $0 + offset }, buffer.count - offset)
                #endif
            }
            if got < 0, errno == EINTR { continue }
            guard got >= 0 else { throw failure("cannot read", path) }
            if got == 0 { break }
            count += got
        }
        return Array(bytes[..<count])
    }

    private static func parse(_ text: [UInt8], _ path: String) throws(EngineSecretError) -> [UInt8] {
        var text = String(decoding: text, as: UTF8.self)[...]
        while let last = text.last, last.isWhitespace { text.removeLast() }
        while let first = text.first, first.isWhitespace { text.removeFirst() }
        if text.hasPrefix("0x") || text.hasPrefix("0X") { text = text.dropFirst(2) }
        guard let secret = try? Hex.decode(String(text)), secret.count == byteCount else {
            throw EngineSecretError(
                description: "\(path) holds no secret: it must be \(2 * byteCount) hexadecimal digits. Correct it, or "
                    + "remove it to have one made.")
        }
        return secret
    }

    private static func make(_ path: String) throws(EngineSecretError) -> [UInt8] {
        var random = SystemRandomNumberGenerator()
        let secret = (0..<byteCount).map { _ in UInt8.random(in: 0...255, using: &random) }
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure("cannot make", path) }
        defer { close(descriptor) }
        let text = Array(Hex.encode(secret).utf8)
        guard write(descriptor, text, text.count) == text.count else {
            let reason = failure("cannot write", path)
            unlink(path)
            throw reason
        }
        return secret
    }

    private static func failure(_ what: String, _ path: String) -> EngineSecretError {
        EngineSecretError(description: "\(what) the secret \(path): \(String(cString: strerror(errno)))")
    }
}
