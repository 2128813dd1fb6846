import Cryptography

/// Makes the JSON web tokens that `TokenAuthoriser` checks: how a client shows that it knows the secret.
public struct TokenIssuer: Sendable {
    private let authoriser: TokenAuthoriser
    private let now: @Sendable () -> UInt64

    /// - Parameters:
    ///   - secret: the shared secret, usually 32 bytes.
    ///   - now: the time in seconds since 1970.
    public init(secret: [UInt8], now: @escaping @Sendable () -> UInt64) {
        authoriser = TokenAuthoriser(secret: secret, now: now)
        self.now = now
    }

    /// The value of an `Authorization` header that is good for a minute.
    public var authorization: String {
        let header = Base64.encodeURL(Array(#"{"alg":"HS256","typ":"JWT"}"#.utf8))
        let claims = Base64.encodeURL(Array(#"{"iat":\#(now())}"#.utf8))
        let signed = "\(header).\(claims)"
        return "Bearer \(signed).\(Base64.encodeURL(authoriser.code(of: Array(signed.utf8))))"
    }
}

extension Base64 {
    /// Writes the alphabet for URLs, without padding.
    static func encodeURL(_ bytes: [UInt8]) -> String {
        String(
            decoding: encode(bytes).utf8.compactMap { byte -> UInt8? in
                switch byte {
                case UInt8(ascii: "+"): UInt8(ascii: "-")
                case UInt8(ascii: "/"): UInt8(ascii: "_")
                case UInt8(ascii: "="): nil
                default: byte
                }
            }, as: UTF8.self)
    }
}
