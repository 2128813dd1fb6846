import Lifecycles
import Primitives
import Testing

@testable import Settlement

/// What withdrawals take to the bridges of L1, by the messages in them.
@Suite struct RelayedAssetTests {
    private static func address(_ number: UInt64) -> Address { Address(truncating: UInt256(number)) }

    private let contracts = RollupContracts(
        systemConfig: address(1), optimismPortal: address(2), l1CrossDomainMessenger: address(3),
        l1StandardBridge: address(4), l1ERC721Bridge: address(5), anchorStateRegistry: address(6),
        disputeGameFactory: address(7), lifecycle: address(8), claims: address(9), batchInbox: address(10))
    private let token = L1StandardBridge.finalizeBridgeERC20(
        localToken: address(0xA1), remoteToken: address(0xA2), from: address(0xF), to: address(0xE), amount: 77,
        extraData: [1, 2, 3]
    ).input
    private let item = L1ERC721Bridge.finalizeBridgeERC721(
        localToken: address(0xB1), remoteToken: address(0xB2), from: address(0xF), to: address(0xE), tokenId: 5,
        extraData: []
    ).input

    private func withdrawal(
        _ message: [UInt8], from sender: Address, to target: Address, by messenger: Address = Bridge.messenger
    ) -> PassedWithdrawal {
        let call = L1CrossDomainMessenger.relayMessage(
            nonce: 9, sender: sender, target: target, value: 0, minGasLimit: 1, message: message)
        return PassedWithdrawal(
            blockNumber: 1, nonce: 1, sender: messenger, target: contracts.l1CrossDomainMessenger, value: 0,
            gasLimit: 1, data: call.input)
    }

    @Test func knowsWhatTheBridgesTake() {
        let tokens = withdrawal(token, from: Bridge.standardBridge, to: contracts.l1StandardBridge)
        let items = withdrawal(item, from: Bridge.erc721Bridge, to: contracts.l1ERC721Bridge)
        #expect(
            RelayedAsset(tokens, contracts) == .token(Self.address(0xA2), remote: Self.address(0xA1), amount: 77))
        #expect(RelayedAsset(items, contracts) == .item(Self.address(0xB2), remote: Self.address(0xB1), id: 5))
    }

    @Test func knowsWhoseAWithdrawalIs() {
        let ether = L1StandardBridge.finalizeBridgeETH(
            from: Self.address(0xF), to: Self.address(0xE), amount: 0, extraData: []
        ).input
        func terms(_ message: [UInt8], _ sender: Address, _ target: Address) -> WithdrawalTerms {
            WithdrawalTerms(withdrawal(message, from: sender, to: target), contracts)
        }
        let tokens = terms(token, Bridge.standardBridge, contracts.l1StandardBridge)
        #expect(tokens.asset == .token(Self.address(0xA1), amount: 77))
        let items = terms(item, Bridge.erc721Bridge, contracts.l1ERC721Bridge)
        #expect(items.asset == .item(Self.address(0xB1), id: 5))
        let wei = terms(ether, Bridge.standardBridge, contracts.l1StandardBridge)
        #expect(wei.asset == .ether(0))
        for each in [tokens, items, wei] {
            #expect(each.from == Self.address(0xF) && each.to == Self.address(0xE))
            #expect(each.concerns(Self.address(0xE)) && !each.concerns(Bridge.standardBridge))
        }
        // The same words from somebody else are a call of his, and not the bridge's.
        let somebody = Self.address(0xBAD)
        let forged = terms(ether, somebody, contracts.l1StandardBridge)
        #expect(forged.asset == .call(0) && forged.from == somebody && !forged.concerns(Self.address(0xE)))
    }

    @Test func takesNothingForWhatAnotherSends() {
        let somebody = Self.address(0xBAD)
        let others = [
            withdrawal(token, from: somebody, to: contracts.l1StandardBridge),
            withdrawal(token, from: Bridge.standardBridge, to: somebody),
            withdrawal(token, from: Bridge.standardBridge, to: contracts.l1StandardBridge, by: somebody),
            withdrawal(item, from: Bridge.standardBridge, to: contracts.l1StandardBridge),
        ]
        for each in others { #expect(RelayedAsset(each, contracts) == nil) }
    }

    @Test func readsWhatIsCutShort() {
        let whole = withdrawal(token, from: Bridge.standardBridge, to: contracts.l1StandardBridge)
        for length in 0..<whole.data.count {
            var cut = whole
            cut.data.removeLast(whole.data.count - length)
            // What counts may be whole where padding alone is missing.
            if let asset = RelayedAsset(cut, contracts) { #expect(asset == RelayedAsset(whole, contracts)) }
        }
    }
}
