import Derivation
import EthereumClient
import Foundation
import JSONRPC
import Layers
import Primitives
import Proposing
@testable import Settlement
import StateTransition
import Testing
import Trie

/// A rollup on an embedded L1, with what its owner and its users do: deposits, proposals, withdrawals, and what must fail.
@Suite struct BridgeTests {
    private struct Situation {
        let bench: SettlementBench
        let launched: Launch.Launched
        let rollup: ServedRollup
        let bridge: Bridge

        /// Of a development account, on the rollup.
        func l2Sender(_ index: Int) -> TransactionSender {
            TransactionSender(
                client: rollup.client, signer: bench.sender(index).signer,
                chainID: launched.genesis.rollup.l2ChainID)
        }

        func driver(_ index: Int = 2, interval: UInt64 = 1) async throws -> BondedSecurity {
            try await BondedSecurity(
                launched.genesis.rollup, node: rollup.client, sender: bench.sender(index),
                proposer: Proposer(interval: interval))
        }

        /// Withdraws on the rollup while it makes blocks.
        func withdraw(_ asset: BridgedAsset, to recipient: Address, by index: Int) async throws -> InitiatedWithdrawal {
            let (bridge, sender) = (bridge, l2Sender(index))
            // Deposits from the account count too.
            let nonce = try await rollup.client.nonce(of: sender.address, countsPending: false)
            let task = Task { try await bridge.withdraw(asset, to: recipient, by: sender).withdrawal }
            for _ in 0..<200 {
                try await Task.sleep(for: .milliseconds(50))
                try await rollup.follow()
                if try await rollup.client.nonce(of: sender.address, countsPending: false) != nonce { break }
            }
            return try await task.value
        }
    }

    private let ether: UInt256 = 1_000_000_000_000_000_000

    private func situation(_ body: (Situation) async throws -> Void) async throws {
        try await SettlementBench.run { bench in
            let launched = try await bench.launch()
            let rollup = try await ServedRollup(launched.genesis, l1: bench.client)
            let result = await Result { () async throws in
                let bridge = try await Bridge(launched.genesis.rollup, l1: bench.client, l2: rollup.client)
                try await body(Situation(bench: bench, launched: launched, rollup: rollup, bridge: bridge))
            }
            await rollup.stop()
            try result.get()
        }
    }

    /// Runs the proposer until it has nothing to do.
    private func settle(_ driver: BondedSecurity) async throws -> [ProposingAction] {
        var actions: [ProposingAction] = []
        while let (action, _) = try await driver.step() {
            actions.append(action)
            if actions.count > 20 { break }
        }
        return actions
    }

    private func expectRule(_ part: String, _ body: () async throws -> Void) async {
        do {
            try await body()
            Issue.record("nothing was thrown")
        } catch let error as SettlementError {
            #expect(error.message.contains(part), "\(error.message)")
        } catch {
            Issue.record("\(error)")
        }
    }

