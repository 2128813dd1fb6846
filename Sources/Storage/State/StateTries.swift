import Cryptography
import Primitives
import StateTransition
import Trie

/// The account trie and the storage tries at one version, with the nodes that were used lately in memory: the root of the
/// next state loads and hashes only what its changes touch.
///
/// One thread at a time may use it.
final class StateTries {
    /// What the state after a diff adds to the database.
    struct Next {
        let diff: StateDiff
        let root: Hash256
        let rootVersion: UInt32
        let nodes: NewNodes
        /// One for each changed account of the diff.
        let accounts: [StoredAccount?]
    }

    private final class StorageTrie {
        var trie: MerkleTrie
        /// The root that the trie is at.
        var root: Hash256

        init(_ account: StoredAccount, source: StoredNodeSource) {
            trie = MerkleTrie(root: account.storageRoot, version: account.storageVersion, source: source)
            root = account.storageRoot
        }
    }

    /// The version that the tries are at, or that of the state below the next one.
    private(set) var version: UInt32
    private var root: (hash: Hash256, version: UInt32)
    private var next: Next?
    private let reader = SnapshotReader()
    private var accountTrie: MerkleTrie
    private var storageTries = HashTable<Address, StorageTrie?>()
    private var storageNodeCount = 0
    /// What the nodes of the last block came to.
    private var expectedBytes = 0
    /// How many nodes, at about 100 bytes, stay in memory.
    private let nodeLimit: Int

    init(version: UInt32, root: (hash: Hash256, version: UInt32), nodeLimit: Int) {
        self.version = version
        self.root = root
        self.nodeLimit = nodeLimit
        accountTrie = MerkleTrie(
            root: root.hash, version: root.version, source: StoredNodeSource(owner: nil, reader: reader))
    }

    /// The state after `diff`, which is that of one block on top of `version`.
    ///
    /// - Complexity: O(*n*) node look-ups and hashes in the changes; O(*n*) comparisons where the same was asked for last.
    func next(after diff: StateDiff, reading snapshot: Snapshot) throws(StateError) -> Next {
        if let next, next.diff.isSame(as: diff) { return next }
        if next != nil { reset(to: version, root: root) }
        reader.snapshot = snapshot
        defer { reader.snapshot = nil }
        do throws(StateError) {
            let made = try make(diff, snapshot)
            next = made
            return made
        } catch {
            reset(to: version, root: root)
            throw error
        }
    }

    private func make(_ diff: StateDiff, _ snapshot: Snapshot) throws(StateError) -> Next {
        let nodes = NewNodes(version: version + 1, capacity: expectedBytes)
        var accounts: [StoredAccount?] = []
        accounts.reserveCapacity(diff.accounts.count)
        var leaves: [(key: Hash256, value: [UInt8])] = []
        leaves.reserveCapacity(diff.accounts.count)
        for change in diff.accounts {
            let account = try account(after: change, in: diff, snapshot, nodes)
            accounts.append(account)
            leaves.append((Keccak256.hash(change.address), account?.trieAccount.encoded ?? []))
        }
        try accountTrie.apply(leaves)
        nodes.owner = nil
        let hash = accountTrie.commit(version: version + 1, nodes)
        expectedBytes = min(nodes.byteCount, 8 << 20)
        return Next(diff: diff, root: hash, rootVersion: accountTrie.rootVersion, nodes: nodes, accounts: accounts)
    }

    /// What an account is after its change; nil where it is gone.
    private func account(
        after change: StateDiff.AccountChange, in diff: StateDiff, _ snapshot: Snapshot, _ nodes: NewNodes
    ) throws(StateError) -> StoredAccount? {
        guard let record = change.record else {
            drop(change.address)
            return nil
        }
        var account = StoredAccount()
        if change.isStorageCleared {
            drop(change.address)
        } else {
            do throws(StorageError) {
                account = try snapshot.account(change.address, version) ?? StoredAccount()
            } catch {
                throw StateError(error)
            }
        }
        (account.nonce, account.balance, account.codeHash) = (record.nonce, record.balance, record.codeHash)
        if change.slots.isEmpty { return account }
        let storage = storageTrie(change.address, account)
        let before = storage.trie.residentCount
        try storage.trie.apply(diff.storageLeaves(of: change))
        nodes.owner = change.address
        account.storageRoot = storage.trie.commit(version: version + 1, nodes)
        account.storageVersion = storage.trie.rootVersion
        storage.root = account.storageRoot
        storageNodeCount += storage.trie.residentCount - before
        return account
    }

    private func storageTrie(_ address: Address, _ account: StoredAccount) -> StorageTrie {
        if let storage = storageTries[address] ?? nil, storage.root == account.storageRoot { return storage }
        drop(address)
        let storage = StorageTrie(account, source: StoredNodeSource(owner: address, reader: reader))
        storageTries.set(address, storage)
        storageNodeCount += storage.trie.residentCount + 1
        return storage
    }

    private func drop(_ address: Address) {
        guard let index = storageTries.index(of: address), let storage = storageTries.entries[index].value else {
            return
        }
        storageNodeCount -= storage.trie.residentCount + 1
        storageTries[position: index] = nil
    }

    // MARK: Moving

    /// Makes the next state the one that the tries are at, once it is in the database.
    func advance() {
        guard let next else { return }
        version += 1
        root = (next.root, next.rootVersion)
        self.next = nil
        // The upper nodes are what nearly every path goes through.
        if accountTrie.residentCount > nodeLimit { accountTrie.prune(below: 4) }
        if accountTrie.residentCount > nodeLimit { accountTrie.prune() }
        if storageNodeCount > nodeLimit || storageTries.count > nodeLimit / 8 {
            let hot = storageTries.entries.filter { ($0.value?.trie.residentCount ?? 0) > nodeLimit / 16 }
            storageTries = HashTable()
            storageNodeCount = 0
            for entry in hot {
                guard let storage = entry.value else { continue }
                storage.trie.prune(below: 3)
                storageTries.set(entry.key, storage)
                storageNodeCount += storage.trie.residentCount + 1
            }
        }
    }

    /// Goes to another state, with nothing in memory.
    func reset(to version: UInt32, root: (hash: Hash256, version: UInt32)) {
        self.version = version
        self.root = root
        next = nil
        storageTries = HashTable()
        storageNodeCount = 0
        accountTrie = MerkleTrie(
            root: root.hash, version: root.version, source: StoredNodeSource(owner: nil, reader: reader))
    }
}

extension StateDiff {
    /// Whether two diffs make the same changes in the same order.
    fileprivate func isSame(as other: StateDiff) -> Bool {
        guard accounts.count == other.accounts.count, slots.count == other.slots.count else { return false }
        for (left, right) in zip(accounts, other.accounts) {
            guard left.address == right.address, left.record == right.record, left.slots == right.slots,
                left.isRecordChanged == right.isRecordChanged, left.isStorageCleared == right.isStorageCleared
            else { return false }
        }
        for (left, right) in zip(slots, other.slots) where left.key != right.key || left.value != right.value {
            return false
        }
        return true
    }
}
