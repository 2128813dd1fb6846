import Cryptography
public import Primitives
public import StateTransition
public import Trie

/// The state that a block left, read from the database as it was when the state was asked for, whatever is committed or
/// undone since.
///
/// Reading the head and reading the past are one and the same look-up. One thread at a time may use it; it should not be
/// kept for long, as the pages that it sees cannot be used again while it lives.
public final class StoredState: StateSource {
    /// The block that left the state.
    public let block: BlockReference
    let snapshot: Snapshot
    let version: UInt32
    /// The tries in memory, where this is the head's state.
    private let shared: SharedTries?

    init(_ snapshot: Snapshot, block: BlockReference, version: UInt32, shared: SharedTries?) {
        self.snapshot = snapshot
        self.block = block
        self.version = version
        self.shared = shared
        super.init()
    }

    // MARK: Reading

    public override func account(_ address: Address) throws(StateError) -> AccountRecord? {
        try stored(address)?.record
    }

    public override func storage(_ address: Address, _ slot: UInt256) throws(StateError) -> UInt256 {
        do throws(StorageError) {
            return try snapshot.slot(address, slot, version)
        } catch {
            throw StateError(error)
        }
    }

    public override func code(_ hash: Hash256) throws(StateError) -> [UInt8] {
        let code: [UInt8]?
        do throws(StorageError) {
            code = try snapshot.code(hash)
        } catch {
            throw StateError(error)
        }
        guard let code else { throw .missingCode(hash) }
        return code
    }

    public override func blockHash(_ number: UInt64) throws(StateError) -> Hash256 {
        let hash: Hash256?
        do throws(StorageError) {
            hash = number > block.number ? nil : try snapshot.canonicalHash(number)
        } catch {
            throw StateError(error)
        }
        guard let hash else { throw .missingBlockHash(number: number) }
        return hash
    }

    private func stored(_ address: Address) throws(StateError) -> StoredAccount? {
        do throws(StorageError) {
            return try snapshot.account(address, version)
        } catch {
            throw StateError(error)
        }
    }

    // MARK: Roots and proofs

    /// The root of the state after `diff`. On top of the head the work is kept for `ChainDatabase.commit`.
    public override func root(after diff: StateDiff) throws(StateError) -> Hash256 {
        try next(after: diff).root
    }

    public override func storageRoot(
        _ address: Address, after diff: StateDiff
    ) throws(StateError) -> Hash256 {
        // The last change of an account holds.
        if let index = diff.accounts.lastIndex(where: { $0.address == address }) {
            return try next(after: diff).accounts[index]?.storageRoot ?? EmptyHash.trieRoot
        }
        return try stored(address)?.storageRoot ?? EmptyHash.trieRoot
    }

    private func next(after diff: StateDiff) throws(StateError) -> StateTries.Next {
        if let next = try shared?.next(after: diff, version, snapshot) { return next }
        let tries = StateTries(version: version, root: try root(), nodeLimit: .max)
        return try tries.next(after: diff, reading: snapshot)
    }

    /// The roots of states that come one after another on top of this one.
    public func projection() throws(StateError) -> StateProjection {
        StateProjection(snapshot, version: version, root: try root())
    }

    /// The proof of an account and slots of it (EIP-1186).
    ///
    /// - Throws: `StateError` where the database is damaged.
    public func proof(of address: Address, slots: [UInt256]) throws(StateError) -> AccountProof {
        let reader = SnapshotReader(snapshot)
        let root = try root()
        let account = try stored(address) ?? StoredAccount()
        return try AccountProof(
            of: address, slots: slots,
            accounts: MerkleTrie(
                root: root.hash, version: root.version, source: StoredNodeSource(owner: nil, reader: reader)),
            storage: MerkleTrie(
                root: account.storageRoot, version: account.storageVersion,
                source: StoredNodeSource(owner: address, reader: reader)))
    }

    private func root() throws(StateError) -> (hash: Hash256, version: UInt32) {
        do throws(StorageError) {
            return try snapshot.root(version)
        } catch {
            throw StateError(error)
        }
    }
}
