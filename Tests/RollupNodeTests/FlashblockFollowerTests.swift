import Blockchain
import Cryptography
import Derivation
import DevL1
import EVM
import EthereumClient
import EthereumRPC
import Foundation
import JSONRPC
import NIOCore
import Primitives
import RollupNode
import Sequencing
import StateTransition
import Storage
import Synchronization
import Testing

/// A sequencer as its followers see it: the blocks of a chain, and a stream that says what the test wants.
private final class ServedSequencer: Sendable {
    private let server = Server()
    let broadcast = Broadcast()
    private let rawBlocks = Mutex(0)
    private let payloads = Mutex<[FlashblockPayload]>([])
    private let addresses = Mutex<(http: Int, stream: Int)>((0, 0))

    init(_ chain: Chain) async throws {
        var methods = EthereumMethods.all(NodeContext(chain: chain, settings: RPCSettings(clientVersion: "test")))
        methods.add("debug_getRawBlock") { [weak self] call, json throws(RPCError) in
            let number = try call.parameters.required { reader throws(JSONError) in try reader.readQuantity() }
            self?.rawBlocks.withLock { $0 += 1 }
            do {
                let view = try chain.view()
                guard let reference = try view.reference(.number(number)), let block = try view.block(reference) else {
                    return json.null()
                }
                json.data(block.encoded)
            } catch {
                throw .internalError("\(error)")
            }
        }
        var endpoint = HTTPEndpoint(methods: Methods())
        endpoint.broadcast = broadcast
        endpoint.policy.servesHTTP = false
        endpoint.limits.unreadBytes = 64 << 20
        let http = try await server.listen(HTTPEndpoint(methods: methods)).port ?? 0
        let stream = try await server.listen(endpoint).port ?? 0
        addresses.withLock { $0 = (http, stream) }
        _ = chain.observeOpenBlocks { [weak self] event in
            self?.payloads.withLock { payloads in
                switch event {
                case .opened(let block, let subBlock), .extended(let block, let subBlock):
                    payloads.append(FlashblockPayload(subBlock, of: block))
                case .sealed(let block, let sealed):
                    payloads.append(FlashblockPayload(sealed: sealed, of: block, index: block.subBlocks.count))
                case .abandoned: break
                }
            }
        }
    }

    var client: EthereumClient {
        get throws { try EthereumClient([try Endpoint("http://127.0.0.1:\(addresses.withLock { $0.http })")]) }
    }

    var stream: WebSocketAddress? { WebSocketAddress("ws://127.0.0.1:\(addresses.withLock { $0.stream })/") }

    /// How often a sealed block was asked for.
    var rawBlockCount: Int { rawBlocks.withLock { $0 } }

    /// What happened to the chain's open block since the last time.
    func takePayloads() -> [FlashblockPayload] {
        payloads.withLock { payloads in
            defer { payloads = [] }
            return payloads
        }
    }

    func send(_ payload: FlashblockPayload) {
        var json = JSONWriter()
        json.flashblock(payload, nil)
        broadcast.send(json.buffer)
    }

    func stop() async { await server.stop(grace: .zero) }
}

