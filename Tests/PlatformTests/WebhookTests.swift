import SQLStore
import Testing

@testable import Platform

@Test(
    arguments: [
        ([127, 0, 0, 1], false), ([10, 1, 2, 3], false), ([172, 16, 0, 1], false), ([172, 32, 0, 1], true),
        ([192, 168, 1, 1], false), ([169, 254, 169, 254], false), ([100, 64, 0, 1], false), ([0, 0, 0, 0], false),
        ([198, 18, 0, 1], false), ([224, 0, 0, 1], false), ([255, 255, 255, 255], false), ([192, 0, 2, 1], false),
        ([8, 8, 8, 8], true), ([192, 0, 1, 1], true), ([], false),
        ([0x20, 0x01, 0x48, 0x60] + [UInt8](repeating: 0, count: 11) + [1], true),
        ([0x20, 0x01, 0x0D, 0xB8] + [UInt8](repeating: 0, count: 12), false),
        ([UInt8](repeating: 0, count: 15) + [1], false), ([0xFD] + [UInt8](repeating: 0, count: 15), false),
        ([0xFE, 0x80] + [UInt8](repeating: 0, count: 14), false),
        ([UInt8](repeating: 0, count: 10) + [0xFF, 0xFF, 127, 0, 0, 1], false),
        ([UInt8](repeating: 0, count: 10) + [0xFF, 0xFF, 8, 8, 8, 8], true),
        ([0, 0x64, 0xFF, 0x9B, 0, 0, 0, 0, 0, 0, 0, 0, 10, 0, 0, 1], false),
        ([0x20, 0x02, 192, 168, 0, 1] + [UInt8](repeating: 0, count: 10), false),
    ] as [([UInt8], Bool)])
func whatIsNotOfTheInternetIsKnown(address: [UInt8], isPublic: Bool) {
    #expect(WebhookAddress.isPublic(address) == isPublic)
}

@Test(arguments: ["127.0.0.1", "localhost", "[::1]", "0x7f.1", "2130706433", "[::ffff:10.0.0.1]"])
func ownNetworksAreRefused(host: String) async throws {
    let address = try WebhookAddress("https://\(host)/hook", allowsPrivate: false)
    #expect(await address.resolve(allowsPrivate: false) == nil)
}

@Test func anAddressIsCheckedBeforeItIsAsked() throws {
    #expect(throws: PlatformProblem.self) { try WebhookAddress("http://example.com/", allowsPrivate: false) }
    #expect(try WebhookAddress("http://127.0.0.1:9/", allowsPrivate: true).host == "127.0.0.1")
    for text in [
        "", "example.com", "https://user@example.com/", "https://example.com/#a", "https://exa mple.com/", "file:///x",
    ] {
        #expect(throws: PlatformProblem.self) { try WebhookAddress(text, allowsPrivate: true) }
    }
}

/// The example of Standard Webhooks 1.0, of its reference implementations' tests.
@Test func aSignatureIsTheStandards() {
    let webhook = Webhook(
        id: "", organisation: "", url: "", kinds: ["launch", "alert.raised"],
        secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", createdAt: 0, cursor: 0, failures: 0)
    let body = Array(#"{"test": 2432232314}"#.utf8)
    #expect(
        webhook.signature("msg_p5jXN8AQM9LWM0D4loKWxJek", time: 1_614_265_330, body: body)
            == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
    #expect(["launch.done", "alert.raised", "launch"].allSatisfy { webhook.wants($0) })
    #expect(["launched", "alert.resolved", "alert"].allSatisfy { !webhook.wants($0) })
}

private func insert(_ id: String, _ connection: any SQLConnection) throws(SQLStoreError) {
    try WebhookTable(connection: connection).insert(
        Webhook(
            id: id, organisation: "one", url: "https://example.com/", kinds: [], secret: "", createdAt: 0, cursor: 0,
            failures: 0))
}

@Test(arguments: StoreKind.here) func whoHasLostAWebhookMovesItNoMore(kind: StoreKind) async throws {
    try await withRecords(kind) { database in
        let (first, second) = try await database.write { connection throws(SQLStoreError) in
            try insert("hook", connection)
            let webhooks = WebhookTable(connection: connection)
            try EventTable(connection: connection).add("launch.done", "", "one", "arcade", [:])
            // The first one's time is over at once.
            return (try webhooks.claim(for: 0), try webhooks.claim(for: 60_000))
        }
        let known = (lost: try #require(first), held: try #require(second))
        let moves = try await database.write { connection throws(SQLStoreError) in
            let webhooks = WebhookTable(connection: connection)
            var (lost, held) = known
            let one = try webhooks.advance(&held, to: 1, length: 60_000)
            let other = try webhooks.advance(&lost, to: 1, length: 60_000)
            try webhooks.fail(known.lost, "late", after: 0, isGivenUp: true)
            try webhooks.giveBack(known.lost)
            return [one, other, try webhooks.advance(&held, to: 1, length: 60_000)]
        }
        #expect(moves == [true, false, false])
        let found = try await database.read { connection throws(SQLStoreError) in
            try WebhookTable(connection: connection).list(of: "one")[0]
        }
        #expect(found.cursor == 1 && found.disabledAt == nil && found.heldUntil > 0)
    }
}

@Test(arguments: StoreKind.here) func anOrganisationsSlowReceiversTakeNobodyElsesPlaces(kind: StoreKind) async throws {
    try await withRecords(kind) { database in
        let taken = try await database.write { connection throws(SQLStoreError) -> Int in
            let webhooks = WebhookTable(connection: connection)
            for index in 0..<5 { try insert("hook\(index)", connection) }
            try EventTable(connection: connection).add("launch.done", "", "one", "arcade", [:])
            var count = 0
            while try webhooks.claim(for: 60_000) != nil { count += 1 }
            return count
        }
        #expect(taken == 2)
    }
}
