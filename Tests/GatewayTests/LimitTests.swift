import JSONRPC
import NIOCore
import Testing

@testable import Gateway

@Suite struct LimitTests {
    private let second: UInt64 = 1_000_000_000

    @Test func letsThroughWhatIsAllowed() {
        let allowance = Allowance(rate: 10, burst: 5)
        var bucket = TokenBucket(allowance, at: 0)
        for _ in 0..<5 { #expect(bucket.take(1, of: allowance, at: 0) == 0) }
        let wait = bucket.take(1, of: allowance, at: 0)
        #expect((99_000_000...101_000_000).contains(wait))
        #expect(bucket.take(1, of: allowance, at: wait) == 0)
        // A long pause saves up no more than the burst.
        for _ in 0..<5 { #expect(bucket.take(1, of: allowance, at: 1_000 * second) == 0) }
        #expect(bucket.take(1, of: allowance, at: 1_000 * second) > 0)
        // A clock that goes back gives nothing.
        #expect(bucket.take(1, of: allowance, at: 0) > 0)
    }

    /// In the long run nobody gets more than the rate, however heavy the requests are.
    @Test(arguments: [1.0, 3, 40]) func holdsToTheRate(weight: Double) {
        let allowance = Allowance(rate: 100, burst: 20)
        var bucket = TokenBucket(allowance, at: 0)
        var total: Double = 0
        for millisecond in 0..<UInt64(20_000) {
            while bucket.take(weight, of: allowance, at: millisecond * 1_000_000) == 0 { total += weight }
        }
        #expect(total <= 20 * 100 + 20 + weight)
        #expect(total >= 20 * 100 - weight)
    }

    /// What is let through first is paid for later.
    @Test func chargesAfterwards() {
        let allowance = Allowance(rate: 10, burst: 5)
        var bucket = TokenBucket(allowance, at: 0)
        #expect(bucket.charge(5, of: allowance, at: 0) == 0)
        let wait = bucket.charge(20, of: allowance, at: 0)
        #expect((1_990_000_000...2_010_000_000).contains(wait))
        #expect(bucket.take(1, of: allowance, at: wait) > 0)
        #expect(bucket.take(1, of: allowance, at: wait + second / 10) == 0)
    }

    @Test func boundsItsTable() {
        let allowance = Allowance(rate: 1, burst: 1)
        var table = BucketTable<Int>(limit: 100)
        for owner in 0..<10_000 {
            #expect(table.take(1, from: owner, of: allowance, at: 0) == 0)
            // One that asks again and again is not forgotten by others' coming.
            if owner % 50 == 0 && owner > 0 { #expect(table.take(1, from: 0, of: allowance, at: 0) > 0) }
            #expect(table.count <= 200)
        }
    }

    @Test(arguments: [
        (#"{"method":"eth_call"}"#, 1.0), (#"{"method":"eth_getLogs"}"#, 10), ("", 1), ("[]", 1), ("[1,2,", 2),
        (#"[{"method":"eth_getLogs"},{"method":"eth_call"},3]"#, 12), (#"{"method":"debug_traceCall"}"#, 50),
        (#"{"id":{"method":"eth_getLogs"},"method":"eth_chainId"}"#, 1),
        (#"{"method":"\u0064ebug_traceCall"}"#, 50), (#"{"method":"eth_\u0067etLogs"}"#, 10),
    ]) func weighs(text: String, weight: Double) {
        #expect(ByteBuffer(string: text).withUnsafeReadableBytes { CallWeight.weight(of: $0) } == weight)
    }

    @Test(arguments: [
        (#"{"id":12,"method":"x"}"#, "12"), (#"{"a":[{}], "id" : "x\"y"}"#, #""x\"y""#), (#"{"id":null}"#, nil),
        (#"[{"id":1}]"#, nil), (#"{"id":[1]}"#, nil), (#"{"x":1}"#, nil), ("{", nil),
    ]) func findsTheID(text: String, id: String?) {
        let bytes = Array(text.utf8)
        let found = bytes.withUnsafeBytes { CallWeight.id(of: $0) }
        #expect(found.map { String(decoding: bytes[$0], as: UTF8.self) } == id)
    }

    @Test func tellsClientsApart() throws {
        func address(_ text: String) throws -> ClientAddress {
            ClientAddress(try SocketAddress(ipAddress: text, port: 9))
        }
        #expect(try address("127.0.0.9") == .loopback)
        #expect(try address("::1") == .loopback)
        #expect(ClientAddress(nil) == .loopback)
        #expect(try address("10.1.2.3") == .four(0x0A01_0203))
        #expect(try address("::ffff:10.1.2.3") == .four(0x0A01_0203))
        // A network is one client, as it has addresses without end.
        #expect(try address("2001:db8:1:2:3:4:5:6") == address("2001:db8:1:2::9"))
        #expect(try address("2001:db8:1:2::9") != address("2001:db8:1:3::9"))
    }

    @Test func readsLimits() throws {
        func read(_ text: String) throws -> TrafficLimits {
            var limits = TrafficLimits()
            var result: Result<TrafficLimits, JSONError> = .success(limits)
            ByteBuffer(string: text).withUnsafeReadableBytes { bytes in
                var reader = JSONReader(bytes)
                do throws(JSONError) { try limits.read(&reader) } catch { return result = .failure(error) }
                result = .success(limits)
            }
            return try result.get()
        }
        let limits = try read(#"{"requestsPerSecond": 5, "burst": 6, "inFlight": 7, "waiting": 8}"#)
        #expect(limits.rate == 5 && limits.burst == 6 && limits.inFlight == 7 && limits.waiting == 8)
        #expect(limits.includesLoopback)
        #expect(!(try read("{}").includesLoopback))
        for wrong in [#"{"burst":0}"#, #"{"burst":-1}"#, #"{"bursts":1}"#, #"{"burst":"1"}"#, "[]"] {
            #expect(throws: JSONError.self) { try read(wrong) }
        }
    }
}