    @Test func carriesEtherThereAndBack() async throws {
        try await situation { now in
            let (bench, bridge) = (now.bench, now.bridge)
            let user = bench.sender(1)
            let deposit = try await bridge.deposit(.ether(5 &* ether), to: user.address, by: user)
            try await now.rollup.follow()
            _ = try await bridge.wait(for: deposit, seconds: 5)
            #expect(try await now.rollup.client.balance(of: user.address) == 5 &* ether)

            let recipient = Address(truncating: 0xBEEF_0001)
            let withdrawal = try await now.withdraw(.ether(2 &* ether), to: recipient, by: 1)
            await expectRule("no output that holds the withdrawal is proposed yet") {
                _ = try await bridge.prove(withdrawal, by: user)
            }
            #expect(try await settle(now.driver()).count == 1)
            await expectRule("prove it first") {
                _ = try await bridge.finalize(withdrawal, provenBy: user.address, by: user)
            }
            let game = try await bridge.prove(withdrawal, by: user)
            #expect(game.blockNumber >= withdrawal.blockNumber)
            await expectRule("proven already") { _ = try await bridge.prove(withdrawal, by: user) }
            guard case .proven(let left) = try await bridge.stage(of: withdrawal, provenBy: user.address) else {
                return try #require(Bool(false), "not proven")
            }
            #expect((50...70).contains(left))
            await expectRule("not final yet") {
                _ = try await bridge.finalize(withdrawal, provenBy: user.address, by: user)
            }
            try await bench.wait(seconds: 61)
            // A proposer of the same account that was started anew sees the proposal through.
            var actions = try await settle(now.driver())
            #expect(actions.contains(.resolve(game.address)) && actions.contains(.claim(game.address)))
            try await bench.wait(seconds: 5)
            actions += try await settle(now.driver())
            #expect(actions.contains(.anchor(game.address)))
            #expect(try await bridge.stage(of: withdrawal, provenBy: user.address) == .finalizable)
            // Anybody may finalise.
            let stranger = bench.sender(4)
            #expect(try await bridge.finalize(withdrawal, provenBy: user.address, by: stranger))
            #expect(try await bench.client.balance(of: recipient) == 2 &* ether)
            #expect(try await bridge.stage(of: withdrawal, provenBy: user.address) == .finalized)
            await expectRule("finalised already") {
                _ = try await bridge.finalize(withdrawal, provenBy: user.address, by: user)
            }
            await expectRule("finalised already") { _ = try await bridge.prove(withdrawal, by: user) }
            // The contract says the same to who does not ask.
            let again = OptimismPortal.finalizeWithdrawalTransaction(tx: withdrawal.withdrawal)
            await expectRule("OptimismPortal_AlreadyFinalized()") {
                try await user.perform(TransactionRequest(again, to: bridge.contracts.optimismPortal))
            }
        }
    }

    @Test func refusesForgedProofsAndFalseOutputs() async throws {
        try await situation { now in
            let (bench, bridge) = (now.bench, now.bridge)
            let (user, thief) = (bench.sender(1), bench.sender(5))
            _ = try await bridge.deposit(.ether(5 &* ether), to: user.address, by: user)
            try await now.rollup.follow()
            let withdrawal = try await now.withdraw(.ether(ether), to: user.address, by: 1)
            // An output that is not the rollup's, with a bond.
            let factory = bridge.contracts.disputeGameFactory
            let bond = try await bench.client.read(DisputeGameFactory.initBonds(2026), from: factory)
            let number = try await now.rollup.client.header(.latest).header.number
            let lie = DisputeGameFactory.create(
                gameType: 2026, rootClaim: Hash256(UInt256(666)), extraData: UInt256(number).bytes)
            try await thief.perform(TransactionRequest(lie, to: factory, value: bond))
            let games = OutputGames(client: bench.client, factory: factory)
            let false_ = try #require(try await games.newest(limit: 1) { _ in true }.first)
            // The bridge does not prove against it, and the proposer disputes it.
            guard case .notProposed = try await bridge.stage(of: withdrawal, provenBy: user.address) else {
                return try #require(Bool(false), "a false output was taken")
            }
            let actions = try await settle(now.driver())
            #expect(actions.first == .challenge(false_.address))
            let true_ = try #require(try await games.newest(limit: 1) { _ in true }.first)
            #expect(true_.address != false_.address)

            let call = try await bridge.proof(of: withdrawal, in: true_)
            try await bench.wait(seconds: 2)
            let portal = bridge.contracts.optimismPortal
            // More than was withdrawn.
            var greedy = withdrawal.withdrawal
            greedy.value = greedy.value &+ 1
            let header = try await now.rollup.client.header(.number(true_.blockNumber))
            let entry = try await now.rollup.client.proof(
                of: Bridge.messagePasser, slots: [withdrawal.withdrawal.slot], at: header
            ).slots[0]
            await expectRule("MerkleTrie: ") {
                try await thief.perform(
                    TransactionRequest(
                        OptimismPortal.proveWithdrawalTransaction(
                            tx: greedy, disputeGameIndex: true_.index,
                            outputRootProof: header.output.proof, withdrawalProof: entry.nodes),
                        to: portal))
            }
            // Another output than was proposed.
            var other = header.output.proof
            other.stateRoot = Hash256(UInt256(1))
            await expectRule("OptimismPortal_InvalidOutputRootProof()") {
                try await thief.perform(
                    TransactionRequest(
                        OptimismPortal.proveWithdrawalTransaction(
                            tx: withdrawal.withdrawal, disputeGameIndex: true_.index, outputRootProof: other,
                            withdrawalProof: entry.nodes),
                        to: portal))
            }
            // The true one holds, and the false one comes to nothing.
            try await user.perform(TransactionRequest(call, to: portal))
            try await bench.wait(seconds: 700)
            _ = try await settle(now.driver())
            #expect(try await bench.client.read(BondedProposal.status(), from: false_.address) == 1)
            #expect(try await bench.client.read(BondedProposal.status(), from: true_.address) == 2)
        }
    }

