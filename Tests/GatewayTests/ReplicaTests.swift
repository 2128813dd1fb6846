import JSONRPC
import NIOCore
import Testing

@testable import Gateway

@Suite struct ReplicaTests {
    private struct Step: Equatable {
        var looks: Int
        var change: ReplicaScaling.Change
    }

    /// Half a second a look, as the gateway does.
    private final class Watch {
        var scaling = ReplicaScaling(ReplicaLimits())
        var now: UInt64 = 1_000
        var range = 0...64

        func look(_ load: Double, _ count: Int, areReady: Bool = true) -> ReplicaScaling.Change? {
            now += 500
            return scaling.look(load: load, count: count, areReady: areReady, range: range, at: now)
        }

        /// How many looks it takes until something changes; nil for more than there are in two minutes.
        func looks(_ load: Double, _ count: Int, areReady: Bool = true) -> Step? {
            for number in 1...240 {
                if let change = look(load, count, areReady: areReady) { return Step(looks: number, change: change) }
            }
            return nil
        }
    }

    @Test func loadThatLastsBringsOne() {
        let watch = Watch()
        #expect(watch.looks(8, 0) == nil)
        // Two seconds from the first look that was too much.
        #expect(watch.looks(8.1, 0) == Step(looks: 5, change: .more))
        // A moment of less, and it begins anew.
        for _ in 0..<4 { #expect(watch.look(9, 0) == nil) }
        #expect(watch.look(7, 0) == nil)
        #expect(watch.looks(9, 0) == Step(looks: 5, change: .more))
        // How far the one that has begun helps is not known yet.
        #expect(watch.looks(100, 1, areReady: false) == nil)
        #expect(watch.looks(16, 1) == nil)
        #expect(watch.looks(17, 1) == Step(looks: 5, change: .more))
        watch.range = 0...1
        #expect(watch.looks(1_000, 1) == nil)
    }

    @Test func quietThatLastsTakesOne() {
        let watch = Watch()
        #expect(watch.looks(4, 1) == nil)
        #expect(watch.looks(3.9, 1) == Step(looks: 121, change: .fewer))
        // What one fewer would have to do is far from calling for it again.
        #expect(watch.looks(8.5, 2) == nil)
        #expect(watch.looks(7.9, 2) == Step(looks: 121, change: .fewer))
        watch.range = 1...64
        #expect(watch.looks(0, 1) == nil)
        #expect(watch.look(0, 0) == .more)
        watch.range = 0...0
        #expect(watch.look(100, 1) == .fewer)
    }

    @Test func fileSaysHowMany() throws {
        func read(_ text: String) throws -> ReplicaRange {
            try Array(text.utf8).withUnsafeBytes { bytes in
                var reader = JSONReader(bytes)
                return try ReplicaRange.read(&reader)
            }
        }
        #expect(try read(#"{"least": 1, "most": 3}"#) == ReplicaRange(least: 1, most: 3))
        #expect(try read("{}") == ReplicaRange())
        for wrong in [#"{"least": 2, "most": 1}"#, #"{"most": 65}"#, #"{"most": -1}"#, #"{"mots": 1}"#, "[]", "2"] {
            #expect(throws: JSONError.self, "\(wrong)") { try read(wrong) }
        }
    }

    /// A replica takes what concerns reads and data, and nothing that is about making blocks or where the node itself serves.
    @Test func argumentsOfAReplica() {
        var programs = RollupDirectory.Programs()
        #expect(programs.replica == [])
        #expect(programs.stream == nil)
        programs.node = [
            "--sub-block-time", "50", "--sequence", "--alt-da", "http://127.0.0.1:3100", "--unpublished-limit=8",
            "--ipc", "node.sock", "--flashblocks", ":9546", "--rpc-memory", "64",
        ]
        #expect(programs.replica == ["--alt-da", "http://127.0.0.1:3100", "--rpc-memory", "64"])
        #expect(programs.stream == "ws://127.0.0.1:9546")
        programs.node = ["--sequence", "--flashblocks=0.0.0.0:9546"]
        #expect(programs.stream == "ws://0.0.0.0:9546")
        programs.node = ["--sequence", "--flashblocks", ":0"]
        #expect(programs.replica == nil)
        // Who makes no blocks has nothing to follow.
        programs.node = ["--verify"]
        #expect(programs.replica == nil)
    }

    @Test(arguments: [
        (#"{"jsonrpc":"2.0","id":1,"method":"eth_call","params":[{"to":"0x01"},"latest"]}"#, true),
        (#"{"jsonrpc":"2.0","id":1,"method":"eth_getTransactionReceipt","params":["0x01"]}"#, true),
        (#"{"jsonrpc":"2.0","id":1,"method":"eth_getTransactionByHash","params":["0x01"]}"#, false),
        (#"{"jsonrpc":"2.0","id":1,"method":"eth_call","params":[{},"safe"]}"#, false),
        (#"{"jsonrpc":"2.0","id":1,"method":"eth_getLogs","params":[{"toBlock":"finalized"}]}"#, false),
        (#"{"jsonrpc":"2.0","id":1,"method":"eth_getBlockByHash","params":["0x01",false]}"#, false),
        (#"{"jsonrpc":"2.0","id":1,"method":"eth_call","params":[{},{"blockHash":"0x01"}]}"#, false),
        (#"{"jsonrpc":"2.0","id":1,"method":"eth_getBlockReceipts","params":["0x10"]}"#, true),
        (#"{"jsonrpc":"2.0","id":"safe","method":"eth_getLogs","params":[{}]}"#, true),
    ]) func readsOfReplicas(_ text: String, _ isOne: Bool) throws {
        let body = ByteBuffer(string: text)
        let call = try #require(body.withUnsafeReadableBytes { ReadCall($0) })
        #expect(call.isOfReplicas(in: body) == isOne)
    }

    @Test func budgetIsOfAll() {
        var limits = ReplicaLimits()
        limits.total = 2
        let budget = ReplicaBudget(limits)
        #expect(budget.take() && budget.take() && !budget.take())
        budget.giveBack()
        #expect(budget.take() && !budget.take())
    }

    /// The name counts only while nothing is under way.
    @Test func standingIsOfAMomentWithoutChange() throws {
        let version = try #require(StateVersion())
        #expect(version.standing == nil)
        version.begin()
        version.end(at: 7)
        #expect(version.standing.map { [$0.version, $0.name] } == [1, 7])
        version.begin()
        version.begin()
        #expect(version.standing == nil)
        version.end(at: 8)
        #expect(version.standing == nil)
        version.end(at: 9)
        #expect(version.standing.map { [$0.version, $0.name] } == [3, 9])
    }
}
