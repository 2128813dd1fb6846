import Cryptography
import Primitives
import StateTransition

/// The blobs of pooled and lately included transactions, found by versioned hash.
struct BlobStore {
    /// By versioned hash: who has the blob, and at which place.
    private var owners: [Hash256Key: [(transaction: PooledTransaction, index: Int)]] = [:]
    /// Included ones in the order of inclusion, so that they can come back with their blobs.
    private var included: [PooledTransaction] = []
    private var includedHashes: Set<Hash256Key> = []

    mutating func insert(_ transaction: PooledTransaction) {
        for (index, hash) in transaction.transaction.blobHashes.enumerated() {
            owners[Hash256Key(hash), default: []].append((transaction, index))
        }
    }

    mutating func remove(_ transaction: PooledTransaction) {
        for hash in transaction.transaction.blobHashes {
            let key = Hash256Key(hash)
            owners[key]?.removeAll { $0.transaction.hash == transaction.hash }
            if owners[key]?.isEmpty == true { owners[key] = nil }
        }
    }

    /// Remembers a transaction that was included, and forgets the oldest beyond `limit`.
    ///
    /// - Returns: those that were forgotten.
    mutating func keepIncluded(_ transaction: PooledTransaction, limit: Int) {
        guard includedHashes.insert(Hash256Key(transaction.hash)).inserted else { return }
        included.append(transaction)
        while included.count > max(0, limit) {
            let oldest = included.removeFirst()
            includedHashes.remove(Hash256Key(oldest.hash))
            remove(oldest)
        }
    }

    /// Gives back an included transaction, which counts as included no longer.
    mutating func takeIncluded(_ hash: Hash256) -> PooledTransaction? {
        guard includedHashes.remove(Hash256Key(hash)) != nil,
            let index = included.firstIndex(where: { $0.hash == hash })
        else { return nil }
        let transaction = included.remove(at: index)
        remove(transaction)
        return transaction
    }

    /// The sidecar that has the blob, and the blob's place in it.
    func find(_ versionedHash: Hash256) -> (sidecar: BlobSidecar, index: Int)? {
        guard let owner = owners[Hash256Key(versionedHash)]?.first, let sidecar = owner.transaction.sidecar else {
            return nil
        }
        return (sidecar.sidecar, owner.index)
    }
}

/// A blob with what proves it, as `engine_getBlobs` answers.
public struct PooledBlob: Sendable {
    public let blob: [UInt8]
    public let commitment: [UInt8]
    public let version: BlobSidecar.Version
    /// One, or one for each cell.
    public let proofs: [[UInt8]]
}