    /// Outputs of blocks that no node has yet, and of none that there can be, are challenged in time, also by who has no money
    /// to spare until its own bonds are back.
    @Test func challengesOutputsThatNobodyCanCheck() async throws {
        try await situation { now in
            let (bench, thief) = (now.bench, now.bench.sender(5))
            try await now.rollup.follow()
            let factory = now.bridge.contracts.disputeGameFactory
            let bond = try await bench.client.read(DisputeGameFactory.initBonds(2026), from: factory)
            let games = OutputGames(client: bench.client, factory: factory)
            let next = try await now.rollup.client.header(.latest).header.number + 1
            try await bench.wait(seconds: 10)
            var lies: [Address] = []
            for number in [UInt256(next), UInt256(1) << 40, UInt256(UInt64.max), UInt256(1) << 70, UInt256.max] {
                let lie = DisputeGameFactory.create(
                    gameType: 2026, rootClaim: Hash256(UInt256(666)), extraData: number.bytes)
                do throws(SettlementError) {
                    try await thief.perform(TransactionRequest(lie, to: factory, value: bond))
                } catch {
                    // The module refuses what cannot be.
                    guard case .reverted = error, number != UInt256(next) else { throw error }
                    continue
                }
                lies.append(try #require(try await games.newest(limit: 1) { _ in true }.first).address)
            }
            let driver = try await now.driver(interval: 1_000)
            #expect(try await settle(driver) == lies.dropFirst().map { .challenge($0) })
            // Nobody has made the next block when the time runs out.
            try await bench.wait(seconds: 45)
            #expect(try await settle(driver) == [.challenge(lies[0])])
        }
    }

    /// A false output that cannot be challenged for want of money is an alarm until somebody has challenged it.
    @Test func tellsOfFalseOutputsThatItCannotPayFor() async throws {
        try await situation { now in
            try await now.rollup.follow()
            let factory = now.bridge.contracts.disputeGameFactory
            let bond = try await now.bench.client.read(DisputeGameFactory.initBonds(2026), from: factory)
            let lie = DisputeGameFactory.create(
                gameType: 2026, rootClaim: Hash256(UInt256(666)), extraData: UInt256(1).bytes)
            try await now.bench.sender(5).perform(TransactionRequest(lie, to: factory, value: bond))
            let key = try #require(SigningKey(777_777))
            let poor = try await BondedSecurity(
                now.launched.genesis.rollup, node: now.rollup.client,
                sender: TransactionSender(client: now.bench.client, signer: .key(key), chainID: 1337),
                proposer: Proposer(interval: 1_000))
            #expect(try await poor.advance() == nil)
            let alarms = await poor.alarms()
            #expect(alarms.count == 1 && alarms[0].contains("\(key.address) cannot pay 0.01 ether"))
            #expect(try await settle(now.driver(interval: 1_000)).count == 1)
            #expect(try await poor.advance() == nil)
            #expect(await poor.alarms().isEmpty)
        }
    }

    @Test func carriesTokensThereAndBack() async throws {
        try await situation { now in
            let (bench, bridge) = (now.bench, now.bridge)
            let user = bench.sender(1)
            _ = try await bridge.deposit(.ether(ether), to: user.address, by: user)
            // A token of L1: wrapped ether.
            let code = try bundledCode("WETH")
            let made = try await user.perform(TransactionRequest(to: nil, input: code, gasLimit: 5_000_000))
            let token = try #require(made.contractAddress)
            try await user.perform(TransactionRequest(to: token, value: 1_000))
            try await now.rollup.follow()
            // Its counterpart on the rollup, made by a deposit: anybody may.
            let factory = Address(truncating: UInt256(limbs: 0x12, 0, 0x4200_0000, 0))
            let create = OptimismMintableERC20Factory.createOptimismMintableERC20(
                remoteToken: token, name: "Token", symbol: "TKN")
            let creation = try await bridge.deposit(
                .message(value: 0, data: create.input, gasLimit: 3_000_000), to: factory, by: user)
            try await now.rollup.follow()
            let logs = try await bridge.wait(for: creation, seconds: 5).logs
            let events = try OptimismMintableERC20Factory.OptimismMintableERC20Created.all(in: logs, of: factory)
            let twin = try #require(events.first?.localToken)

            let recipient = Address(truncating: 0xBEEF_0002)
            let deposit = try await bridge.deposit(
                .erc20(l1: token, l2: twin, amount: 600), to: user.address, by: user)
            try await now.rollup.follow()
            _ = try await bridge.wait(for: deposit, seconds: 5)
            #expect(
                try await now.rollup.client.read(OptimismMintableERC20.balanceOf(user.address), from: twin) == 600)
            await expectRule("fewer than 1001") {
                _ = try await bridge.deposit(.erc20(l1: token, l2: twin, amount: 1_001), to: recipient, by: user)
            }
            let withdrawal = try await now.withdraw(.erc20(l1: token, l2: twin, amount: 250), to: recipient, by: 1)
            _ = try await settle(now.driver())
            _ = try await bridge.prove(withdrawal, by: user)
            // Nobody resolved the proposal: who finalises does.
            try await bench.wait(seconds: 61)
            await expectRule("not final yet") {
                _ = try await bridge.finalize(withdrawal, provenBy: user.address, by: user)
            }
            try await bench.wait(seconds: 5)
            #expect(try await bridge.finalize(withdrawal, provenBy: user.address, by: user))
            #expect(try await bench.client.read(OptimismMintableERC20.balanceOf(recipient), from: token) == 250)
        }
    }

