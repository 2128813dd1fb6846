import HTTPTypes

/// Alerts and webhooks.
extension PlatformAPI {
    static var watchingOperations: [APIOperation] {
        [
            APIOperation(
                method: .get, path: "/alerts", id: "listAlerts",
                summary: "What somebody is to be woken up for, the newest first.",
                parameters: [.limit, .all], answer: "AlertList", problems: [400], work: alerts),
            APIOperation(
                method: .get, path: "/webhooks", id: "listWebhooks",
                summary: "Where the organisation's events are sent to, without the secrets.", answer: "WebhookList",
                work: webhooks),
            APIOperation(
                method: .post, path: "/webhooks", id: "makeWebhook",
                summary: "Has events sent, signed as Standard Webhooks says. The secret is in this answer only.",
                body: "WebhookOrder", success: [201], answer: "Webhook", problems: [400, 409, 413, 415, 422],
                work: makeWebhook),
            APIOperation(
                method: .delete, path: "/webhooks/{id}", id: "removeWebhook", summary: "Sends no more events there.",
                success: [204], problems: [404], work: removeWebhook),
        ]
    }

    func alerts(_ request: APIRequest) async throws(PlatformProblem) -> APIAnswer {
        let limit = Int(try request.number("limit", 1...500) ?? 100)
        let all = request.query["all"] ?? "false"
        guard all == "true" || all == "false" else {
            throw PlatformProblem(400, "invalid-parameter", "all is true or false", field: "all")
        }
        let found = try await service.alerts(for: request.caller, isOpen: all == "false", limit: limit)
        return .json(AlertList(alerts: found.map { AlertResource($0) }))
    }

    func webhooks(_ request: APIRequest) async throws(PlatformProblem) -> APIAnswer {
        .json(WebhookList(webhooks: try await service.webhooks(of: request.caller).map { WebhookResource($0) }))
    }

    func makeWebhook(_ request: APIRequest) async throws(PlatformProblem) -> APIAnswer {
        let order = try request.decode(WebhookOrder.self, "WebhookOrder")
        let webhook = try await service.makeWebhook(order.url, kinds: order.kinds ?? [], by: request.caller)
        return .json(WebhookResource(webhook, secret: webhook.secret), status: 201)
    }

    func removeWebhook(_ request: APIRequest) async throws(PlatformProblem) -> APIAnswer {
        try await service.removeWebhook(request.name("id"), by: request.caller)
        return .empty(204)
    }
}

struct AlertResource: Encodable {
    var id, kind, text, raisedAt: String
    var rollup, resolvedAt: String?

    init(_ alert: Alert) {
        (id, kind, text, rollup) = (alert.id, alert.kind.rawValue, alert.text, alert.rollup)
        raisedAt = RollupResource.time(alert.raisedAt)
        resolvedAt = alert.resolvedAt.map { RollupResource.time($0) }
    }
}

struct AlertList: Encodable {
    var alerts: [AlertResource]
}

struct WebhookResource: Encodable {
    var id, url, createdAt: String
    var kinds: [String]
    var failures: Int64
    var failure, disabledAt: String?
    /// Once, where it was made.
    var secret: String?

    init(_ webhook: Webhook, secret: String? = nil) {
        (id, url, kinds, failures, failure) = (
            webhook.id, webhook.url, webhook.kinds, webhook.failures, webhook.failure
        )
        createdAt = RollupResource.time(webhook.createdAt)
        disabledAt = webhook.disabledAt.map { RollupResource.time($0) }
        self.secret = secret
    }
}

struct WebhookList: Encodable {
    var webhooks: [WebhookResource]
}

struct WebhookOrder: Decodable {
    var url: String
    var kinds: [String]?
}
