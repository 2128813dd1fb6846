import COpenSSL
import Foundation
import SQLStore

/// Where an organisation's events are sent to, signed (Standard Webhooks 1.0).
///
/// Events are sent one after another from the cursor on: nothing is queued for a receiver that is away but its place in the events.
public struct Webhook: Equatable, Sendable {
    /// Of an organisation.
    static let limit = 16
    /// Of an organisation, that are sent to at a time: one whose receivers are slow holds nobody else up.
    static let share: Int64 = 2

    public var id: String
    public var organisation: String
    public var url: String
    /// Beginnings of the kinds of events that are sent; empty for all.
    public var kinds: [String]
    /// `whsec_` and the key's bytes in base 64: kept, as it signs.
    var secret: String
    /// Milliseconds since the Unix epoch, like all times here.
    public var createdAt: Int64
    /// The number of the last event that was taken, or is not wanted.
    var cursor: Int64
    /// In a row.
    public var failures: Int64
    var failingSince: Int64?
    /// Why the last one failed; nil where it did not.
    public var failure: String?
    /// When it was given up.
    public var disabledAt: Int64?
    /// Until when it is one process's: also what that process knows it by, as another would have another time.
    var heldUntil: Int64 = 0

    static func newSecret() -> String {
        var generator = SystemRandomNumberGenerator()
        let bytes = (0..<32).map { _ in UInt8.random(in: 0...255, using: &generator) }
        return "whsec_" + Data(bytes).base64EncodedString()
    }

    func wants(_ kind: String) -> Bool { kinds.isEmpty || kinds.contains { kind == $0 || kind.hasPrefix($0 + ".") } }

    /// The signature of a message (Standard Webhooks, "Signature scheme").
    ///
    /// - Parameters:
    ///   - identity: the same each time that the message is sent.
    ///   - time: when it is sent, seconds since the Unix epoch.
    func signature(_ identity: String, time: Int64, body: [UInt8]) -> String {
        let key = Array(Data(base64Encoded: String(secret.dropFirst(6))) ?? Data())
        let message = Array("\(identity).\(time).".utf8) + body
        var code = [UInt8](repeating: 0, count: 32)
        HMAC(EVP_sha256(), key, Int32(key.count), message, message.count, &code, nil)
        return "v1," + Data(code).base64EncodedString()
    }
}

/// The webhooks of a platform, within a transaction.
struct WebhookTable {
    let connection: any SQLConnection

    func insert(_ webhook: Webhook) throws(SQLStoreError) {
        try connection.execute(
            """
            INSERT INTO webhooks (id, organisation, url, kinds, secret, created_at, cursor, failures, not_before, held_until)
            VALUES ($1, $2, $3, $4, $5, $6, $7, 0, 0, 0)
            """,
            [
                .text(webhook.id), .text(webhook.organisation), .text(webhook.url),
                .text(JSONText.write(webhook.kinds)),
                .text(webhook.secret), .integer(webhook.createdAt), .integer(webhook.cursor),
            ])
    }

    func list(of organisation: String) throws(SQLStoreError) -> [Webhook] {
        try connection.query(
            "SELECT * FROM webhooks WHERE organisation = $1 ORDER BY created_at, id", [.text(organisation)]
        ).map { row throws(SQLStoreError) in try Self.webhook(row) }
    }

    /// - Returns: false where there is none.
    func remove(_ id: String, of organisation: String) throws(SQLStoreError) -> Bool {
        try connection.execute(
            "DELETE FROM webhooks WHERE id = $1 AND organisation = $2", [.text(id), .text(organisation)]) == 1
    }

    /// Whether there may be something to send.
    func isDue() throws(SQLStoreError) -> Bool {
        try !connection.query(
            """
            SELECT id FROM webhooks WHERE disabled_at IS NULL AND not_before <= $1 AND held_until <= $1
                AND EXISTS (SELECT 1 FROM events WHERE events.organisation = webhooks.organisation
                            AND events.sequence > webhooks.cursor) LIMIT 1
            """,
            [.integer(try connection.now())]
        ).isEmpty
    }

    /// Takes up one that there is something to send to, so that no other process does for as long, in milliseconds.
    func claim(for length: Int64) throws(SQLStoreError) -> Webhook? {
        let now = try connection.now()
        return try connection.query(
            """
            UPDATE webhooks SET held_until = $2 WHERE id = (
                SELECT id FROM webhooks WHERE disabled_at IS NULL AND not_before <= $1 AND held_until <= $1
                    AND EXISTS (SELECT 1 FROM events WHERE events.organisation = webhooks.organisation
                                AND events.sequence > webhooks.cursor)
                    AND (SELECT count(*) FROM webhooks AS others WHERE others.organisation = webhooks.organisation
                         AND others.held_until > $1) < $3
                ORDER BY not_before, id LIMIT 1)
            RETURNING *
            """,
            [.integer(now), .integer(now + length), .integer(Webhook.share)]
        ).first.map { row throws(SQLStoreError) in try Self.webhook(row) }
    }

    /// What it has taken; it is held for as long again.
    ///
    /// - Returns: false where it is another process's now.
    func advance(_ webhook: inout Webhook, to sequence: Int64, length: Int64) throws(SQLStoreError) -> Bool {
        let until = max(webhook.heldUntil + 1, try connection.now() + length)
        let isHeld =
            try connection.execute(
                """
                UPDATE webhooks SET cursor = $3, failures = 0, failing_since = NULL, failure = NULL, held_until = $4
                WHERE id = $1 AND held_until = $2 AND cursor < $3
                """,
                [.text(webhook.id), .integer(webhook.heldUntil), .integer(sequence), .integer(until)]) == 1
        (webhook.cursor, webhook.heldUntil, webhook.failures, webhook.failingSince) = (sequence, until, 0, nil)
        return isHeld
    }

    func giveBack(_ webhook: Webhook) throws(SQLStoreError) {
        try connection.execute(
            "UPDATE webhooks SET held_until = 0 WHERE id = $1 AND held_until = $2",
            [.text(webhook.id), .integer(webhook.heldUntil)])
    }

    /// It did not take what was sent.
    ///
    /// - Parameters:
    ///   - pause: until the next try, milliseconds.
    ///   - isGivenUp: whether there is none.
    func fail(_ webhook: Webhook, _ reason: String, after pause: Int64, isGivenUp: Bool) throws(SQLStoreError) {
        let now = try connection.now()
        try connection.execute(
            """
            UPDATE webhooks SET failures = failures + 1, failing_since = COALESCE(failing_since, $3), failure = $4,
                not_before = $5, held_until = 0, disabled_at = $6 WHERE id = $1 AND held_until = $2
            """,
            [
                .text(webhook.id), .integer(webhook.heldUntil), .integer(now), .text(reason), .integer(now + pause),
                isGivenUp ? .integer(now) : .null,
            ])
    }

    private static func webhook(_ row: SQLRow) throws(SQLStoreError) -> Webhook {
        Webhook(
            id: try row.text("id"), organisation: try row.text("organisation"), url: try row.text("url"),
            kinds: try JSONText.read([String].self, row, "kinds"), secret: try row.text("secret"),
            createdAt: try row.integer("created_at"), cursor: try row.integer("cursor"),
            failures: try row.integer("failures"), failingSince: try row.optionalInteger("failing_since"),
            failure: try row.optionalText("failure"), disabledAt: try row.optionalInteger("disabled_at"),
            heldUntil: try row.integer("held_until"))
    }
}
