import Foundation
import SQLStore
import Testing

@testable import Platform

@Test(arguments: StoreKind.here) func aSecretIsKeptAsItsHashAndSpeaksUntilItIsRevoked(kind: StoreKind) async throws {
    try await withRecords(kind) { database in
        let secret = AccessKey.newSecret()
        #expect(secret.hasPrefix("mayfly_") && secret.utf8.count == 47)
        try await database.write { connection throws(SQLStoreError) in
            let key = AccessKey(id: "k", name: "CI", role: .operator_, createdAt: 1, revokedAt: nil)
            try AccessTable(connection: connection).insert(key, of: "one", secret: secret)
        }
        let caller = { (text: String) in
            try await database.read { connection throws(SQLStoreError) in
                try AccessTable(connection: connection).caller(secret: text)
            }
        }
        #expect(try await caller(secret) == Caller(organisation: "one", role: .operator_, name: "key k"))
        #expect(try await caller(secret + "0") == nil)
        let columns = try await database.read { connection throws(SQLStoreError) in
            try connection.query("SELECT secret_hash FROM api_keys")
        }
        #expect(try columns.allSatisfy { !secret.contains(try $0.text("secret_hash")) })
        let isRevoked = try await database.write { connection throws(SQLStoreError) in
            try AccessTable(connection: connection).revoke("k", of: "another")
        }
        #expect(!isRevoked)
        try await database.write { connection throws(SQLStoreError) in
            _ = try AccessTable(connection: connection).revoke("k", of: "one")
        }
        #expect(try await caller(secret) == nil)
    }
}

@Test func rolesContainThoseBelow() {
    #expect(AccessRole.viewer < .operator_ && AccessRole.operator_ < .administrator)
    #expect(!(AccessRole.administrator < .administrator))
}

@Test(arguments: StoreKind.here) func theRollupsOfOthersAreNotFound(kind: StoreKind) async throws {
    try await withRecords(kind, rollups: ["a", "b", "c"]) { database in
        try await database.read { connection throws(SQLStoreError) in
            let rollups = RollupTable(connection: connection)
            #expect(try rollups.find("a", of: "one")?.name == "a")
            #expect(try rollups.find("a", of: "two") == nil)
            #expect(try rollups.list(of: "two", after: "", state: nil, limit: 10).isEmpty)
            #expect(try rollups.list(of: "one", after: "a", state: .launching, limit: 1).map(\.name) == ["b"])
            #expect(try rollups.list(of: "one", after: "", state: .active, limit: 9).isEmpty)
        }
    }
}

@Test(arguments: [
    ("127.0.0.1:8700", true), ("localhost:8700", true), ("[::1]:8700", true), ("10.0.0.1", true),
    ("rollups.example:8700", true), ("evil.example", false), ("localhost.evil.example", false), ("", false),
])
func onlyOwnNamesAreServed(authority: String, isOwn: Bool) {
    #expect(PlatformAPI.isOwn(PlatformAPI.host(authority), ["rollups.example"]) == isOwn)
}
