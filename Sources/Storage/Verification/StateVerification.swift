import Cryptography
import Primitives
import StateTransition
import Trie

/// Checks the state of the head: every node of every trie against its hash, and the flat state against the tries, in both
/// directions.
struct StateVerification {
    private let snapshot: ChainSnapshot
    private let version: UInt32
    private let reader: SnapshotReader
    private(set) var accountCount = 0
    private(set) var slotCount = 0
    private(set) var nodeCount = 0

    /// How many nodes of a trie are in memory at most.
    private static let nodeLimit = 200_000

    init(_ snapshot: ChainSnapshot, version: UInt32) {
        self.snapshot = snapshot
        self.version = version
        reader = SnapshotReader(snapshot.stored)
    }

    /// - Parameters:
    ///   - progress: is told the number of accounts checked so far, and may throw to stop.
    mutating func check(progress: (_ accounts: Int) -> Void) throws(StorageError) {
        let root = try snapshot.stored.root(version)
        let source = StoredNodeSource(owner: nil, reader: reader)
        var walk = TrieWalk(source)
        try reading("the state") { () throws(StateError) in try walk.walk(root: root.hash, version: root.version) }
        nodeCount += walk.nodeCount
        var trie = MerkleTrie(root: root.hash, version: root.version, source: source)
        let cursor = try snapshot.stored.transaction.cursor(snapshot.stored.tables.accounts)
        var entry = try cursor.first()
        while let found = entry {
            guard found.key.count == 24 else { throw damaged("an account's key is malformed") }
            let address = found.key.loadUnaligned(as: Address.self)
            if let account = try snapshot.stored.account(address, version) {
                accountCount += 1
                let leaf = try reading("account \(address)") { () throws(StateError) in
                    try trie.get(Keccak256.hash(address))
                }
                guard leaf == account.trieAccount.encoded else {
                    throw damaged("account \(address) is not what the state root says")
                }
                if trie.residentCount > Self.nodeLimit { trie.prune(below: 4) }
                if account.codeHash != EmptyHash.code {
                    guard let code = try snapshot.stored.code(account.codeHash),
                        Keccak256.hash(code) == account.codeHash
                    else { throw damaged("the code of account \(address) is missing or another") }
                }
                try checkStorage(address, account)
                if accountCount % 1_024 == 0 { progress(accountCount) }
            }
            var next = Key()
            next.append(address)
            next.append(UInt32.max)
            entry = try cursor.seek(next)
            if let same = entry, next.isPrefix(of: same.key) { entry = try cursor.next() }
        }
        guard walk.leafCount == accountCount else {
            throw damaged("the state has \(walk.leafCount) accounts, the table \(accountCount)")
        }
    }

    private mutating func checkStorage(_ address: Address, _ account: StoredAccount) throws(StorageError) {
        let source = StoredNodeSource(owner: address, reader: reader)
        var walk = TrieWalk(source)
        try reading("the storage of \(address)") { () throws(StateError) in
            try walk.walk(root: account.storageRoot, version: account.storageVersion)
        }
        nodeCount += walk.nodeCount
        var trie = MerkleTrie(root: account.storageRoot, version: account.storageVersion, source: source)
        var count = 0
        var prefix = Key()
        prefix.append(address)
        let cursor = try snapshot.stored.transaction.cursor(snapshot.stored.tables.slots)
        var entry = try cursor.seek(prefix)
        while let found = entry, prefix.isPrefix(of: found.key) {
            guard found.key.count == 56 else { throw damaged("a slot's key of \(address) is malformed") }
            let slot = found.key.hash(at: 20)
            let value = try snapshot.stored.slot(address, UInt256(slot), version)
            if !value.isZero {
                count += 1
                let leaf = try reading("slot \(slot) of \(address)") { () throws(StateError) in
                    try trie.get(Keccak256.hash(slot))
                }
                guard leaf == StorageLeaf.value(value) else {
                    throw damaged("slot \(slot) of \(address) is not what the root says")
                }
                if trie.residentCount > Self.nodeLimit { trie.prune(below: 4) }
            }
            var next = prefix
            next.append(slot)
            next.append(UInt32.max)
            entry = try cursor.seek(next)
            if let same = entry, next.isPrefix(of: same.key) { entry = try cursor.next() }
        }
        guard walk.leafCount == count else {
            throw damaged("the storage of \(address) has \(walk.leafCount) slots, the table \(count)")
        }
        slotCount += count
    }

    private func reading<Result>(
        _ what: @autoclosure () -> String, _ body: () throws(StateError) -> Result
    ) throws(StorageError) -> Result {
        do throws(StateError) {
            return try body()
        } catch {
            throw damaged("\(what()) cannot be read: \(error)")
        }
    }

    private func damaged(_ what: String) -> StorageError {
        .damaged(what, path: snapshot.stored.transaction.environment.path)
    }
}
