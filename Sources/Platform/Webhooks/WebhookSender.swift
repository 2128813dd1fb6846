import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import SQLStore

/// Sends events to those who want to be told, again and again until they are taken.
struct WebhookSender: Sendable {
    /// From one look for events to the next.
    private static let pause = Duration.milliseconds(500)
    /// At a time.
    private static let capacity = 16
    /// Events that one receiver gets before it is another's turn, and how long that may take.
    private static let batch = 50
    private static let batchTime = Duration.seconds(10)
    /// Milliseconds for which a receiver is one process's; longer than a sending may take.
    private static let lease: Int64 = 30_000
    private static let answerTime = TimeAmount.seconds(10)
    private static let longestRest: Int64 = 3_600_000
    /// Milliseconds of failures after which nothing more is sent.
    private static let patience: Int64 = 3 * 86_400_000

    let database: any SQLDatabase
    let allowsPrivate: Bool
    let report: @Sendable (String) -> Void

    /// What is sent.
    private struct Message: Encodable {
        struct Content: Encodable {
            var sequence: Int64
            var rollup: String?
            var text: String
            var details: [String: String]
        }

        var type: String
        var timestamp: String
        var data: Content
    }

    /// Runs until it is cancelled.
    func run() async {
        var hasFailed = false
        await withTaskGroup(of: Void.self) { group in
            var running = 0
            while !Task.isCancelled {
                do throws(SQLStoreError) {
                    while running < Self.capacity, let webhook = try await claim() {
                        running += 1
                        group.addTask { await serve(webhook) }
                    }
                    hasFailed = false
                } catch {
                    if !hasFailed, !Task.isCancelled { report("webhooks: \(error.message)") }
                    hasFailed = true
                }
                if running == Self.capacity {
                    await group.next()
                    running -= 1
                } else {
                    try? await Task.sleep(for: Self.pause)
                }
            }
            group.cancelAll()
        }
    }

    private func claim() async throws(SQLStoreError) -> Webhook? {
        let isDue = try await database.read { connection throws(SQLStoreError) in
            try WebhookTable(connection: connection).isDue()
        }
        guard isDue else { return nil }
        return try await database.write { connection throws(SQLStoreError) in
            try WebhookTable(connection: connection).claim(for: Self.lease)
        }
    }

    private func serve(_ webhook: Webhook) async {
        do throws(SQLStoreError) {
            let events = try await database.read { connection throws(SQLStoreError) in
                try EventTable(connection: connection).list(
                    of: webhook.organisation, after: webhook.cursor, limit: Self.batch)
            }
            var webhook = webhook
            let end = ContinuousClock.now + Self.batchTime
            for event in events where !Task.isCancelled && ContinuousClock.now < end {
                if webhook.wants(event.kind), let failure = await send(event, to: webhook) {
                    return try await note(failure, webhook)
                }
                let known = webhook
                let advanced = try await database.write { connection throws(SQLStoreError) -> Webhook? in
                    var webhook = known
                    let webhooks = WebhookTable(connection: connection)
                    return try webhooks.advance(&webhook, to: event.sequence, length: Self.lease) ? webhook : nil
                }
                guard let advanced else { return }
                webhook = advanced
            }
            let held = webhook
            try await database.write { connection throws(SQLStoreError) in
                try WebhookTable(connection: connection).giveBack(held)
            }
        } catch {
            // Its lease runs out, and what was not noted is sent again.
            if !Task.isCancelled { report("webhooks: \(error.message)") }
        }
    }

    private struct Failure {
        var reason: String
        /// Whether the receiver wants nothing more.
        var isGone = false
    }

    private func note(_ failure: Failure, _ webhook: Webhook) async throws(SQLStoreError) {
        let rest = min(Self.longestRest, 1_000 << min(20, webhook.failures))
        try await database.write { connection throws(SQLStoreError) in
            let since = try connection.now() - (webhook.failingSince ?? .max)
            try WebhookTable(connection: connection).fail(
                webhook, failure.reason, after: rest, isGivenUp: failure.isGone || since > Self.patience)
        }
    }

    /// - Returns: why it was not taken; nil where it was.
    private func send(_ event: PlatformEvent, to webhook: Webhook) async -> Failure? {
        guard let address = try? WebhookAddress(webhook.url, allowsPrivate: allowsPrivate) else {
            return Failure(reason: "its address is not allowed any more")
        }
        guard let place = await address.resolve(allowsPrivate: allowsPrivate) else {
            return Failure(reason: "\(address.host) has no public address")
        }
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        // What was looked at is what is connected to, whatever the name says a moment later.
        configuration.dnsOverride = [address.host: place]
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        let failure = await send(event, to: webhook, client)
        try? await client.shutdown()
        return failure
    }

    private func send(_ event: PlatformEvent, to webhook: Webhook, _ client: HTTPClient) async -> Failure? {
        let body = Array(
            JSONText.write(
                Message(
                    type: event.kind, timestamp: RollupResource.time(event.time),
                    data: .init(
                        sequence: event.sequence, rollup: event.rollup.isEmpty ? nil : event.rollup, text: event.text,
                        details: event.details))
            ).utf8)
        let (identity, time) = ("\(webhook.id)_\(event.sequence)", Int64(Date().timeIntervalSince1970))
        var request = HTTPClientRequest(url: webhook.url)
        request.method = .POST
        for (name, value) in [
            ("content-type", "application/json"), ("user-agent", "mayfly"), ("webhook-id", identity),
            ("webhook-timestamp", "\(time)"),
            ("webhook-signature", webhook.signature(identity, time: time, body: body)),
        ] { request.headers.add(name: name, value: value) }
        request.body = .bytes(body)
        do {
            let response = try await client.execute(request, timeout: Self.answerTime)
            let status = response.status.code
            if (200..<300).contains(status) { return nil }
            return Failure(reason: "it answered \(status)", isGone: status == 410)
        } catch {
            return Failure(reason: "it does not answer (\(type(of: error)))")
        }
    }
}