    @Test func carriesCollectiblesThereAndBack() async throws {
        try await situation { now in
            let (bench, bridge) = (now.bench, now.bridge)
            let user = bench.sender(1)
            _ = try await bridge.deposit(.ether(ether), to: user.address, by: user)
            // A collection of L1: the rollup's contract, whose bridge is the user, who may mint.
            let code =
                try bundledCode("OptimismMintableERC721")
                + OptimismMintableERC721.constructorArguments(
                    bridge: user.address, remoteChainId: 5, remoteToken: Address(truncating: 1), name: "Cards",
                    symbol: "CRD")
            let made = try await user.perform(TransactionRequest(to: nil, input: code, gasLimit: 8_000_000))
            let cards = try #require(made.contractAddress)
            let mint = OptimismMintableERC721.safeMint(to: user.address, tokenId: 7)
            try await user.perform(TransactionRequest(mint, to: cards))
            try await now.rollup.follow()
            let factory = Address(truncating: UInt256(limbs: 0x17, 0, 0x4200_0000, 0))
            let create = OptimismMintableERC721Factory.createOptimismMintableERC721(
                remoteToken: cards, name: "Cards", symbol: "CRD")
            let creation = try await bridge.deposit(
                .message(value: 0, data: create.input, gasLimit: 4_000_000), to: factory, by: user)
            try await now.rollup.follow()
            let logs = try await bridge.wait(for: creation, seconds: 5).logs
            let events = try OptimismMintableERC721Factory.OptimismMintableERC721Created.all(in: logs, of: factory)
            let twin = try #require(events.first?.localToken)

            let deposit = try await bridge.deposit(
                .erc721(l1: cards, l2: twin, tokenID: 7), to: user.address, by: user)
            try await now.rollup.follow()
            _ = try await bridge.wait(for: deposit, seconds: 5)
            let owner = OptimismMintableERC721.ownerOf(tokenId: 7)
            #expect(try await now.rollup.client.read(owner, from: twin) == user.address)
            #expect(try await bench.client.read(owner, from: cards) == bridge.contracts.l1ERC721Bridge)
            let recipient = Address(truncating: 0xBEEF_0003)
            let withdrawal = try await now.withdraw(.erc721(l1: cards, l2: twin, tokenID: 7), to: recipient, by: 1)
            _ = try await settle(now.driver())
            _ = try await bridge.prove(withdrawal, by: user)
            try await bench.wait(seconds: 61)
            _ = try await settle(now.driver())
            try await bench.wait(seconds: 5)
            #expect(try await bridge.finalize(withdrawal, provenBy: user.address, by: user))
            #expect(try await bench.client.read(owner, from: cards) == recipient)
        }
    }

