import Cryptography
import Foundation
public import Primitives
import SQLStore

/// Somebody who has signed in.
public struct Session: Equatable, Sendable {
    /// `0x` and small letters.
    public var address: String
    public var caller: Caller
    /// Milliseconds since the Unix epoch.
    public var expiresAt: Int64
}

extension PlatformService {
    /// Seconds that a sign-in may take.
    static let nonceSeconds: Int64 = 600
    /// Seconds that a session lasts.
    public static let sessionSeconds: Int64 = 12 * 3_600
    /// Seconds that clocks may differ.
    private static let clockDifference: TimeInterval = 60

    /// A nonce for one sign-in, good for ten minutes.
    func newNonce() -> String {
        nonces.make(until: Int64(Date().timeIntervalSince1970 * 1_000) + Self.nonceSeconds * 1_000)
    }

    /// Makes sure that a message for such a place can only have been signed on a page of this platform: what a request says of where
    /// it is for is anybody's word, so that it has to be a name that this platform was given, or this machine's own.
    private func checkSignIn(at authority: String) throws(PlatformProblem) {
        let host = PlatformAPI.host(authority)
        guard ["localhost", "127.0.0.1", "::1"].contains(host) || settings.names.contains(host) else {
            throw PlatformProblem(
                403, "host-not-named",
                "nobody can sign in at \(host): this platform is to be run with --host and its name")
        }
    }

    /// The message that an account signs here (EIP-4361).
    ///
    /// - Parameter authority: the host, and the port where there is one, that the platform was asked under.
    public func signInMessage(
        for address: Address, authority: String, scheme: String
    ) throws(PlatformProblem) -> String {
        try checkSignIn(at: authority)
        let nonce = newNonce()
        let now = Date()
        return """
            \(authority) wants you to sign in with your Ethereum account:
            \(address.checksummed)

            Sign in to this Mayfly platform. It is no transaction and costs nothing.

            URI: \(scheme)://\(authority)/sign-in
            Version: 1
            Chain ID: \(settings.l1ChainID)
            Nonce: \(nonce)
            Issued At: \(RollupResource.time(Int64(now.timeIntervalSince1970) * 1_000))
            Expiration Time: \(RollupResource.time((Int64(now.timeIntervalSince1970) + Self.nonceSeconds) * 1_000))
            """
    }

    /// Signs somebody in who has signed a message for this place.
    ///
    /// - Parameters:
    ///   - signature: 65 bytes, of an account; those of contracts (EIP-1271) are refused.
    ///   - authority: what the platform was asked under.
    ///   - organisation: whom to act for; nil for the person's own.
    /// - Returns: the session's token, which is told this once.
    public func signIn(
        _ text: String, _ signature: [UInt8], authority: String, organisation: String? = nil
    ) async throws(PlatformProblem) -> (token: String, session: Session) {
        try checkSignIn(at: authority)
        let message = try SignInMessage(text)
        func refused(_ code: String, _ detail: String) -> PlatformProblem { PlatformProblem(401, code, detail) }
        guard message.isFor(authority) else {
            throw refused(
                "other-domain", "the message is for \(message.domain) and \(message.uri), and this is \(authority)")
        }
        guard message.chainID == settings.l1ChainID else {
            throw refused(
                "other-chain", "the message is for chain \(message.chainID), and this is \(settings.l1ChainID)")
        }
        let now = Date()
        if message.issuedAt > now + Self.clockDifference || message.notBefore.map({ $0 > now }) ?? false {
            throw refused("not-yet", "the message is not valid yet")
        }
        if message.issuedAt < now - TimeInterval(Self.nonceSeconds) - Self.clockDifference
            || message.expiresAt.map({ $0 <= now }) ?? false
        {
            throw refused("expired", "the message is over: ask for a new one")
        }
        guard signature.count == 65 else {
            throw refused(
                "not-an-account",
                "the signature has \(signature.count) bytes: accounts of contracts (EIP-1271) cannot sign in")
        }
        guard SignInMessage.signer(of: text, signature) == message.address else {
            throw refused("bad-signature", "the signature is not of \(message.address) and this message")
        }
        let (address, token) = ("\(message.address)", RandomText.hex(bytes: 32))
        let nonce = message.nonce
        guard let expiresAt = nonces.expiry(of: nonce), expiresAt > Int64(now.timeIntervalSince1970 * 1_000) else {
            throw refused("unknown-nonce", "the nonce is used, over, or not of this platform")
        }
        let session = try await write { connection throws(SQLStoreError) -> Session? in
            let people = PeopleTable(connection: connection)
            guard try people.use(nonce: nonce, expiresAt: expiresAt) else { return nil }
            let own = try people.welcome(address)
            let wanted = organisation ?? own
            // Who was taken out of the organisation gets a session that nobody answers to: nothing is told of it.
            _ = try people.insert(
                token: token, of: address, organisation: wanted, lifetime: Self.sessionSeconds * 1_000)
            return try people.session(token: token)
                ?? Session(address: "", caller: Caller(organisation: "", role: .viewer, name: ""), expiresAt: 0)
        }
        guard let session else { throw refused("unknown-nonce", "the nonce is used, over, or not of this platform") }
        guard !session.address.isEmpty else {
            try await signOut(token)
            throw PlatformProblem(403, "not-a-member", "\(address) is no member of that organisation")
        }
        return (token, session)
    }

    /// Whose session a token is of; nil where it is over.
    public func session(_ token: String) async throws(PlatformProblem) -> Session? {
        try await read { connection throws(SQLStoreError) in
            try PeopleTable(connection: connection).session(token: token)
        }
    }

    public func signOut(_ token: String) async throws(PlatformProblem) {
        try await write { connection throws(SQLStoreError) in try PeopleTable(connection: connection).end(token: token)
        }
    }

    /// The organisations that somebody may act for, their own first.
    public func memberships(of address: String) async throws(PlatformProblem) -> [Membership] {
        try await read { connection throws(SQLStoreError) in
            try PeopleTable(connection: connection).memberships(of: address)
        }
    }

    /// Has a session speak for another organisation of its person's from now on.
    public func turn(_ token: String, to organisation: String) async throws(PlatformProblem) {
        let isTurned = try await write { connection throws(SQLStoreError) in
            try PeopleTable(connection: connection).turn(token: token, to: organisation)
        }
        // Whether there is such an organisation is told to its members only.
        guard isTurned else {
            throw PlatformProblem(
                403, "not-a-member",
                "who is signed in is no member of that organisation: an administrator of it can add them")
        }
    }
}
