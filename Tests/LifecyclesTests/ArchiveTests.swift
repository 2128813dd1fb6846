import Cryptography
import Lifecycles
import Primitives
import StateTransition
import Testing
import Trie

/// A state, and the archive that is written of it.
private struct ArchivedChain {
    let state = MemoryState()
    var accounts: [(address: Address, slots: [UInt256])] = []
    var header = BlockHeader()

    init(accounts count: Int, slots slotCount: Int) {
        var random = SystemRandomNumberGenerator()
        let addresses = (0..<count).map { _ in
            Address(truncating: UInt256(limbs: random.next(), random.next(), random.next(), 0))
        }
        for (index, address) in addresses.sorted().enumerated() {
            var record = AccountRecord(nonce: UInt64(index), balance: UInt256(random.next()))
            if index % 3 == 0 {
                let code = [UInt8](repeating: UInt8(index & 7) + 1, count: 40)
                record.codeHash = Keccak256.hash(code)
                state.setCode(record.codeHash, code)
            }
            state.setAccount(address, record)
            let slots = index % 3 == 0 ? (0..<slotCount).map { UInt256(UInt64($0) * 3) } : []
            for slot in slots { state.setStorage(address, slot, slot &+ 1) }
            accounts.append((address, slots))
        }
        header.stateRoot = state.root
    }

    func archive(holders: [Address] = [], itemHolders: [ItemHolder] = []) throws -> (
        bytes: [UInt8], contentAddress: Hash256
    ) {
        var bytes: [UInt8] = []
        var writer = ArchiveWriter(chainID: 7, header: header) { bytes += $0 }
        for account in accounts {
            guard let record = try state.account(account.address) else { continue }
            try writer.append(account.address, record)
            for slot in account.slots { try writer.append(slot: slot, try state.storage(account.address, slot)) }
        }
        try writer.appendCodes { hash throws(StateError) in try state.code(hash) }
        try writer.append(holders: holders, of: Address(truncating: 9))
        try writer.append(itemHolders: itemHolders, of: Address(truncating: 9))
        let contentAddress = writer.finish()
        return (bytes, contentAddress)
    }
}

@Suite struct ArchiveTests {
    @Test(arguments: [(0, 0), (1, 0), (1, 1), (40, 3), (7, 1_500)])
    func isReadAsItWasWritten(accounts: Int, slots: Int) throws {
        let chain = ArchivedChain(accounts: accounts, slots: slots)
        let holders = (0..<2_500).map { Address(truncating: UInt256(UInt64($0))) }
        let items = holders.enumerated().map { ItemHolder(tokenID: $0 < 2_000 ? 7 : UInt256(UInt64($0)), account: $1) }
        let (bytes, contentAddress) = try chain.archive(
            holders: holders.shuffled() + holders.prefix(5), itemHolders: items.shuffled() + items.prefix(5))
        let archived = try ArchivedState(reading: bytes)
        #expect(archived.contentAddress == contentAddress && contentAddress == Keccak256.hash(bytes))
        #expect(archived.chainID == 7 && archived.header == chain.header)
        #expect(archived.holders.map(\.addresses) == [holders])
        #expect(archived.itemHolders.map(\.holders) == [items])
        for account in chain.accounts {
            #expect(try archived.account(account.address) == (try chain.state.account(account.address)))
            for slot in account.slots {
                #expect(try archived.storage(account.address, slot) == slot &+ 1)
                #expect(try archived.storage(account.address, slot &+ 1) == 0)
            }
        }
        #expect(try chain.archive(holders: holders, itemHolders: items).bytes == bytes)
    }

    @Test func provesWhatIsThereAndWhatIsNot() throws {
        let chain = ArchivedChain(accounts: 60, slots: 20)
        let archived = try ArchivedState(reading: try chain.archive().bytes)
        for account in chain.accounts + [(Address(truncating: 5), [])] {
            let proof = try archived.proof(of: account.address, slots: account.slots + [1])
            try proof.verify(stateRoot: chain.header.stateRoot)
            #expect(proof.account.balance == (try archived.account(account.address)?.balance ?? 0))
            #expect(proof.slots.map(\.value) == account.slots.map { $0 &+ 1 } + [0])
        }
    }

    /// Whatever is done to an archive, it is refused or holds the state that its header names.
    @Test func refusesWhatIsDamaged() throws {
        let chain = ArchivedChain(accounts: 9, slots: 4)
        let bytes = try chain.archive(
            holders: [Address(truncating: 3)],
            itemHolders: [ItemHolder(tokenID: 5, account: Address(truncating: 3))]
        ).bytes
        for length in stride(from: 0, to: bytes.count, by: 7) {
            #expect(throws: ArchiveError.self) { _ = try ArchivedState(reading: Array(bytes[..<length])) }
        }
        #expect(throws: ArchiveError.incomplete) { _ = try ArchivedState(reading: Array(bytes.dropLast())) }
        #expect(throws: ArchiveError.self) { _ = try ArchivedState(reading: bytes + [0]) }
        for index in bytes.indices {
            for change: UInt8 in [1, 0x80, 0xFF] {
                var damaged = bytes
                damaged[index] ^= change
                guard let read = try? ArchivedState(reading: damaged) else { continue }
                #expect(
                    try chain.accounts.allSatisfy { try read.account($0.address) == chain.state.account($0.address) })
            }
        }
    }

    /// Holders of ERC-1155 items are not in the first version: they must not seem to have nothing.
    @Test func refusesTheFirstVersion() throws {
        let bytes = try ArchivedChain(accounts: 3, slots: 1).archive().bytes
        let first = Array("mayfly archive 1\n".utf8)
        #expect(throws: ArchiveError.notAnArchive) {
            _ = try ArchivedState(reading: first + bytes.dropFirst(first.count))
        }
    }

    @Test func refusesAnotherState() throws {
        var chain = ArchivedChain(accounts: 5, slots: 2)
        let root = chain.header.stateRoot
        chain.header.stateRoot = Hash256(1)
        let bytes = try chain.archive().bytes
        #expect(throws: ArchiveError.otherState(expected: Hash256(1), actual: root)) {
            _ = try ArchivedState(reading: bytes)
        }
    }

    @Test func writesInOrderOnly() throws {
        var writer = ArchiveWriter(chainID: 1, header: BlockHeader()) { _ in }
        #expect(throws: ArchiveError.self) { try writer.append(slot: 1, 1) }
        try writer.append(Address(truncating: 5), AccountRecord())
        #expect(throws: ArchiveError.self) { try writer.append(Address(truncating: 5), AccountRecord()) }
        #expect(throws: ArchiveError.self) { try writer.append(Address(truncating: 4), AccountRecord()) }
        try writer.append(slot: 2, 1)
        #expect(throws: ArchiveError.self) { try writer.append(slot: 2, 1) }
        #expect(throws: ArchiveError.self) { try writer.append(slot: 3, 0) }
        try writer.append(itemHolders: [], of: Address(truncating: 5))
        #expect(throws: ArchiveError.self) { try writer.append(itemHolders: [], of: Address(truncating: 5)) }
    }
}
