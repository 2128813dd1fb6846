import Cryptography
public import Primitives
public import Trie

/// A state in a Merkle Patricia trie: in a database, or in a witness that holds the nodes that a block needs.
///
/// Nodes stay in memory once they are loaded, so that the root of the next state hashes only what changed. A subclass
/// says where codes and the hashes of blocks are found.
open class TrieState: StateSource {
    /// The root of the state that is read.
    public private(set) var root: Hash256
    private let nodes: TrieNodeSource
    private var accountTrie: MerkleTrie
    private var entries: HashTable<Address, Entry>
    /// The nodes that the state after a diff adds; the tries are at that state while `isAhead`.
    private var newNodes: [(hash: Hash256, encoding: [UInt8])] = []
    private var isAhead = false
    private var nextRoot = EmptyHash.trieRoot

    /// An account that has been looked up.
    private struct Entry {
        let key: Hash256
        var account: TrieAccount?
        /// What it is in the state after the diff.
        var next: TrieAccount?
        var storage: StorageTrie?
    }

    private final class StorageTrie {
        var trie: MerkleTrie

        init(root: Hash256, nodes: TrieNodeSource) { trie = MerkleTrie(root: root, source: nodes) }
    }

    /// The state with this root; no node is loaded yet. `seed` is as for `JournaledState`.
    public init(root: Hash256, nodes: TrieNodeSource, seed: UInt64 = 0) {
        self.root = root
        self.nodes = nodes
        accountTrie = MerkleTrie(root: root, source: nodes)
        entries = HashTable(seed: seed)
        super.init()
    }

    // MARK: Reading

    public override func account(_ address: Address) throws(StateError) -> AccountRecord? {
        let index = try entry(address)
        guard let account = entries.entries[index].value.account else { return nil }
        return AccountRecord(
            nonce: account.nonce, balance: account.balance, codeHash: account.codeHash,
            hasStorage: account.storageRoot != EmptyHash.trieRoot)
    }

    public override func storage(_ address: Address, _ slot: UInt256) throws(StateError) -> UInt256 {
        let index = try entry(address)
        guard let account = entries.entries[index].value.account, account.storageRoot != EmptyHash.trieRoot else {
            return .zero
        }
        let storage = storageTrie(index, root: account.storageRoot)
        guard let encoded = try storage.trie.get(Keccak256.hash(Hash256(slot))) else { return .zero }
        var reader = RLPReader(encoded)
        guard let value = try? reader.readUInt256(), reader.isAtEnd else { throw .malformedNode(account.storageRoot) }
        return value
    }

    /// The place of an account in `entries`, looked up where that has not happened.
    private func entry(_ address: Address) throws(StateError) -> Int {
        if let index = entries.index(of: address) { return index }
        let key = Keccak256.hash(address)
        var account: TrieAccount?
        if let encoded = try accountTrie.get(key) {
            guard let decoded = try? TrieAccount(decoding: encoded) else { throw .malformedNode(root) }
            account = decoded
        }
        return entries.indexInserting(address) { Entry(key: key, account: account, next: account) }.index
    }

    private func storageTrie(_ index: Int, root: Hash256) -> StorageTrie {
        if let storage = entries.entries[index].value.storage { return storage }
        let storage = StorageTrie(root: root, nodes: nodes)
        entries[position: index].storage = storage
        return storage
    }

    // MARK: Proving

    /// The proof of an account and slots of it in the state that is read, whatever root was asked for since (EIP-1186).
    ///
    /// - Throws: `StateError` where a node on a path is missing or malformed.
    /// - Complexity: the nodes on the paths are read anew.
    public func proof(of address: Address, slots: [UInt256]) throws(StateError) -> AccountProof {
        try AccountProof(of: address, slots: slots, root: root, source: nodes)
    }

    // MARK: The state after a diff

    /// The root of the state after `diff`, which is that of one block on top of `root`.
    ///
    /// From then on the source is of use only for the execution that made the diff, until `commit` makes the new state
    /// the one that is read; asking for the root after another diff goes back first, at the price of cold tries.
    ///
    /// - Complexity: O(*n*) look-ups and hashes in the changes.
    public override func root(after diff: StateDiff) throws(StateError) -> Hash256 {
        if isAhead { goBack() }
        isAhead = true
        var leaves: [(key: Hash256, value: [UInt8])] = []
        leaves.reserveCapacity(diff.accounts.count)
        for change in diff.accounts {
            let index = try entry(change.address)
            let next = try account(after: change, in: diff, at: index)
            entries[position: index].next = next
            leaves.append((entries.entries[index].value.key, next?.encoded ?? []))
        }
        try accountTrie.apply(leaves)
        nextRoot = accountTrie.commit { newNodes.append(($0, $1)) }
        return nextRoot
    }

    public override func storageRoot(
        _ address: Address, after diff: StateDiff
    ) throws(StateError) -> Hash256 {
        if !isAhead { _ = try root(after: diff) }
        let index = try entry(address)
        return entries.entries[index].value.next?.storageRoot ?? EmptyHash.trieRoot
    }

    /// What an account is after its change; nil where it is gone.
    private func account(
        after change: StateDiff.AccountChange, in diff: StateDiff, at index: Int
    ) throws(StateError) -> TrieAccount? {
        guard let record = change.record else {
            entries[position: index].storage = nil
            return nil
        }
        var storageRoot = entries.entries[index].value.account?.storageRoot ?? EmptyHash.trieRoot
        if change.isStorageCleared {
            entries[position: index].storage = nil
            storageRoot = EmptyHash.trieRoot
        }
        if !change.slots.isEmpty {
            let storage = storageTrie(index, root: storageRoot)
            try storage.trie.apply(diff.storageLeaves(of: change))
            storageRoot = storage.trie.commit { newNodes.append(($0, $1)) }
        }
        return TrieAccount(
            nonce: record.nonce, balance: record.balance, storageRoot: storageRoot, codeHash: record.codeHash)
    }

    private func goBack() {
        isAhead = false
        newNodes.removeAll()
        accountTrie = MerkleTrie(root: root, source: nodes)
        for index in 0..<entries.count {
            entries[position: index].storage = nil
            entries[position: index].next = entries.entries[index].value.account
        }
    }

    /// Makes the state whose root was asked for last the one that is read, and hands its new nodes over, children first.
    public func commit(_ sink: (_ hash: Hash256, _ encoding: [UInt8]) -> Void) {
        guard isAhead else { return }
        for node in newNodes { sink(node.hash, node.encoding) }
        newNodes.removeAll()
        root = nextRoot
        isAhead = false
        for index in 0..<entries.count { entries[position: index].account = entries.entries[index].value.next }
    }

    /// Forgets everything in memory but the root, once what is new has been stored.
    public func prune() {
        goBack()
        entries.removeAll()
    }
}
