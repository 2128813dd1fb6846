import Blockchain
import Cryptography
import DataAvailability
import Derivation
import DevL1
import EthereumClient
import EthereumRPC
import Foundation
import JSONRPC
import Primitives
import Publishing
import RollupNode
import Sequencing
import StateTransition
import Storage
import Synchronization
import Testing

/// A sequencer whose blocks nobody publishes holds back, and goes on where somebody does.
@Suite(.serialized) struct HoldingBackTests {
    private static let limit = 5_000

    /// A sequencer on an L1 on which only deposits come, unless somebody publishes.
    private final class Setting {
        let rollup: RollupOnL1
        private(set) var node: RollupNode!
        let notices = Notices()
        private var working: Task<Void, Never>?

        init() async throws {
            rollup = try await RollupOnL1(sequencingWindow: 500, funded: TestSender.address)
            node = try rollup.node("sequencing", sequencing: Self.settings)
        }

        private static var settings: Sequencer.Settings {
            var settings = Sequencer.Settings()
            settings.subBlockTime = 10
            settings.isDurable = false
            settings.unpublishedLimit = HoldingBackTests.limit
            return settings
        }

        func start() {
            working = Task { [node, notices] in
                try? await node?.run(every: .milliseconds(50)) { notices.add($0) }
            }
        }

        func stop() async {
            working?.cancel()
            await working?.value
            working = nil
            await node.l1.close()
        }

        func restart() async throws {
            await stop()
            try node.chain.chain.database.close()
            // Whoever has the chain keeps its file open.
            node = nil
            node = try rollup.node("sequencing", sequencing: Self.settings)
            start()
        }
    }

    /// What the node told of, but what comes and goes with the test's own L1.
    private final class Notices: Sendable {
        private let all = Mutex<[RollupNode.Notice]>([])

        func add(_ notice: RollupNode.Notice) { all.withLock { $0.append(notice) } }

        /// How often it began to hold back, and stopped.
        var counts: (began: Int, ended: Int) {
            all.withLock { notices in
                var counts = (began: 0, ended: 0)
                for notice in notices {
                    switch notice {
                    case .trouble(let text): if text.hasPrefix("publishing: ") { counts.began += 1 }
                    case .recovered(let part): if part == "publishing" { counts.ended += 1 }
                    case .happened: break
                    }
                }
                return counts
            }
        }
    }

    /// Lets the contract at the portal's address log whatever it is called with as a deposit to 0xD00D.
    private func deploy(on rollup: RollupOnL1) throws {
        let topic = DepositLog.topic.bytes
        // CALLDATACOPY of everything; the version, the receiver and the caller are the other topics; LOG4.
        let code: [UInt8] =
            [0x36, 0x5F, 0x5F, 0x37, 0x5F, 0x61, 0xD0, 0x0D, 0x33, 0x7F] + topic + [0x36, 0x5F, 0xA4, 0x00]
        let portal = rollup.configuration.depositContract
        try rollup.served.l1.producer.produce { _ in
            let hash = Keccak256.hash(code)
            var diff = StateDiff()
            diff.accounts = [.init(address: portal, record: AccountRecord(nonce: 1, codeHash: hash))]
            diff.codes = [.init(hash: hash, bytes: code)]
            return diff
        }
    }

