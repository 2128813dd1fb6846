import Cryptography
import Primitives
import Trie

/// Finds the nodes of one trie in the database by place, and checks that each has the wanted hash.
///
/// A node is stored as the number of its children known by hash, 4 bytes for the version of each, and its encoding.
final class StoredNodeSource: TrieNodeSource {
    /// The account that the storage trie belongs to; nil for the account trie.
    private let owner: Address?
    private let reader: SnapshotReader

    init(owner: Address?, reader: SnapshotReader) {
        self.owner = owner
        self.reader = reader
        super.init()
    }

    override func node(
        _ hash: Hash256, at place: TrieNodePlace, childVersions: inout [UInt32]
    ) throws(StateError) -> [UInt8] {
        guard let snapshot = reader.snapshot else { throw .missingNode(hash) }
        var key = Key()
        key.append(place.version)
        if let owner { key.append(owner) }
        key.append(place.path)
        let table = owner == nil ? snapshot.tables.accountNodes : snapshot.tables.storageNodes
        let value: UnsafeRawBufferPointer?
        do throws(StorageError) {
            value = try snapshot.transaction.get(table, key)
        } catch {
            throw StateError(error)
        }
        guard let value, let count = value.first, value.count > 1 + 4 * Int(count) else { throw .missingNode(hash) }
        let encoding = value.dropping(1 + 4 * Int(count))
        guard Keccak256.hash(encoding) == hash else { throw .malformedNode(hash) }
        if count > 0 {
            childVersions.reserveCapacity(Int(count))
            for index in 0..<Int(count) { childVersions.append(value.number(at: 1 + 4 * index, as: UInt32.self)) }
        }
        return Array(encoding)
    }
}

/// The snapshot that node sources read from at the moment; they outlive snapshots.
final class SnapshotReader {
    var snapshot: Snapshot?

    init(_ snapshot: Snapshot? = nil) { self.snapshot = snapshot }
}

extension StateError {
    /// A failure of the database as the state transition sees it.
    init(_ error: StorageError) {
        switch error.code {
        case .failed(let code): self = .backend(code: code)
        case .damaged: self = .backend(code: -1)
        default: self = .backend(code: -2)
        }
    }
}
