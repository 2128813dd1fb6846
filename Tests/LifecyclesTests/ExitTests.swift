import Cryptography
import Lifecycles
import Primitives
import StateTransition
import Testing

private func address(_ number: UInt64) -> Address { Address(truncating: UInt256(number)) }

/// A state that is made by hand, and a book of who has what.
private struct Rollup {
    let state = MemoryState()
    var resolvers: [(contract: Address, resolver: Address)] = []
    var balances: [(address: Address, balance: UInt256)] = []

    mutating func add(_ account: Address, balance: UInt256, code: [UInt8] = []) {
        var record = AccountRecord(balance: balance)
        if !code.isEmpty {
            record.codeHash = Keccak256.hash(code)
            state.setCode(record.codeHash, code)
        }
        state.setAccount(account, record)
        balances.append((account, balance))
    }

    func set(_ contract: Address, mapping: UInt64, _ key: UInt256, _ value: UInt256) {
        let slot = UInt256(Keccak256.hash(Hash256(UInt256(mapping)).bytes + Hash256(key).bytes))
        state.setStorage(contract, slot, value)
    }

    var survey: ExitSurvey {
        let resolvers = resolvers
        return ExitSurvey(state) { contract throws(StateError) in
            resolvers.first { $0.contract == contract }?.resolver
        }
    }
}

@Suite struct ExitTests {
    private let weth = ExitSurvey.Contract(
        address: address(0x42), remote: Address(), holders: [address(1), address(3), address(9)])

    @Test func paysEverybodyWhoCanBePaid() throws {
        var rollup = Rollup()
        rollup.add(address(1), balance: 10)
        rollup.add(address(2), balance: 20, code: [0xEF, 0x01, 0x00] + address(77).bytes)
        rollup.add(address(3), balance: 30, code: [0x60])
        rollup.add(address(4), balance: 40, code: [0x61])
        rollup.add(address(5), balance: 0, code: [0x61])
        rollup.resolvers = [(address(4), address(88))]
        let exits = try rollup.survey.ether(rollup.balances, wrapped: weth)
        #expect(
            exits.holdings.map(\.path) == [.holder, .delegated(address(77)), .stuck, .resolver(address(88))])
        #expect(exits.claimable == 70 && exits.stuck == 30 && exits.owed == 100)
    }

    @Test func countsWrappedEtherAsItsHolders() throws {
        var rollup = Rollup()
        rollup.add(address(0x42), balance: 100, code: [0x60])
        rollup.add(address(3), balance: 0, code: [0x60])
        rollup.set(address(0x42), mapping: 0, UInt256(address(1)), 60)
        rollup.set(address(0x42), mapping: 0, UInt256(address(3)), 30)
        let exits = try rollup.survey.ether(rollup.balances, wrapped: weth)
        #expect(exits.holdings.map(\.amount) == [60, 30, 10])
        #expect(exits.holdings.map(\.isWrapped) == [true, true, false])
        #expect(exits.claimable == 60 && exits.stuck == 40)
    }

    @Test func findsWhatNobodyIsKnownToHold() throws {
        var rollup = Rollup()
        let token = ExitSurvey.Contract(address: address(50), remote: address(60), holders: [address(1), address(2)])
        rollup.add(token.address, balance: 0, code: [0x60])
        rollup.set(token.address, mapping: 0, UInt256(address(1)), 5)
        rollup.set(token.address, mapping: 0, UInt256(address(2)), 6)
        rollup.state.setStorage(token.address, 2, 20)
        var exits = try rollup.survey.token(token)
        #expect(exits.claimable == 11 && exits.unknown == 9)
        (exits.locked, exits.paid, exits.leaving, exits.arriving) = (22, 3, 4, 1)
        #expect(exits.balances)
        exits.locked = 21
        #expect(!exits.balances)
    }

    @Test func listsWhatThereIsOfEachItem() throws {
        var rollup = Rollup()
        let collection = address(50)
        rollup.add(collection, balance: 0, code: [0x60])
        rollup.add(address(3), balance: 0, code: [0x60])
        let balances: [(id: UInt64, holder: UInt64, amount: UInt64)] = [(7, 1, 5), (7, 3, 2), (9, 1, 4)]
        for (id, holder, amount) in balances {
            let item = Keccak256.hash(Hash256().bytes + Hash256(UInt256(id)).bytes)
            let slot = Keccak256.hash(item.bytes + Hash256(UInt256(address(holder))).bytes)
            rollup.state.setStorage(collection, UInt256(slot), UInt256(amount))
        }
        for (id, supply) in [(7, 10), (9, 4)] as [(UInt256, UInt256)] { rollup.set(collection, mapping: 3, id, supply) }
        // Who has had some and has none any more, of an item that is there and of one that is not.
        let holders = balances.map { ItemHolder(tokenID: UInt256($0.id), account: address($0.holder)) }
        let former = [7, 8].map { ItemHolder(tokenID: $0, account: address(20)) }
        var exits = try rollup.survey.multiToken(collection, (holders + former).sorted())
        #expect(exits.holdings.map(\.tokenID) == [7, 7, 9] && exits.holdings.map(\.amount) == [5, 2, 4])
        #expect(exits.claimable == 9 && exits.stuck == 2 && exits.unknown == 3)
        #expect(exits.items.map(\.tokenID) == [7, 9] && exits.items.map(\.supply) == [10, 4])
        #expect(exits.items.map(\.claimable) == [5, 4] && exits.items.map(\.stuck) == [2, 0])
        #expect(exits.items.map(\.unknown) == [3, 0])
        // The same account's other item, another's of the same item, and the same of another collection count by themselves.
        var progress = ClaimProgress()
        progress.note(collection, balanceOf: holders[0])
        progress.note(address(51), balanceOf: holders[2])
        exits.noteItems(paid: progress)
        #expect(exits.items.map(\.paid) == [5, 0])
        #expect(exits.holdings.map { progress.isPaid($0, of: exits.asset) } == [true, false, false])
        #expect(progress.known.isEmpty)
    }

    @Test func listsCollectionsFromTheirStorage() throws {
        var rollup = Rollup()
        let collection = ExitSurvey.Contract(address: address(50), remote: address(60))
        rollup.add(collection.address, balance: 0, code: [0x60])
        rollup.state.setStorage(collection.address, 4, 2)
        for (place, id) in [(0, 700), (1, 5)] as [(UInt64, UInt64)] {
            rollup.set(collection.address, mapping: 5, UInt256(place), UInt256(id))
            rollup.set(collection.address, mapping: 0, UInt256(id), UInt256(address(10 + place)))
        }
        let exits = try rollup.survey.collection(collection)
        #expect(exits.holdings.map(\.tokenID) == [700, 5])
        #expect(exits.holdings.map(\.holder) == [address(10), address(11)])
        #expect(exits.claimable == 2)
    }
}