@Suite(.serialized) struct FlashblockFollowerTests {
    /// One block of the sequencer with two transfers, each in a sub-block of its own; what its stream would say.
    ///
    /// - Parameter whenOpen: called with the first message before there is more of the block.
    private func makeBlock(
        _ rollup: RollupOnL1, _ sequencer: ServedSequencer, nonce: UInt64,
        whenOpen: (FlashblockPayload) async throws -> Void = { _ in }
    ) async throws -> (payloads: [FlashblockPayload], hash: Hash256, transactions: [Hash256]) {
        try rollup.growL1(publishing: false)
        let chain = rollup.chain.chain
        _ = sequencer.takePayloads()
        let block = try chain.open(try #require(try rollup.nextAttributes()))
        let first = sequencer.takePayloads()
        try await whenOpen(try #require(first.first))
        var hashes: [Hash256] = []
        for nonce in nonce...nonce + 1 {
            hashes.append(try chain.pool.submit(try TestSender.transfer(nonce, rollup)).hash)
            _ = try #require(try chain.extend(block))
        }
        let sealed = try chain.seal(block).sealed
        return (first + sequencer.takePayloads(), sealed.hash, hashes)
    }

    @Test func showsWhatTheSequencerHasWhileTheBlockIsOpen() async throws {
        let rollup = try await RollupOnL1(funded: TestSender.address)
        let sequencer = try await ServedSequencer(rollup.chain.chain)
        let node = try rollup.node("verifier", sequencer: try sequencer.client, flashblocks: sequencer.stream)
        let chain = node.chain.chain
        try await running([node]) {
            try await eventually("the stream being open") { sequencer.broadcast.listenerCount == 1 }
            for round in 0..<3 as Range<UInt64> {
                // While a stream is of use the verifier asks for no blocks: it could have this one before its messages come.
                let (payloads, hash, transactions) = try await makeBlock(rollup, sequencer, nonce: 2 * round) { first in
                    sequencer.send(first)
                    try await eventually("the block being open") { chain.openBlock?.header.number == round + 1 }
                }
                #expect(payloads.count == 4)
                let open = try #require(chain.openBlock)
                for (index, transaction) in transactions.enumerated() {
                    #expect(open.place(of: transaction) == nil)
                    sequencer.send(payloads[index + 1])
                    try await eventually("the receipt") { open.place(of: transaction) == index + 1 }
                }
                #expect(open.sealedSoFar.receipts.count == 3)
                // `pending` has what they paid.
                let view = try chain.view()
                let pending = try #require(try view.reference(.pending))
                #expect(
                    try view.state(pending).account(Address(truncating: 0xBEEF))?.balance == UInt256(6 * (round + 1)))
                #expect(chain.database.head.number == round)
                sequencer.send(payloads[3])
                try await eventually("the block") { chain.database.head.hash == hash }
                #expect(chain.openBlock == nil)
            }
            // None was asked for, and so none was executed twice.
            #expect(sequencer.rawBlockCount == 0)
            #expect(chain.pool.withPool { $0.count } == 0)
        }
        await sequencer.stop()
        await rollup.stop()
    }

    /// What a sequencer's stream may do wrong.
    enum Fault: String, CaseIterable, Sendable {
        case missingBeginning, missingMessage, missingEnd, twice, swapped, otherID, lessTransactions, otherTransaction
        case badTransaction, deposit, wrongHash, wrongParent, wrongNumber, wrongTime, otherGasLimit, hugeGasLimit
        case wrongBaseFee, badExtraData, noDeposit, begunTwice, endTwice

        func apply(to all: [FlashblockPayload], _ spare: [UInt8]) -> [FlashblockPayload] {
            var all = all
            switch self {
            case .missingBeginning: all.removeFirst()
            case .missingMessage: all.remove(at: 1)
            case .missingEnd: all.removeLast()
            case .twice: all.insert(all[1], at: 2)
            case .swapped: all.swapAt(1, 2)
            case .otherID: all[1].id &+= 1
            case .lessTransactions: all[2].difference.transactions = []
            case .otherTransaction: all[2].difference.transactions = [spare]
            case .badTransaction: all[1].difference.transactions = [[0x02, 0xC0]]
            case .deposit: all[1].difference.transactions = all[0].difference.transactions
            case .wrongHash: all[3].difference.blockHash = Hash256(Array(repeating: 7, count: 32)) ?? Hash256()
            case .wrongParent: all[0].base?.parentHash = Hash256()
            case .wrongNumber:
                all[0].base?.number += 1
                for index in all.indices { all[index].blockNumber += 1 }
            case .wrongTime: all[0].base?.timestamp += 100
            case .otherGasLimit: all[0].base?.gasLimit += 1
            case .hugeGasLimit: all[0].base?.gasLimit = .max
            case .wrongBaseFee: all[0].base?.baseFee = 12_345
            case .badExtraData: all[0].base?.extraData = [1, 2, 3]
            case .noDeposit: all[0].difference.transactions = []
            case .begunTwice: all.insert(all[0], at: 1)
            case .endTwice: all.append(all[3])
            }
            return all
        }
    }

    @Test(arguments: Fault.allCases) func takesTheSealedBlockWhereTheStreamIsWrong(_ fault: Fault) async throws {
        let rollup = try await RollupOnL1(funded: TestSender.address)
        let sequencer = try await ServedSequencer(rollup.chain.chain)
        let node = try rollup.node("verifier", sequencer: try sequencer.client, flashblocks: sequencer.stream)
        let chain = node.chain.chain
        try await running([node]) {
            try await eventually("the stream being open") { sequencer.broadcast.listenerCount == 1 }
            for round in 0..<3 as Range<UInt64> {
                // Where the stream fails the sealed block may come before the messages do.
                var (payloads, hash, _) = try await makeBlock(rollup, sequencer, nonce: 2 * round)
                let isFaulty = round == 1
                if isFaulty {
                    payloads = fault.apply(
                        to: payloads, try TestSender.transfer(2 * round + 1, rollup).dropLast() + [0])
                }
                for payload in payloads { sequencer.send(payload) }
                try await eventually("block \(round + 1)") { chain.database.head.hash == hash }
                // The block that was given up does not stay open.
                try await eventually("no block being open") {
                    chain.openBlock == nil || chain.openBlock?.parent.hash == hash
                }
            }
            #expect(sequencer.broadcast.listenerCount == 1)
        }
        await sequencer.stop()
        await rollup.stop()
    }

    /// Texts by what they are: the longest would fill a page of the tests' output.
    private static let nonsense = [
        "words": "no JSON", "no members": "{}", "nothing": "", "a zero": "\u{0}",
        "depth": String(repeating: "[", count: 100_000),
    ]

    @Test(arguments: nonsense.keys.sorted())
    func leavesAStreamThatMakesNoSense(_ kind: String) async throws {
        let text = try #require(Self.nonsense[kind])
        let rollup = try await RollupOnL1(funded: TestSender.address)
        let sequencer = try await ServedSequencer(rollup.chain.chain)
        let node = try rollup.node("verifier", sequencer: try sequencer.client, flashblocks: sequencer.stream)
        let notices = Mutex<[RollupNode.Notice]>([])
        try await running([node], { notice in notices.withLock { $0.append(notice) } }) {
            try await eventually("the stream being open") { sequencer.broadcast.listenerCount == 1 }
            let (_, hash, _) = try await makeBlock(rollup, sequencer, nonce: 0)
            try await eventually("trouble being told of") {
                if sequencer.broadcast.hasListeners { sequencer.broadcast.send(ByteBuffer(string: text)) }
                return notices.withLock { !$0.isEmpty }
            }
            try await eventually("the block") { node.chain.chain.database.head.hash == hash }
            // It is looked at again after a while, and used once it makes sense.
            try await eventually("the stream being open") { sequencer.broadcast.listenerCount == 1 }
            var nonce: UInt64 = 2
            try await eventually("recovery being told of") {
                let (payloads, _, _) = try await makeBlock(rollup, sequencer, nonce: nonce)
                nonce += 2
                for payload in payloads { sequencer.send(payload) }
                try await Task.sleep(for: .milliseconds(300))
                return notices.withLock { $0.count == 2 }
            }
        }
        let told = notices.withLock { $0 }
        #expect(told.last == .recovered("the sequencer's stream"), "\(told)")
        await sequencer.stop()
        await rollup.stop()
    }

    @Test func refusesAMessageThatIsTooLong() async throws {
        let rollup = try await RollupOnL1(funded: TestSender.address)
        let sequencer = try await ServedSequencer(rollup.chain.chain)
        let address = try #require(sequencer.stream)
        let text = ByteBuffer(repeating: 0x20, count: (16 << 20) + 1)
        let task = Task { () async -> WebSocketFeedError? in
            do throws(WebSocketFeedError) {
                try await WebSocketFeed(address).listen { _ in true }
                return nil
            } catch {
                return error
            }
        }
        try await eventually("the stream being open") { sequencer.broadcast.listenerCount == 1 }
        sequencer.broadcast.send(text)
        #expect(await task.value == .breach(1009))
        await sequencer.stop()
        await rollup.stop()
    }

    @Test func followsASequencer() async throws {
        let rollup = try await RollupOnL1(funded: TestSender.address)
        var settings = Sequencer.Settings()
        settings.subBlockTime = 10
        settings.isDurable = false
        let sequencing = try rollup.node("sequencing", sequencing: settings)
        let chain = sequencing.chain.chain
        let sequencer = try await ServedSequencer(chain)
        let server = Server()
        let port = try await server.listen(FlashblockStream.endpoint(of: chain)).port ?? 0
        let follower = try rollup.node(
            "verifier", sequencer: try sequencer.client, flashblocks: WebSocketAddress("ws://127.0.0.1:\(port)"))
        var delays: [Duration] = []
        try await running([sequencing, follower]) {
            try rollup.growL1(publishing: false)
            try await eventually("a block by the stream") {
                follower.chain.chain.openBlock.map { $0.header.number >= 2 } ?? false
            }
            let before = sequencer.rawBlockCount
            for nonce in 0..<40 as Range<UInt64> {
                if nonce % 8 == 0 { try rollup.growL1(publishing: false) }
                let hash = try chain.pool.submit(try TestSender.transfer(nonce, rollup)).hash
                func has(_ chain: Chain) throws -> Bool {
                    try chain.openBlock?.place(of: hash) != nil || chain.view().location(ofTransaction: hash) != nil
                }
                while try !has(chain) { try await Task.sleep(nanoseconds: 200_000) }
                let began = ContinuousClock.now
                while try !has(follower.chain.chain), ContinuousClock.now - began < .seconds(5) {
                    try await Task.sleep(nanoseconds: 200_000)
                }
                delays.append(ContinuousClock.now - began)
                try await Task.sleep(nanoseconds: UInt64.random(in: 0..<60_000_000))
            }
            #expect(sequencer.rawBlockCount <= before + 1)
        }
        delays.sort()
        print(
            "from the sequencer's receipt to the follower's: p50 \(delays[20]), p90 \(delays[36]), most \(delays[39])")
        #expect(delays[20] < .milliseconds(100))
        await server.stop(grace: .zero)
        await sequencer.stop()
        await rollup.stop()
    }
}
