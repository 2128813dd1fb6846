import Lifecycles
import Primitives
import StateTransition
import Testing

@testable import Settlement

/// What the events of Claims tell of what is done.
@Suite struct ExitLedgerTests {
    private static func address(_ number: UInt64) -> Address { Address(truncating: UInt256(number)) }

    private let contracts = RollupContracts(
        systemConfig: address(1), optimismPortal: address(2), l1CrossDomainMessenger: address(3),
        l1StandardBridge: address(4), l1ERC721Bridge: address(5), anchorStateRegistry: address(6),
        disputeGameFactory: address(7), lifecycle: address(8), claims: address(9), batchInbox: address(10))
    private let holder = address(0x11)
    private let other = address(0x12)
    private let recipient = address(0x13)

    private func log(_ topic: Hash256, _ token: Address, _ second: Address, _ words: [UInt256]) -> Log {
        Log(
            address: contracts.claims, topics: [topic, Hash256(UInt256(token)), Hash256(UInt256(second))],
            data: words.flatMap { Hash256($0).bytes })
    }

    private func opened(_ token: Address, kind: UInt256) -> Log {
        log(Claims.TokenOpened.topic, token, Self.address(0xFF), [kind])
    }

    private func ledger(_ logs: [Log]) throws -> ExitLedger {
        var ledger = ExitLedger(block: 100, state: 3)
        for log in logs { try ledger.note(log, at: 50, contracts) }
        return ledger
    }

    private func balanceClaimed(_ token: Address, _ holder: Address, id: UInt256, _ amount: UInt256) -> Log {
        log(Claims.BalanceClaimed.topic, token, holder, [UInt256(recipient), id, amount])
    }

    @Test func notesBalancesByItemAndHolder() throws {
        let collection = Self.address(0x55)
        let ledger = try ledger([
            opened(collection, kind: 5), balanceClaimed(collection, holder, id: 7, 30),
            balanceClaimed(collection, other, id: 9, 4),
        ])
        #expect(ledger.paid == [collection: 34] && ledger.progress.opened == [collection])
        let asset = ExitAsset.multiToken(collection)
        let isPaid = { (holder: Address, id: UInt256) in
            ledger.progress.isPaid(ExitHolding(holder: holder, amount: 1, tokenID: id, path: .holder), of: asset)
        }
        #expect(isPaid(holder, 7) && isPaid(other, 9) && !isPaid(holder, 9) && !isPaid(other, 7))
        // Claims keeps no record of a holder whose items it brings over.
        #expect(ledger.progress.known.isEmpty)
    }

    /// Whom Claims does not know, whatever it was asked, must not be claimed for as known.
    @Test func knowsThoseWhomClaimsKnows() throws {
        let (token, collection) = (Self.address(0x20), Self.address(0x21))
        let paid: [UInt256] = [UInt256(recipient), 5]
        let before = [opened(token, kind: 2), opened(collection, kind: 3)]
        let known = { (logs: [Log]) in try ledger(before + logs).progress.known }
        #expect(try known([log(Claims.Claimed.topic, Address(), holder, paid)]) == [holder])
        #expect(try known([log(Claims.Claimed.topic, token, holder, paid)]) == [holder])
        #expect(try known([log(Claims.PaymentFailed.topic, token, holder, paid)]) == [holder])
        #expect(try known([log(Claims.ItemClaimed.topic, collection, holder, paid)]).isEmpty)
        #expect(try known([log(Claims.PaymentFailed.topic, collection, holder, paid)]).isEmpty)
    }

    /// A token that was opened behind 95 others has its marks elsewhere than in the holders' records.
    @Test(arguments: [(94, true), (95, false)])
    func knowsNobodyByATokenWithoutRoom(before: UInt64, isKnown: Bool) throws {
        let others = (0..<before).map { opened(Self.address(0x1000 + $0), kind: 5) }
        let token = Self.address(0x20)
        let ledger = try ledger(
            others + [opened(token, kind: 2), log(Claims.Claimed.topic, token, holder, [UInt256(recipient), 5])])
        #expect(ledger.progress.isPaid(token, to: holder) && ledger.progress.known.contains(holder) == isKnown)
    }
}

/// The calls that a plan's steps are.
@Suite struct ClaimCallTests {
    private let claims = Address(truncating: 9)
    private let holders = [1, 2].map {
        ClaimStep.Holder(account: Address(truncating: $0), delegate: Address(truncating: 3))
    }

    private func selector(_ step: ClaimStep) -> [UInt8] { Array(step.request(to: claims).input.prefix(4)) }

    /// One holder's ether and tokens are claimed by the functions that take less gas for it.
    @Test func oneHolderHasCallsOfItsOwn() {
        let (token, one) = (Address(truncating: 5), [holders[0]])
        let ether = ClaimStep.claimETH(one, nodes: [7])
        #expect(
            ether.request(to: claims).input
                == Claims.claimETHOf(account: one[0].account, delegate: one[0].delegate, nodes: [7]).input)
        let tokens = ClaimStep.claimTokens(token, one, areKnown: true, nodes: [7])
        #expect(
            tokens.request(to: claims).input
                == Claims.claimTokensOf(
                    token: token, account: one[0].account, delegate: one[0].delegate, isKnown: true, nodes: [7]
                ).input)
        #expect((ether.name, tokens.name) == ("claimETHOf", "claimTokensOf"))
        #expect(selector(.claimETH(holders, nodes: [])) == [0x58, 0xFB, 0x51, 0x92])
        #expect(selector(.claimTokens(token, holders, areKnown: false, nodes: [])) == [0xD8, 0x67, 0x8D, 0x7D])
    }

    @Test func balancesNameItemAccountAndDelegate() {
        let collection = Address(truncating: 5)
        let step = ClaimStep.claimBalances(
            collection,
            [
                ClaimStep.Balance(holder: ItemHolder(tokenID: 7, account: Address(truncating: 1))),
                ClaimStep.Balance(
                    holder: ItemHolder(tokenID: 8, account: Address(truncating: 2)), delegate: Address(truncating: 3)),
            ], areKnown: true, nodes: [4])
        let words: [UInt256] = [5, 128, 1, 352, 2, 7, 1, 0, 8, 2, 3, 1]
        let nodes = [4] + [UInt8](repeating: 0, count: 31)
        #expect(
            step.request(to: claims).input == [0x1E, 0xF4, 0x48, 0xBC] + words.flatMap { Hash256($0).bytes } + nodes)
        #expect(step.isLike(.claimBalances(collection, [], areKnown: false, nodes: [])))
        #expect(!step.isLike(.claimItems(collection, [], areKnown: true, nodes: [])))
    }
}
