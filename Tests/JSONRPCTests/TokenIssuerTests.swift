@testable import JSONRPC
import Testing

@Suite struct TokenIssuerTests {
    private let secret = (0..<32).map { UInt8($0 * 7) }

    @Test func issuesWhatIsTaken() {
        let authorization = TokenIssuer(secret: secret) { 1_000_000 }.authorization
        for (time, refusal) in [
            (1_000_000, nil), (1_000_060, nil), (999_940, nil), (1_000_061, "stale token"), (999_939, "future token"),
        ] as [(UInt64, String?)] {
            #expect(TokenAuthoriser(secret: secret) { time }.refusal(of: authorization) == refusal)
        }
        let other = TokenAuthoriser(secret: [1]) { 1_000_000 }
        #expect(other.refusal(of: authorization) == "invalid signature")
    }

    /// Made with the base64, hmac and hashlib of Python.
    @Test func hasTheFormOfJSONWebTokens() {
        let authorization = TokenIssuer(secret: secret) { 1_000_000 }.authorization
        #expect(
            authorization
                == "Bearer eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpYXQiOjEwMDAwMDB9."
                + "l2tNxRDvv7XDdcrHEjJq3mcf0Io5XpzGlWWSqHL8xLE")
    }

    @Test(arguments: 0..<20)
    func alphabetForURLsIsReadAgain(count: Int) {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: 251 &* ($0 &+ count)) }
        let text = Base64.encodeURL(bytes)
        #expect(Base64.decodeURL(Array(text.utf8)) == bytes)
        #expect(!text.contains("="))
    }
}
