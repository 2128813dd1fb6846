import Cryptography
import Foundation
import Primitives

/// A message that an account signs to say who it is (EIP-4361).
struct SignInMessage: Equatable, Sendable {
    /// Bytes of a message at most.
    static let limit = 4_096

    var domain: String
    var address: Address
    var uri: String
    var chainID: UInt64
    var nonce: String
    var issuedAt: Date
    var expiresAt: Date?
    var notBefore: Date?

    /// Reads one, strictly as the EIP's grammar has it.
    ///
    /// - Throws: `invalid` of the field `message`.
    init(_ text: String) throws(PlatformProblem) {
        func broken(_ rule: String) -> PlatformProblem { .invalid("message", rule) }
        guard text.utf8.count <= Self.limit else { throw broken("has at most \(Self.limit) bytes") }
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)[...]
        let ending = " wants you to sign in with your Ethereum account:"
        guard let first = lines.popFirst(), first.hasSuffix(ending) else {
            throw broken("begins with the domain and \"wants you to sign in with your Ethereum account:\" (EIP-4361)")
        }
        let authority = String(first.dropLast(ending.count))
        domain = authority.range(of: "://").map { String(authority[$0.upperBound...]) } ?? authority
        guard let account = lines.popFirst() else { throw broken("names no address in its second line") }
        do throws(Address.TypingError) { address = try Address(typed: account) } catch {
            throw broken("has in its second line \(error.message)")
        }
        guard lines.popFirst() == "" else { throw broken("has an empty line behind the address") }
        // A statement may stand there, in a line between empty ones.
        if let statement = lines.first, !statement.isEmpty {
            lines.removeFirst()
        }
        guard lines.popFirst() == "" else { throw broken("has an empty line before its fields") }
        func field(_ name: String) throws(PlatformProblem) -> String {
            guard let line = lines.first, line.hasPrefix(name + ": ") else { throw broken("has \"\(name): \" next") }
            lines.removeFirst()
            return String(line.dropFirst(name.count + 2))
        }
        func optional(_ name: String) -> String? {
            guard let line = lines.first, line.hasPrefix(name + ": ") else { return nil }
            lines.removeFirst()
            return String(line.dropFirst(name.count + 2))
        }
        func time(_ text: String, _ name: String) throws(PlatformProblem) -> Date {
            guard let date = Self.date(text) else { throw broken("has \"\(name)\" as a time of RFC 3339") }
            return date
        }
        uri = try field("URI")
        guard try field("Version") == "1" else { throw broken("has the version 1") }
        guard let chain = UInt64(try field("Chain ID")) else { throw broken("has a number as its chain id") }
        chainID = chain
        nonce = try field("Nonce")
        issuedAt = try time(try field("Issued At"), "Issued At")
        if let text = optional("Expiration Time") { expiresAt = try time(text, "Expiration Time") }
        if let text = optional("Not Before") { notBefore = try time(text, "Not Before") }
        _ = optional("Request ID")
        if lines.first == "Resources:" {
            lines.removeFirst()
            while let line = lines.first, line.hasPrefix("- ") { lines.removeFirst() }
        }
        guard lines.isEmpty else { throw broken("has lines that EIP-4361 does not know") }
    }

    private static func date(_ text: String) -> Date? {
        let plain = Date.ISO8601FormatStyle()
        return (try? plain.parse(text)) ?? (try? Date.ISO8601FormatStyle(includingFractionalSeconds: true).parse(text))
    }

    /// Whether it was made for this place: the domain, and the URI's scheme and authority.
    func isFor(_ authority: String) -> Bool {
        guard domain == authority else { return false }
        return ["http://", "https://"].contains { scheme in
            uri == scheme + authority || uri.hasPrefix(scheme + authority + "/")
        }
    }

    /// The account whose signature of a text this is (EIP-191, version E); nil where it is nobody's.
    static func signer(of text: String, _ signature: [UInt8]) -> Address? {
        guard signature.count == 65, let r = UInt256(bigEndianBytes: signature[0..<32]),
            let s = UInt256(bigEndianBytes: signature[32..<64]), s <= Secp256k1.halfOrder
        else { return nil }
        let isOdd: Bool
        switch signature[64] {
        case 0, 27: isOdd = false
        case 1, 28: isOdd = true
        default: return nil
        }
        let bytes = Array(text.utf8)
        let hash = Keccak256.hash(Array("\u{19}Ethereum Signed Message:\n\(bytes.count)".utf8) + bytes)
        return Secp256k1.recoverAddress(hash: hash, r: r, s: s, isOdd: isOdd)
    }
}
