import SQLStore

extension PlatformService {
    /// Bytes of the beginning of an event's kind, and how many of them a webhook may want.
    static let (kindLength, kindCount) = (60, 32)

    func makeWebhook(_ url: String, kinds: [String], by caller: Caller) async throws(PlatformProblem) -> Webhook {
        try check(caller, .administrator)
        _ = try WebhookAddress(url, allowsPrivate: settings.allowsPrivateWebhooks)
        guard kinds.count <= Self.kindCount, kinds.allSatisfy(Self.isKind) else {
            throw .invalid(
                "kinds", "are up to \(Self.kindCount) beginnings of kinds of events, such as launch or alert.raised")
        }
        let (id, secret) = (RandomText.hex(bytes: 8), Webhook.newSecret())
        let outcome = try await write { connection throws(SQLStoreError) -> Webhook? in
            let webhooks = WebhookTable(connection: connection)
            guard try webhooks.list(of: caller.organisation).count < Webhook.limit else { return nil }
            let webhook = Webhook(
                id: id, organisation: caller.organisation, url: url, kinds: kinds, secret: secret,
                createdAt: try connection.now(), cursor: try EventTable(connection: connection).newestSequence(),
                failures: 0)
            try webhooks.insert(webhook)
            try AccessTable(connection: connection).audit(caller, "webhook.make", id)
            return webhook
        }
        guard let outcome else {
            throw PlatformProblem(409, "too-many-webhooks", "an organisation has at most \(Webhook.limit) webhooks")
        }
        return outcome
    }

    private static func isKind(_ text: String) -> Bool {
        (1...kindLength).contains(text.utf8.count)
            && text.utf8.allSatisfy { (97...122).contains($0) || $0 == 45 || $0 == 46 }
    }

    func webhooks(of caller: Caller) async throws(PlatformProblem) -> [Webhook] {
        try check(caller, .administrator)
        return try await read { connection throws(SQLStoreError) in
            try WebhookTable(connection: connection).list(of: caller.organisation)
        }
    }

    func removeWebhook(_ id: String, by caller: Caller) async throws(PlatformProblem) {
        try check(caller, .administrator)
        let isRemoved = try await write { connection throws(SQLStoreError) in
            try AccessTable(connection: connection).audit(caller, "webhook.remove", id)
            return try WebhookTable(connection: connection).remove(id, of: caller.organisation)
        }
        if !isRemoved { throw PlatformProblem(404, "no-such-webhook", "there is no webhook \(id)") }
    }

    /// What the caller's organisation is to be woken up for.
    ///
    /// - Parameter isOpen: whether only what lasts is listed.
    public func alerts(for caller: Caller, isOpen: Bool = true, limit: Int = 100) async throws(PlatformProblem)
        -> [Alert]
    {
        try await read { connection throws(SQLStoreError) in
            try AlertTable(connection: connection).list(of: caller.organisation, isOpen: isOpen, limit: limit)
        }
    }
}
