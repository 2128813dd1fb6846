import EVM
import Primitives
import Sequencing
import StateTransition
import Testing

@Suite struct MempoolAdmissionTests {
    /// A refusal and what it says, in the words that libraries look for.
    @Test func saysWhyInTheUsualWords() {
        var fixture = PoolFixture()
        fixture.states[1] = SenderState(nonce: 5, balance: 10_000_000)
        #expect(fixture.addTransfer(1, 3)?.message == "nonce too low: next nonce 5, tx nonce 3")
        #expect(fixture.addTransfer(1, 5) == nil)
        let known = fixture.pool.content(from: PoolFixture.address(1)).pending[0]
        #expect(fixture.add(known, from: 1)?.message == "already known")
        #expect(fixture.addTransfer(1, 5, tip: 2, cap: 109)?.message == "replacement transaction underpriced")
        #expect(
            fixture.addTransfer(1, 6, cap: 1_000)?.message
                == "insufficient funds for gas * price + value: balance 10000000, tx cost 21000001, overshot 11000001")
        fixture.states[1]?.balance = 3_000_000
        #expect(
            fixture.addTransfer(1, 6)?.message
                == "insufficient funds for gas * price + value: balance 3000000, queued cost 2100001, "
                + "tx cost 2100001, overshot 1200002")
        #expect(
            fixture.addTransfer(1, 5, tip: 3, cap: 150)?.message
                == "insufficient funds for gas * price + value: balance 3000000, tx cost 3150001, overshot 150001")
        #expect(
            fixture.addTransfer(2, 0, tip: 0)?.message
                == "transaction gas price below minimum: gas tip cap 0, minimum needed 1")
        #expect(
            fixture.addTransfer(2, 0, tip: 200)?.message
                == "max priority fee per gas higher than max fee per gas")
        #expect(fixture.addTransfer(2, .max)?.message == "nonce has max value")
        #expect(MempoolError.underpriced.code == -32_000)
    }

    @Test func asksWhatTheRulesAsk() {
        func refusal(
            revision: Revision = .osaka, _ change: (inout Transaction) -> Void
        ) -> String? {
            var fixture = PoolFixture(revision: revision)
            var transaction = fixture.transfer(1, 0).transaction
            change(&transaction)
            return fixture.add(fixture.pooled(1, transaction), from: 1)?.message
        }
        #expect(refusal { _ in } == nil)
        #expect(
            refusal { $0.chainID = 2 } == "invalid sender: invalid chain id for signer: have 2 want 1")
        #expect(refusal { $0.gasLimit = 20_999 } == "intrinsic gas too low: gas 20999, minimum needed 21000")
        #expect(
            refusal {
                $0.input = [UInt8](repeating: 1, count: 100); $0.gasLimit = 23_000
            }
                == "insufficient gas for floor data gas cost: gas 23000, minimum needed 25000")
        #expect(
            refusal { $0.gasLimit = 16_777_217 } == "transaction gas limit too high (cap: 16777216, tx: 16777217)")
        #expect(refusal(revision: .prague) { $0.gasLimit = 30_000_001 } == "exceeds block gas limit")
        #expect(
            refusal {
                $0.to = nil; $0.input = [UInt8](repeating: 0, count: 49_153); $0.gasLimit = 2_000_000
            }
                == "max initcode size exceeded: code size 49153 limit 49152")
        #expect(
            refusal {
                $0.input = [UInt8](repeating: 0, count: 131_072); $0.gasLimit = 16_000_000
            }?
            .hasPrefix("oversized data: transaction size 131") == true)
        #expect(
            refusal(revision: .berlin) { _ in }
                == "transaction type not supported: type 2 rejected, pool not yet in London")
        #expect(refusal { $0.kind = .setCode } == "set code tx must have at least one authorization tuple")
        #expect(
            refusal {
                $0.kind = .deposit; $0.deposit = Deposit(sourceHash: Hash256(), from: Address())
            }
                == "transaction type not supported: tx type 126 not supported by this pool")
        #expect(
            refusal { $0.maxFeePerGas = .max } == "insufficient funds for gas * price + value")
        #expect(
            refusal { $0.value = .max } == "insufficient funds for gas * price + value")
    }

    @Test func contractsSendNothing() {
        var fixture = PoolFixture()
        fixture.states[1] = SenderState(nonce: 0, balance: PoolFixture.ether, code: .contract)
        #expect(
            fixture.addTransfer(1, 0)?.message
                == "sender not an eoa: address 0x0000000000000000000000000000000000001001")
    }

    @Test func fillsGaps() {
        var fixture = PoolFixture()
        for nonce in [2, 1, 4] as [UInt64] { #expect(fixture.addTransfer(1, nonce) == nil) }
        #expect(fixture.pool.status == (0, 3))
        #expect(fixture.pool.pendingNonce(of: PoolFixture.address(1)) == nil)
        var change = MempoolChange()
        #expect(fixture.add(fixture.transfer(1, 0), from: 1, change: &change) == nil)
        #expect(change.pending.map(\.nonce) == [0, 1, 2])
        #expect(fixture.pendingNonces(1) == [0, 1, 2])
        #expect(fixture.queuedNonces(1) == [4])
        #expect(fixture.pool.pendingNonce(of: PoolFixture.address(1)) == 3)
        let removed = fixture.pool.remove(fixture.pool.content(from: PoolFixture.address(1)).pending[1].hash)
        #expect(removed.dropped.map(\.reason) == [.invalid])
        #expect(fixture.pendingNonces(1) == [0])
        #expect(fixture.queuedNonces(1) == [2, 4])
        #expect(fixture.pool.brokenInvariants == [])
    }

    @Test func replacesForTenPercentMore() {
        var fixture = PoolFixture()
        fixture.addTransfer(1, 0, tip: 10, cap: 100)
        fixture.addTransfer(1, 1, tip: 10, cap: 100)
        for (tip, cap) in [(10, 110), (11, 109), (11, 100), (10, 100)] as [(UInt256, UInt256)] {
            #expect(fixture.addTransfer(1, 0, tip: tip, cap: cap) == .replacementUnderpriced)
        }
        var change = MempoolChange()
        #expect(fixture.add(fixture.transfer(1, 0, tip: 11, cap: 110), from: 1, change: &change) == nil)
        #expect(change.dropped.map(\.reason) == [.replaced])
        #expect(change.pending.count == 1)
        #expect(fixture.pendingNonces(1) == [0, 1])
        #expect(fixture.pool.count == 2)
        #expect(fixture.pool.brokenInvariants == [])
    }

    @Test func delegatedAccountsHaveOneInFlight() {
        var fixture = PoolFixture()
        fixture.states[1] = SenderState(nonce: 0, balance: PoolFixture.ether, code: .delegation)
        #expect(fixture.addTransfer(1, 1) == .gappedFromDelegated)
        #expect(fixture.addTransfer(1, 0) == nil)
        #expect(fixture.addTransfer(1, 1) == .inFlightLimit)
        #expect(fixture.addTransfer(1, 0, tip: 3, cap: 200) == nil)

        // An account whose delegation is on its way is held to the same.
        func setCode(_ nonce: UInt64, of authority: UInt64) -> PooledTransaction {
            var transaction = fixture.transfer(2, nonce).transaction
            transaction.kind = .setCode
            transaction.gasLimit = 100_000
            transaction.authorizations = [Authorization(chainID: 1, address: Address(), nonce: 0)]
            return fixture.pooled(2, transaction, authorities: [authority])
        }
        let first = setCode(0, of: 3)
        #expect(fixture.add(first, from: 2) == nil)
        #expect(fixture.addTransfer(3, 0) == nil)
        #expect(fixture.addTransfer(3, 1) == .inFlightLimit)
        _ = fixture.pool.remove(first.hash)
        #expect(fixture.addTransfer(3, 1) == nil)
        #expect(fixture.add(setCode(0, of: 3), from: 2) == .authorityReserved)
    }

    @Test func oldStatesDoNotCount() throws {
        var fixture = PoolFixture()
        fixture.addTransfer(1, 0)
        fixture.addTransfer(1, 1)
        fixture.apply([1: SenderState(nonce: 1, balance: PoolFixture.ether)])
        // Looked up before the last block.
        var change = MempoolChange()
        try fixture.pool.admit(
            fixture.transfer(1, 2), state: SenderState(nonce: 0, balance: PoolFixture.ether), block: 1, now: 0,
            change: &change)
        #expect(fixture.pendingNonces(1) == [1, 2])
    }

    @Test func summaries() {
        var fixture = PoolFixture()
        var transaction = fixture.transfer(1, 0).transaction
        transaction.to = Address(truncating: UInt256(Hash256([UInt8](repeating: 0xAB, count: 32))!))
        transaction.value = UInt256.max
        #expect(
            fixture.pooled(1, transaction).summary
                == "0xABaBaBaBABabABabAbAbABAbABabababaBaBABaB: "
                + "115792089237316195423570985008687907853269984665640564039457584007913129639935 wei + "
                + "21000 gas × 100 wei")
        transaction.to = nil
        transaction.value = UInt256(10_000_000_000_000_000_000) &* 10
        #expect(
            fixture.pooled(1, transaction).summary
                == "contract creation: 100000000000000000000 wei + 21000 gas × 100 wei")
    }
}