    /// A proposer that runs by itself, is stopped in the midst of it, and goes on as another; and one that cannot do anything.
    @Test func proposesByItself() async throws {
        try await situation { now in
            try await now.rollup.follow()
            let reports = AsyncStream.makeStream(of: ProposerDriver.Report.self)
            let begun = try await now.driver()
            let task = Task {
                try? await ProposerDriver(begun).run(pause: .milliseconds(20)) { reports.continuation.yield($0) }
            }
            var iterator = reports.stream.makeAsyncIterator()
            // What is final at first is the genesis.
            let genesis = OutputClaim(blockNumber: 0, root: now.launched.genesis.outputRoot)
            #expect(await iterator.next() == .final(genesis))
            guard case .did(let proposed) = await iterator.next(), proposed.action == "propose" else {
                return try #require(Bool(false), "no proposal")
            }
            task.cancel()
            await task.value
            try await now.bench.wait(seconds: 61)
            let again = try await now.driver()
            let second = Task {
                try? await ProposerDriver(again).run(pause: .milliseconds(20)) { reports.continuation.yield($0) }
            }
            #expect(await iterator.next() == .final(genesis))
            guard case .did(let resolved) = await iterator.next(), resolved.action == "resolve",
                case .did(let claimed) = await iterator.next(), claimed.action == "claim"
            else { return try #require(Bool(false), "not seen through") }
            second.cancel()
            await second.value

            let key = try #require(SigningKey(777_777))
            let poor = try await BondedSecurity(
                now.launched.genesis.rollup, node: now.rollup.client,
                sender: TransactionSender(client: now.bench.client, signer: .key(key), chainID: 1337),
                proposer: Proposer(interval: 1))
            try await now.rollup.follow()
            let third = Task {
                try? await ProposerDriver(poor).run(pause: .milliseconds(20)) { reports.continuation.yield($0) }
            }
            while let report = await iterator.next() {
                guard case .failed(let why) = report else { continue }
                #expect(why.contains("send it some") || why.contains("insufficient funds"), "\(why)")
                break
            }
            third.cancel()
            await third.value
        }
    }

    /// The creation code of a contract of the rollup, from the artifacts in the repository.
    private func bundledCode(_ name: String) throws -> [UInt8] {
        struct Artifact: Decodable { var bytecode: String }
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../contracts/artifacts/l2/\(name).json")
        return try Hex.decode(JSONDecoder().decode(Artifact.self, from: Data(contentsOf: file)).bytecode)
    }

    @Test func refusesAnotherChain() async throws {
        try await situation { now in
            let rollup = now.launched.genesis.rollup
            await expectRule("chain id") { _ = try await Bridge(rollup, l1: now.rollup.client) }
            await expectRule("chain id") { _ = try await Bridge(rollup, l1: now.bench.client, l2: now.bench.client) }
        }
    }
}
