import JSONRPC
import NIOCore
import Testing

@testable import Gateway

@Suite struct AnswerCacheTests {
    private final class Waiter: AnswerWaiter {
        var told: [ByteBuffer?] = []
        func shared(_ answer: ByteBuffer?, waiting number: UInt64) { told.append(answer) }
    }

    private func call(_ params: String = "[]", _ method: String = "eth_call") throws -> (ReadCall, ByteBuffer) {
        let body = ByteBuffer(string: #"{"jsonrpc":"2.0","id":1,"method":"\#(method)","params":\#(params)}"#)
        return (try #require(body.withUnsafeReadableBytes { ReadCall($0) }), body)
    }

    private func awake(_ cache: AnswerCache) throws -> StateVersion {
        let version = try #require(cache.begin())
        version.begin()
        version.end(at: 0)
        return version
    }

    private func ask(_ cache: AnswerCache, _ params: String = "[]", _ method: String = "eth_call") throws -> String {
        let (call, body) = try call(params, method)
        switch cache.find(call, in: body) {
        case .answer(let rest): return String(buffer: rest)
        case .new(let question):
            cache.finish(question, with: ByteBuffer(string: #","result":"\#(params)"}"#))
            return "new"
        case .asked: return "asked"
        case .nothing: return "nothing"
        }
    }

    @Test func keepsWhileNothingChanges() throws {
        let cache = AnswerCache(CacheBudget(CacheLimits()))
        #expect(try ask(cache) == "nothing")
        let version = try awake(cache)
        #expect(try ask(cache) == "new")
        #expect(try ask(cache) == #","result":"[]"}"#)
        // Another method and other parameters are other questions.
        #expect(try ask(cache, "[]", "eth_gasPrice") == "new")
        #expect(try ask(cache, "[1]") == "new")
        version.begin()
        #expect(try ask(cache) == "nothing")
        version.end(at: 0)
        #expect(try ask(cache) == "new")
        #expect(try ask(cache) == #","result":"[]"}"#)
        cache.end()
        #expect(try ask(cache) == "nothing")
        #expect(cache.byteCount == 0)
    }

    /// A server that does not count, or has not begun, may change at any time.
    @Test func keepsNothingOfWhoDoesNotCount() throws {
        let cache = AnswerCache(CacheBudget(CacheLimits()))
        _ = cache.begin()
        #expect(try ask(cache) == "nothing")
        #expect(try ask(cache) == "nothing")
    }

    /// An answer that was asked before a change and comes after it is nobody else's.
    @Test(arguments: [false, true]) func keepsNothingAcrossAChange(isAnotherLife: Bool) throws {
        let cache = AnswerCache(CacheBudget(CacheLimits()))
        var version = try awake(cache)
        let (call, body) = try call()
        guard case .new(let question) = cache.find(call, in: body) else { throw CancellationError() }
        let waiter = Waiter()
        guard case .asked(let same) = cache.find(call, in: body) else { throw CancellationError() }
        cache.wait(for: same, waiter, 7)
        if isAnotherLife {
            version = try awake(cache)
        } else {
            version.begin()
            version.end(at: 0)
        }
        // Who asks now does not wait for what was asked before.
        guard case .new(let later) = cache.find(call, in: body) else { throw CancellationError() }
        cache.finish(question, with: ByteBuffer(string: #","result":"old"}"#))
        #expect(waiter.told == [nil])
        cache.finish(later, with: ByteBuffer(string: #","result":"new"}"#))
        #expect(try ask(cache) == #","result":"new"}"#)
        withExtendedLifetime(version) {}
    }

    @Test func tellsAllWhoAskTheSame() throws {
        let cache = AnswerCache(CacheBudget(CacheLimits()))
        let version = try awake(cache)
        let (call, body) = try call()
        guard case .new(let question) = cache.find(call, in: body) else { throw CancellationError() }
        let waiters = (0..<3).map { _ in Waiter() }
        for waiter in waiters { cache.wait(for: question, waiter, 1) }
        let rest = ByteBuffer(string: #","result":"0x"}"#)
        cache.finish(question, with: rest)
        for waiter in waiters { #expect(waiter.told == [rest]) }
        withExtendedLifetime(version) {}
    }

    /// A transaction that is in no block may be in one, or gone, without a change of the chain's readers.
    @Test func keepsNothingOfThePool() throws {
        let cache = AnswerCache(CacheBudget(CacheLimits()))
        let version = try awake(cache)
        for (rest, isKept) in [
            (#","result":null}"#, false), (#","result":{"blockHash":null}}"#, false),
            (#","result":{"blockHash":"0x12"}}"#, true),
        ] {
            let (call, body) = try call(#"["\#(rest.count)"]"#, "eth_getTransactionByHash")
            guard case .new(let question) = cache.find(call, in: body) else { throw CancellationError() }
            cache.finish(question, with: ByteBuffer(string: rest))
            if case .answer = cache.find(call, in: body) { #expect(isKept) } else { #expect(!isKept) }
        }
        withExtendedLifetime(version) {}
    }

    @Test func staysWithinItsBounds() throws {
        var limits = CacheLimits()
        (limits.rollupBytes, limits.bytes, limits.count) = (4_000, 6_000, 10)
        let budget = CacheBudget(limits)
        let caches = (0..<3).map { _ in AnswerCache(budget) }
        budget.dropStale = { for cache in caches { cache.dropIfStale() } }
        let versions = try caches.map { try awake($0) }
        for number in 0..<200 {
            for cache in caches { #expect(try ask(cache, "[\(number)]") == "new") }
            for cache in caches { #expect(cache.byteCount <= 4_000) }
            #expect(budget.used == caches.reduce(0) { $0 + $1.byteCount })
            #expect(budget.used <= 6_000)
        }
        // The newest are kept, the oldest are not.
        #expect(try ask(caches[0], "[199]") != "new")
        #expect(try ask(caches[0], "[0]") == "new")
        for cache in caches { cache.end() }
        #expect(budget.used == 0)
        withExtendedLifetime(versions) {}
    }
}
