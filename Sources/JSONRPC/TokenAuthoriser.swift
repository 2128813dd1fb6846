import Cryptography
import Primitives

/// Checks the JSON web tokens with which a consensus client shows that it knows the secret (HS256, fresh `iat`).
public struct TokenAuthoriser: Sendable {
    private let innerPad: [UInt8]
    private let outerPad: [UInt8]
    private let now: @Sendable () -> UInt64

    /// How far `iat` may be from the clock, in seconds.
    public static let tolerance: UInt64 = 60

    /// - Parameters:
    ///   - secret: the shared secret, usually 32 bytes.
    ///   - now: the time in seconds since 1970.
    public init(secret: [UInt8], now: @escaping @Sendable () -> UInt64) {
        let key = secret.count > 64 ? SHA256.hash(secret).bytes : secret
        let padded = key + [UInt8](repeating: 0, count: 64 - key.count)
        innerPad = padded.map { $0 ^ 0x36 }
        outerPad = padded.map { $0 ^ 0x5C }
        self.now = now
    }

    /// Nil where the header holds a good token, otherwise why not, without any of it.
    public func refusal(of authorization: String?) -> String? {
        guard let authorization, authorization.utf8.count <= 4096 else { return "missing token" }
        let parts = authorization.utf8.split(separator: UInt8(ascii: " "))
        guard parts.count == 2, String(parts[0])?.lowercased() == "bearer" else { return "missing token" }
        let segments = parts[1].split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard segments.count == 3, let header = Base64.decodeURL(segments[0]),
            let claims = Base64.decodeURL(segments[1]), let signature = Base64.decodeURL(segments[2])
        else { return "malformed token" }
        let signed = Array(segments[0]) + [UInt8(ascii: ".")] + Array(segments[1])
        guard Self.isEqual(code(of: signed), signature) else { return "invalid signature" }
        guard Self.algorithm(header) == "HS256", let (issued, expires) = Self.times(claims) else {
            return "malformed token"
        }
        let time = now()
        guard let issued else { return "missing issued-at" }
        if let expires, expires < time { return "token is expired" }
        if time > issued, time - issued > Self.tolerance { return "stale token" }
        if issued > time, issued - time > Self.tolerance { return "future token" }
        return nil
    }

    /// HMAC (RFC 2104) over SHA-256.
    func code(of message: [UInt8]) -> [UInt8] {
        SHA256.hash(outerPad + SHA256.hash(innerPad + message).bytes).bytes
    }

    /// Compares in a time that tells nothing about where they differ.
    private static func isEqual(_ a: [UInt8], _ b: [UInt8]) -> Bool {
        guard a.count == b.count else { return false }
        var difference: UInt8 = 0
        for index in a.indices { difference |= a[index] ^ b[index] }
        return difference == 0
    }

    private static func algorithm(_ header: [UInt8]) -> String? {
        header.withUnsafeBytes { bytes -> String? in
            var reader = JSONReader(bytes)
            var algorithm: String?
            do throws(JSONError) {
                try reader.beginObject()
                while let key = try reader.nextKey() {
                    if key == "alg" {
                        algorithm = try reader.readString().string
                    } else {
                        try reader.skipValue()
                    }
                }
                try reader.finish()
            } catch { return nil }
            return algorithm
        }
    }

    /// The claims `iat` and `exp`; nil where the claims are malformed.
    private static func times(_ claims: [UInt8]) -> (issued: UInt64?, expires: UInt64?)? {
        claims.withUnsafeBytes { bytes -> (UInt64?, UInt64?)? in
            var reader = JSONReader(bytes)
            var (issued, expires): (UInt64?, UInt64?)
            do throws(JSONError) {
                try reader.beginObject()
                while let key = try reader.nextKey() {
                    switch key {
                    case "iat": issued = try seconds(&reader)
                    case "exp": expires = try seconds(&reader)
                    default: try reader.skipValue()
                    }
                }
                try reader.finish()
            } catch { return nil }
            return (issued, expires)
        }
    }

    /// A time that some libraries write with a fraction, which is dropped.
    private static func seconds(_ reader: inout JSONReader) throws(JSONError) -> UInt64 {
        let start = reader.position
        let number = try reader.readNumber()
        let whole = number.prefix { $0 != UInt8(ascii: ".") }
        var reader = JSONReader(UnsafeRawBufferPointer(rebasing: whole))
        guard !whole.isEmpty else { throw JSONError(.invalidNumber, at: start) }
        return try reader.readUInt64()
    }
}
