import Cryptography
import Glibc
import NIOCore
import Primitives
import Synchronization
import Testing

@testable import Gateway

@Suite struct KeyRingTests {
    private final class File {
        let path: String

        init() {
            var template = Array("/tmp/mayfly-keys-XXXXXX".utf8CString)
            close(mkstemp(&template))
            path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
            unlink(path)
        }

        func write(_ text: String) {
            let stream = fopen(path, "w")
            fputs(text, stream)
            fclose(stream)
        }

        deinit { unlink(path) }
    }

    private func hash(_ secret: String) -> String { SHA256.hash(Array(secret.utf8)).description }

    private func holder(_ ring: KeyRing, _ secret: String) -> KeyRing.Holder? {
        Array(secret.utf8).withUnsafeBytes { ring.holder(of: $0) }
    }

    @Test func readsItsFileAgain() throws {
        let file = File()
        let told = Mutex<[String]>([])
        let ring = KeyRing(file.path, mayLack: true) { text in told.withLock { $0.append(text) } }
        var now = NIODeadline.uptimeNanoseconds(0)
        func look() {
            now = now + .seconds(2)
            ring.refresh(at: now)
        }
        look()
        #expect(!ring.isThere && !ring.isRequired)
        file.write(
            #"{"required": true, "keys": [{"name": "a", "hash": "\#(hash("one"))", "requestsPerSecond": 5}, "#
                + #"{"name": "b", "hash": "\#(hash("two").dropFirst(2))"}]}"#)
        look()
        #expect(ring.isThere && ring.isRequired)
        let first = try #require(holder(ring, "one"))
        #expect(first.name == "a" && first.allowance == Allowance(rate: 5, burst: 10))
        #expect(try #require(holder(ring, "two")).allowance == nil)
        for secret in ["", "three", hash("one")] { #expect(holder(ring, secret) == nil) }
        // What cannot be read leaves the keys as they were, and is told once.
        file.write("{ nonsense")
        look()
        look()
        #expect(holder(ring, "one") != nil && ring.isRequired)
        #expect(told.withLock { $0.count } == 1)
        file.write(#"{"keys": [{"name": "c", "hash": "\#(hash("three"))", "requestsPerSecond": 1, "burst": 7}]}"#)
        look()
        #expect(holder(ring, "one") == nil && !ring.isRequired)
        #expect(holder(ring, "three")?.allowance == Allowance(rate: 1, burst: 7))
        unlink(file.path)
        look()
        #expect(!ring.isThere && holder(ring, "three") == nil)
    }

    /// A file that never could be read lets nobody in.
    @Test(arguments: [
        "", "[]", #"{"keys": [{"name": "a"}]}"#, #"{"keys": [{"name": "a", "hash": "0x12"}]}"#, #"{"Required": true}"#,
        #"{"keys": [{"name": "a", "hash": "secret"}]}"#, #"{"required": "yes"}"#,
    ]) func failsClosed(text: String) {
        let file = File()
        let told = Mutex<[String]>([])
        let ring = KeyRing(file.path, mayLack: true) { text in told.withLock { $0.append(text) } }
        file.write(text)
        ring.refresh(at: .uptimeNanoseconds(5_000_000_000))
        #expect(ring.isThere && ring.isRequired)
        #expect(told.withLock { $0.count } == 1)
        #expect(told.withLock { !$0[0].contains("secret") })
    }

    @Test func refusesKeysThatAreThereTwice() {
        let file = File()
        let ring = KeyRing(file.path, mayLack: true) { _ in }
        file.write(#"{"keys": [{"name": "a", "hash": "\#(hash("x"))"}, {"name": "b", "hash": "\#(hash("x"))"}]}"#)
        ring.refresh(at: .uptimeNanoseconds(5_000_000_000))
        #expect(holder(ring, "x") == nil && ring.isRequired)
    }
}

@Test func aFileThatHasToBeThereLetsNobodyInWithoutIt() {
    let told = Mutex<[String]>([])
    let ring = KeyRing("/nonexistent/keys.json", mayLack: false) { text in told.withLock { $0.append(text) } }
    ring.refresh(at: .uptimeNanoseconds(0))
    ring.refresh(at: .uptimeNanoseconds(5_000_000_000))
    #expect(ring.isThere && ring.isRequired)
    #expect(told.withLock { $0.count } == 1)
}
