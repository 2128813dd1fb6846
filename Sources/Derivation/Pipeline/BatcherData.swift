import EVM
public import Primitives
public import StateTransition

/// A blob by its commitment's hash and its place among the blobs of its L1 block.
public struct BlobReference: Equatable, Sendable {
    public var versionedHash: Hash256
    public var index: UInt64

    public init(versionedHash: Hash256, index: UInt64) {
        self.versionedHash = versionedHash
        self.index = index
    }
}

/// What one batcher transaction carries (OP Stack specification, derivation, L1 retrieval; Ecotone, blob retrieval).
public enum BatcherData: Equatable, Sendable {
    case calldata([UInt8])
    case blobs([BlobReference])

    /// What the batcher's transactions in a block carry, in order.
    ///
    /// - Parameter batcher: whose transactions count, as the system configuration says at that block.
    public static func find(
        in transactions: [Transaction], batcher: Address, _ configuration: RollupConfiguration
    ) -> [BatcherData] {
        var found: [BatcherData] = []
        var blobIndex: UInt64 = 0
        for transaction in transactions {
            let firstBlob = blobIndex
            blobIndex += UInt64(transaction.blobHashes.count)
            guard transaction.to == configuration.batchInbox, transaction.kind != .setCode,
                let sender = try? transaction.sender(revision: .osaka, chainID: configuration.l1ChainID),
                sender == batcher
            else { continue }
            if transaction.kind == .blob {
                found.append(
                    .blobs(
                        transaction.blobHashes.enumerated().map { index, hash in
                            BlobReference(versionedHash: hash, index: firstBlob + UInt64(index))
                        }))
            } else {
                found.append(.calldata(transaction.input))
            }
        }
        return found
    }
}
