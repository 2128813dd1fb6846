import Cryptography
public import Primitives
public import StateTransition
import Trie

/// The roots of states that come one after another on top of a stored one and are never stored themselves: those of
/// simulated blocks.
///
/// One thread at a time may use it; after an error it is of no more use.
public final class StateProjection {
    private final class StorageTrie {
        var trie: MerkleTrie

        init(_ account: StoredAccount, source: StoredNodeSource) {
            trie = MerkleTrie(root: account.storageRoot, version: account.storageVersion, source: source)
        }
    }

    private let snapshot: Snapshot
    private let version: UInt32
    private let reader: SnapshotReader
    private var accountTrie: MerkleTrie
    /// What has changed since the stored state; nil for what is gone.
    private var accounts: HashTable<Address, StoredAccount?>
    private var storageTries: HashTable<Address, StorageTrie>

    init(_ snapshot: Snapshot, version: UInt32, root: (hash: Hash256, version: UInt32)) {
        self.snapshot = snapshot
        self.version = version
        reader = SnapshotReader(snapshot)
        accountTrie = MerkleTrie(
            root: root.hash, version: root.version, source: StoredNodeSource(owner: nil, reader: reader))
        accounts = HashTable(seed: .random(in: .min ... .max))
        storageTries = HashTable(seed: .random(in: .min ... .max))
    }

    /// Goes to the state after `diff`, and gives its root.
    ///
    /// - Complexity: O(*n*) node look-ups and hashes in the changes, however many came before.
    public func advance(by diff: StateDiff) throws(StateError) -> Hash256 {
        var leaves: [(key: Hash256, value: [UInt8])] = []
        leaves.reserveCapacity(diff.accounts.count)
        for change in diff.accounts {
            let account = try account(after: change, in: diff)
            accounts.set(change.address, account)
            leaves.append((Keccak256.hash(change.address), account?.trieAccount.encoded ?? []))
        }
        try accountTrie.apply(leaves)
        return accountTrie.rootHash()
    }

    /// The storage root of an account in the state that it is at.
    public func storageRoot(_ address: Address) throws(StateError) -> Hash256 {
        try account(address)?.storageRoot ?? EmptyHash.trieRoot
    }

    private func account(_ address: Address) throws(StateError) -> StoredAccount? {
        if let index = accounts.index(of: address) { return accounts.entries[index].value }
        do throws(StorageError) {
            return try snapshot.account(address, version)
        } catch {
            throw StateError(error)
        }
    }

    /// What an account is after its change; nil where it is gone.
    private func account(
        after change: StateDiff.AccountChange, in diff: StateDiff
    ) throws(StateError) -> StoredAccount? {
        guard let record = change.record else {
            storageTries.set(change.address, StorageTrie(StoredAccount(), source: source(of: change.address)))
            return nil
        }
        var account = StoredAccount()
        if change.isStorageCleared {
            storageTries.set(change.address, StorageTrie(account, source: source(of: change.address)))
        } else {
            account = try self.account(change.address) ?? account
        }
        (account.nonce, account.balance, account.codeHash) = (record.nonce, record.balance, record.codeHash)
        if change.slots.isEmpty { return account }
        let index = storageTries.indexInserting(change.address) {
            StorageTrie(account, source: source(of: change.address))
        }.index
        let storage = storageTries.entries[index].value
        try storage.trie.apply(diff.storageLeaves(of: change))
        account.storageRoot = storage.trie.rootHash()
        return account
    }

    private func source(of owner: Address) -> StoredNodeSource { StoredNodeSource(owner: owner, reader: reader) }
}