    private func deposit(_ amount: UInt256, _ nonce: UInt64, on rollup: RollupOnL1) throws {
        let packed = amount.bytes + amount.bytes + [0, 0, 0, 0, 0, 1, 0x86, 0xA0, 0]
        let padding = [UInt8](repeating: 0, count: 96 - packed.count)
        let account = rollup.served.l1.accounts[3]
        var transaction = Transaction(
            kind: .dynamicFee, chainID: 1_337, nonce: nonce, maxFeePerGas: 100_000_000_000,
            maxPriorityFeePerGas: 1_000_000_000, gasLimit: 200_000, to: rollup.configuration.depositContract,
            input: UInt256(32).bytes + UInt256(UInt64(packed.count)).bytes + packed + padding)
        let signature = try #require(
            Secp256k1.sign(hash: transaction.signingHash, privateKey: account.privateKey))
        transaction.signature = Signature(v: signature.isOdd ? 1 : 0, r: signature.r, s: signature.s)
        _ = try rollup.served.l1.chain.pool.submit(transaction.encoded)
    }

    private func balance(_ number: UInt64, _ chain: Chain) throws -> UInt256 {
        let view = try chain.view()
        return try view.state(view.head).account(Address(truncating: UInt256(number)))?.balance ?? 0
    }

    @Test func aFloodWaitsDepositsGoInAndNothingIsLost() async throws {
        let setting = try await Setting()
        let transfers = try (0..<6_000).map { try TestSender.transfer($0, setting.rollup) }
        try deploy(on: setting.rollup)
        setting.start()
        let flood = try await flood(setting, transfers)
        try await setting.restart()
        try await recover(setting, after: flood)
        await setting.stop()
        await setting.rollup.stop()
    }

    /// More comes than is published: the pool fills, and blocks have deposits.
    ///
    /// - Returns: the bytes that wait for L1, and how many transfers the pool took.
    private func flood(
        _ setting: Setting, _ transfers: [[UInt8]]
    ) async throws -> (unpublished: Int, accepted: UInt64) {
        let rollup = setting.rollup
        let chain = setting.node.chain.chain
        try rollup.growL1(publishing: false)
        try await eventually("the first block") { chain.database.head.number >= 1 }
        var accepted: UInt64 = 0
        for transfer in transfers { if (try? chain.pool.submit(transfer)) != nil { accepted += 1 } else { break } }
        #expect(accepted < 6_000, "the pool has no end")
        let unpublished = try #require(setting.node.unpublished)
        try await eventually("holding back") { unpublished.status.isHeldBack }
        // It is told of a moment after it is so.
        try await eventually("the notice") { setting.notices.counts == (1, 0) }
        let notes = setting.node.statusNotes
        #expect(notes.notice?.contains("deposits only") == true)
        #expect(notes.figures.suffix(2).map { $0.value } == [try #require(unpublished.status.byteCount), 1])

        // Whatever waits, deposits go in, and nothing else.
        let first = chain.database.head.number
        for round in 1...3 as ClosedRange<UInt64> {
            try deposit(1_000, round - 1, on: rollup)
            try rollup.growL1(publishing: false)
            try await eventually("deposit \(round)") { try balance(0xD00D, chain) == UInt256(1_000 * round) }
        }
        let last = chain.database.head.number
        #expect(last > first)
        for number in first + 1...last {
            let view = try chain.view()
            let reference = try #require(try view.reference(.number(number)))
            let block = try #require(try view.block(reference))
            #expect(block.transactions.allSatisfy { $0.deposit != nil })
        }
        #expect(chain.pool.withPool { $0.count } > 0 && unpublished.status.isHeldBack)
        #expect(setting.notices.counts == (1, 0))

        return (try #require(unpublished.status.byteCount), accepted)
    }

    /// After a restart it is as before, until a batcher comes.
    private func recover(_ setting: Setting, after flood: (unpublished: Int, accepted: UInt64)) async throws {
        let rollup = setting.rollup
        let again = setting.node.chain.chain
        let tracker = try #require(setting.node.unpublished)
        try await eventually("holding back again") { tracker.status.isHeldBack }
        #expect(tracker.status.byteCount == flood.unpublished)
        let included = try #require(try account(again)).nonce
        #expect(again.pool.withPool { $0.count } == Int(flood.accepted - included))

        // A batcher comes, and blocks are full again.
        try await publishing(setting) {
            for _ in 0..<300 where try account(again)?.nonce != flood.accepted {
                try rollup.growL1(publishing: false)
                try await Task.sleep(for: .milliseconds(100))
            }
            #expect(try account(again)?.nonce == flood.accepted)
            for _ in 0..<300 where tracker.status.isHeldBack || tracker.status.byteCount != 0 {
                try rollup.growL1(publishing: false)
                try await Task.sleep(for: .milliseconds(100))
            }
        }
        let status = tracker.status
        #expect(status.byteCount == 0 && !status.isHeldBack && status.limit == Self.limit)
        let counts = setting.notices.counts
        #expect(counts.began == counts.ended + 1, "the first process ended while it held back")
        #expect(try balance(0xBEEF, again) == UInt256(3) &* UInt256(flood.accepted))
        let verifier = try rollup.node("verifier")
        try await verifier.derive(upTo: .max) { _ in }
        let safe = try verifier.chain.head()
        #expect(try setting.node.chain.isCanonical(safe.id))
        #expect(try balance(0xBEEF, verifier.chain.chain) == UInt256(3) &* UInt256(flood.accepted))
        await verifier.l1.close()
    }

    private func account(_ chain: Chain) throws -> AccountRecord? {
        let view = try chain.view()
        return try view.state(view.head).account(TestSender.address)
    }

    /// Runs a batcher while `body` does something.
    private func publishing(_ setting: Setting, _ body: () async throws -> Void) async throws {
        let rollup = setting.rollup
        var methods = EthereumMethods.all(
            NodeContext(chain: setting.node.chain.chain, settings: RPCSettings(clientVersion: "test")))
        setting.node.addMethods(to: &methods, version: "test")
        let served = try await ServedAnswers(methods)
        let l1 = try EthereumClient([try Endpoint(rollup.served.url)])
        let client = try EthereumClient([try Endpoint(served.url)])
        var settings = BatcherSettings()
        settings.channelDuration = 1
        // It asks for less at once, of a node that does not serve that to everybody.
        settings.throttleStart = 1
        let account = rollup.served.l1.accounts[1]
        let key = account.privateKey
        let driver = BatcherDriver(
            rollup.configuration, choice: .calldata, settings: settings,
            account: BatcherAccount(
                address: account.address,
                sign: { transaction in
                    guard let made = Secp256k1.sign(hash: transaction.signingHash, privateKey: key) else { return }
                    transaction.signature = Signature(v: made.isOdd ? 1 : 0, r: made.r, s: made.s)
                }), l1: EthereumSettlement(l1), rollup: client,
            data: DataLayers([CalldataAvailability(), BlobAvailability(nil)]))
        let troubles = Mutex<[String]>([])
        let work = Task {
            try? await driver.run(every: .milliseconds(20)) { notice in
                if case .trouble(let text) = notice { troubles.withLock { $0.append(text) } }
            }
        }
        let result = await Result { () async throws in try await body() }
        work.cancel()
        await work.value
        await l1.close()
        await client.close()
        await served.stop()
        try result.get()
        #expect(troubles.withLock { $0 } == [])
    }
}

extension Result where Failure == any Error {
    fileprivate init(_ body: () async throws -> Success) async {
        do { self = .success(try await body()) } catch { self = .failure(error) }
    }
}
