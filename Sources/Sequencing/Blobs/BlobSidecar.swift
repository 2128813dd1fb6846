public import Cryptography
public import Primitives

/// What travels with a blob transaction beside it: its blobs, and what proves that they are those it names.
public struct BlobSidecar: Sendable, Equatable {
    /// How the proofs are made.
    public enum Version: UInt8, Sendable {
        /// One proof a blob (EIP-4844).
        case blobProofs = 0
        /// One proof for each of a blob's 128 cells (EIP-7594).
        case cellProofs = 1
    }

    public var version: Version
    /// 131,072 bytes each.
    public var blobs: [[UInt8]]
    /// 48 bytes each.
    public var commitments: [[UInt8]]
    /// 48 bytes each.
    public var proofs: [[UInt8]]

    public init(version: Version, blobs: [[UInt8]], commitments: [[UInt8]], proofs: [[UInt8]]) {
        self.version = version
        self.blobs = blobs
        self.commitments = commitments
        self.proofs = proofs
    }

    /// Bytes.
    var size: Int { blobs.count * KZG.bytesPerBlob + (commitments.count + proofs.count) * 48 }

    /// How many proofs there are for a blob.
    var proofsPerBlob: Int { version == .cellProofs ? KZG.cellsPerExtendedBlob : 1 }

    /// The versioned hash of a commitment (EIP-4844).
    public static func versionedHash(ofCommitment commitment: [UInt8]) -> Hash256 {
        var bytes = SHA256.hash(commitment).bytes
        bytes[0] = 1
        return Hash256(bytes) ?? Hash256()
    }

    /// Checks the counts, the commitments against the transaction's versioned hashes, and the proofs.
    ///
    /// This is dear, some ten milliseconds a blob: to be done off any lock.
    public func verified(for hashes: [Hash256]) throws(MempoolError) -> VerifiedSidecar {
        try checkCounts(hashes)
        for (index, commitment) in commitments.enumerated() {
            let computed = Self.versionedHash(ofCommitment: commitment)
            if computed != hashes[index] {
                throw .blobHashMismatch(index: index, computed: computed, stated: hashes[index])
            }
        }
        let isValid: Bool
        do throws(KZGError) {
            isValid = try proofsHold()
        } catch {
            throw .proofsInvalid("\(error)")
        }
        if !isValid { throw .proofsInvalid("invalid proof") }
        return VerifiedSidecar(sidecar: self, hashes: hashes)
    }

    private func checkCounts(_ hashes: [Hash256]) throws(MempoolError) {
        if hashes.isEmpty { throw .noBlobs }
        if blobs.count != hashes.count {
            throw .sidecarFormat("invalid number of \(blobs.count) blobs compared to \(hashes.count) blob hashes")
        }
        if commitments.count != hashes.count {
            throw .sidecarFormat(
                "invalid number of \(commitments.count) blob commitments compared to \(hashes.count) blob hashes")
        }
        if proofs.count != hashes.count * proofsPerBlob {
            throw .sidecarFormat(
                "invalid number of \(proofs.count) blob proofs expected \(hashes.count * proofsPerBlob)")
        }
        guard blobs.allSatisfy({ $0.count == KZG.bytesPerBlob }),
            commitments.allSatisfy({ $0.count == KZG.bytesPerCommitment }),
            proofs.allSatisfy({ $0.count == KZG.bytesPerProof })
        else { throw .sidecarFormat("wrong length of a blob, commitment or proof") }
    }

    private func proofsHold() throws(KZGError) -> Bool {
        if version == .blobProofs {
            return try KZG.verifyBlobProofBatch(blobs: blobs, commitments: commitments, proofs: proofs)
        }
        let perBlob = KZG.cellsPerExtendedBlob
        var cells: [[UInt8]] = []
        var cellCommitments: [[UInt8]] = []
        var indices: [Int] = []
        for (blob, commitment) in zip(blobs, commitments) {
            cells += try KZG.computeCells(blob: blob)
            cellCommitments += [[UInt8]](repeating: commitment, count: perBlob)
            indices += 0..<perBlob
        }
        return try KZG.verifyCellProofBatch(
            commitments: cellCommitments, cellIndices: indices, cells: cells, proofs: proofs)
    }
}

/// A sidecar whose proofs hold for these versioned hashes; only verification makes one.
public struct VerifiedSidecar: Sendable {
    public let sidecar: BlobSidecar
    public let hashes: [Hash256]

    /// The same blobs with cell proofs, for a chain past Osaka that was sent the older form.
    ///
    /// - Complexity: about 200 milliseconds a blob: to be done off any lock.
    public func withCellProofs(_ kzg: KZG) throws(MempoolError) -> VerifiedSidecar {
        if sidecar.version == .cellProofs { return self }
        var converted = sidecar
        converted.version = .cellProofs
        converted.proofs = []
        do throws(KZGError) {
            for blob in sidecar.blobs { converted.proofs += try kzg.computeCellsAndProofs(blob: blob).proofs }
        } catch {
            throw .proofsInvalid("blob sidecar conversion failed: \(error)")
        }
        // Computed from blobs that the commitments fit, they need no proving.
        return VerifiedSidecar(sidecar: converted, hashes: hashes)
    }
}
