import Cryptography

/// Nonces of sign-ins that are kept nowhere until they are used, so that nobody can use up the room for them: each says until when
/// it is good, and nobody else can make one.
struct SignInNonce: Sendable {
    private static let randomLength = 16
    private static let timeLength = 12
    private static let markLength = 24

    let secret: String

    /// - Parameter time: until when it is good, milliseconds since the Unix epoch.
    func make(until time: Int64) -> String {
        let digits = String(time, radix: 16)
        let body =
            RandomText.hex(bytes: Self.randomLength / 2)
            + String(repeating: "0", count: max(0, Self.timeLength - digits.count)) + digits
        return body + mark(body)
    }

    /// Until when a nonce is good; nil where it is none of these.
    func expiry(of nonce: String) -> Int64? {
        let length = Self.randomLength + Self.timeLength
        guard nonce.utf8.count == length + Self.markLength, nonce.allSatisfy(\.isASCII) else { return nil }
        let body = String(nonce.prefix(length))
        guard mark(body) == nonce.dropFirst(length) else { return nil }
        return Int64(body.dropFirst(Self.randomLength), radix: 16)
    }

    private func mark(_ body: String) -> String {
        String("\(Keccak256.hash(Array("nonce \(secret) \(body)".utf8)))".dropFirst(2).prefix(Self.markLength))
    }
}
