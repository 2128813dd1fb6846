import Cryptography
import EVM
import Primitives
import StateTransition
import Testing
import Trie

@Suite struct TrieStateTests {
    /// A state in a trie goes through the same blocks as one in memory, from node to stored node.
    @Test(arguments: 0..<8 as Range<UInt64>) func followsTheStateInMemory(seed: UInt64) throws {
        var random = SplitMix(state: seed)
        let nodes = MemoryNodeSource()
        let memory = MemoryState()
        let trie = TrieState(root: EmptyHash.trieRoot, nodes: nodes)
        let addresses = (1..<40).map { Address(truncating: UInt256($0 * 0x1_0001)) }
        for block in 0..<12 {
            let source: StateSource = trie
            var state = JournaledState(source: source, codes: CodeCache(), rules: Rules(.istanbul))
            state.beginTransaction()
            for _ in 0..<30 {
                let address = addresses[Int(random.next() % UInt64(addresses.count))]
                let account = state.account(address)
                switch random.next() % 6 {
                case 0: try state.setNonce(account, random.next() % 3)
                case 1: try state.credit(account, UInt256(random.next() % 5))
                case 2: _ = try state.selfDestruct(account)
                default:
                    try state.setNonce(account, 1)
                    let slot = state.slot(account, UInt256(random.next() % 20))
                    try state.setStorage(slot, UInt256(random.next() % 3))
                }
            }
            try state.endTransaction()
            let diff = state.diff()
            memory.apply(diff)
            #expect(try trie.root(after: diff) == memory.root)
            for address in addresses {
                let root = try trie.storageRoot(address, after: diff)
                #expect(try memory.storageRoot(address, after: StateDiff()) == root)
            }
            trie.commit { nodes.insert($0, $1) }
            #expect(trie.root == memory.root)
            if block % 3 == 2 { trie.prune() }
            for address in addresses {
                #expect(try trie.account(address) == memory.account(address))
                for slot in 0..<20 as Range<UInt64> {
                    let value = try memory.storage(address, UInt256(slot))
                    #expect(try trie.storage(address, UInt256(slot)) == value)
                }
                let proof = try trie.proof(of: address, slots: [0, 7])
                try proof.verify(stateRoot: memory.root)
                #expect(try proof.slots.map(\.value) == [memory.storage(address, 0), memory.storage(address, 7)])
            }
        }
    }

    /// Asking for one diff's root leaves no trace in another's.
    @Test func goesBack() throws {
        let memory = MemoryState()
        let nodes = MemoryNodeSource()
        let trie = TrieState(root: EmptyHash.trieRoot, nodes: nodes)
        var roots: [Hash256] = []
        for number in [1, 2, 1] as [UInt64] {
            var state = JournaledState(source: memory, codes: CodeCache(), rules: Rules(.prague))
            state.beginTransaction()
            try state.credit(state.account(Address(truncating: UInt256(number))), 5)
            try state.endTransaction()
            roots.append(try trie.root(after: state.diff()))
        }
        #expect(roots[0] == roots[2])
        #expect(roots[0] != roots[1])
    }
}
