import Cryptography
import Primitives
import Testing
import Trie

@Suite struct AccountProofTests {
    /// A state of forty accounts, every third with a storage.
    private struct State {
        let nodes = MemoryNodeSource()
        let root: Hash256

        init() throws {
            let nodes = self.nodes
            var accounts = MerkleTrie(source: nodes)
            for number in 1...40 as ClosedRange<UInt64> {
                var storage = MerkleTrie(source: nodes)
                if number % 3 == 0 {
                    for slot in 0..<number {
                        var value = RLPWriter()
                        value.append(UInt256(slot + 1))
                        try storage.set(Keccak256.hash(Hash256(UInt256(slot))), value.bytes)
                    }
                }
                let account = TrieAccount(
                    nonce: number, balance: UInt256(number * 7), storageRoot: storage.commit { nodes.insert($0, $1) })
                try accounts.set(Keccak256.hash(State.address(number)), account.encoded)
            }
            root = accounts.commit { nodes.insert($0, $1) }
        }

        static func address(_ number: UInt64) -> Address { Address(truncating: UInt256(number)) }

        func proof(_ number: UInt64, slots: [UInt256] = [0, 5, 99]) throws -> AccountProof {
            try AccountProof(of: Self.address(number), slots: slots, root: root, source: nodes)
        }
    }

    @Test(arguments: 0...45 as ClosedRange<UInt64>) func holds(number: UInt64) throws {
        let state = try State()
        let proof = try state.proof(number)
        try proof.verify(stateRoot: state.root)
        let exists = (1...40).contains(number)
        #expect(proof.account.nonce == (exists ? number : 0))
        let isStored = exists && number % 3 == 0
        #expect(proof.slots.map(\.value) == [isStored ? 1 : 0, isStored && number > 5 ? 6 : 0, 0])
    }

    @Test func namesWhatDoesNotHold() throws {
        let state = try State()
        let proof = try state.proof(30)
        func expect(_ error: AccountProofError, _ change: (inout AccountProof) throws -> Void) throws {
            var changed = proof
            try change(&changed)
            #expect(throws: error) { try changed.verify(stateRoot: state.root) }
        }
        try expect(.otherAccount) { $0.account.balance = 1 }
        try expect(.otherAccount) { $0.account.nonce = 0 }
        try expect(.otherAccount) { $0.account.codeHash = Hash256() }
        // Another storage root, with a proof that would hold there.
        try expect(.otherAccount) {
            let other = try state.proof(33)
            ($0.account.storageRoot, $0.slots) = (other.account.storageRoot, other.slots)
        }
        try expect(.otherAccount) { $0.account = TrieAccount() }
        try expect(.otherValue(index: 1)) { $0.slots[1].value = 7 }
        try expect(.otherValue(index: 2)) { $0.slots[2].value = 7 }
        try expect(.slot(index: 0, .superfluousNode)) { $0.slots[0].nodes.append([0x80]) }
        try expect(.slot(index: 0, .incomplete)) { $0.slots[0].nodes.removeLast() }
        try expect(.slot(index: 0, .incomplete)) { $0.slots[0].nodes = [] }
        try expect(.account(.incomplete)) { $0.nodes = [] }
        try expect(.account(.incomplete)) { $0.nodes.removeLast() }
        try expect(.account(.superfluousNode)) { $0.nodes.swapAt(0, 1) }
        try expect(.account(.superfluousNode)) { $0.nodes.insert($0.nodes[0], at: 0) }
        #expect(throws: AccountProofError.self) { try proof.verify(stateRoot: Keccak256.emptyTrie) }
        #expect(throws: AccountProofError.self) { try proof.verify(stateRoot: Hash256()) }
        // The proof of one account is none of another, there or not.
        for number in [0, 1, 29, 41] as [UInt64] {
            #expect(throws: AccountProofError.self) {
                var moved = proof
                moved.address = State.address(number)
                try moved.verify(stateRoot: state.root)
            }
        }
    }

    /// Leaves that a hostile root can commit to, but that no state holds.
    @Test(arguments: [[0xC0], [0x80], [0x01], [0xC4, 0x01, 0x02, 0x03, 0x04], [UInt8](repeating: 0xFF, count: 60)])
    func malformedLeaves(leaf: [UInt8]) throws {
        let address = State.address(1)
        let nodes = MemoryNodeSource()
        var accounts = MerkleTrie(source: nodes)
        try accounts.set(Keccak256.hash(address), leaf)
        let root = accounts.commit { nodes.insert($0, $1) }
        let proof = AccountProof(
            address: address, account: TrieAccount(), nodes: try accounts.proof(for: Keccak256.hash(address).bytes),
            slots: [])
        #expect(throws: AccountProofError.malformedAccount) { try proof.verify(stateRoot: root) }
        #expect(throws: StateError.self) { try AccountProof(of: address, slots: [], root: root, source: nodes) }
        if leaf == [0x01] { return }
        // The same bytes in a slot.
        var storage = MerkleTrie(source: nodes)
        try storage.set(Keccak256.hash(Hash256()), leaf)
        let account = TrieAccount(storageRoot: storage.commit { nodes.insert($0, $1) })
        try accounts.set(Keccak256.hash(address), account.encoded)
        let slot = AccountProof.Slot(key: 0, value: 0, nodes: try storage.proof(for: Keccak256.hash(Hash256()).bytes))
        let whole = AccountProof(
            address: address, account: account, nodes: try accounts.proof(for: Keccak256.hash(address).bytes),
            slots: [slot])
        let newRoot = accounts.rootHash()
        #expect(throws: AccountProofError.malformedSlot(index: 0)) { try whole.verify(stateRoot: newRoot) }
    }

    @Test(arguments: 0..<40 as Range<UInt64>) func anyFlippedBitIsSeen(seed: UInt64) throws {
        let state = try State()
        var random = Random(state: seed)
        var proof = try state.proof(3 * UInt64(1 + random.below(13)))
        if random.below(2) == 0 {
            let node = random.below(proof.nodes.count)
            proof.nodes[node][random.below(proof.nodes[node].count)] ^= UInt8(1 << random.below(8))
        } else {
            let slot = random.below(proof.slots.count)
            let node = random.below(proof.slots[slot].nodes.count)
            proof.slots[slot].nodes[node][random.below(proof.slots[slot].nodes[node].count)] ^= 1
        }
        #expect(throws: AccountProofError.self) { try proof.verify(stateRoot: state.root) }
    }
}
