import Cryptography
import Primitives
import Sequencing

/// A blob with its commitment, as it is kept in a file: versioned hash, commitment, blob.
///
/// Proofs are in a file of their own, from when somebody asks for them.
struct KeptBlob: Equatable, Sendable {
    /// EIP-4844.
    let versionedHash: Hash256
    /// 48 bytes.
    let commitment: [UInt8]
    /// 131,072 bytes.
    let blob: [UInt8]

    private static let byteCount = 32 + KZG.bytesPerCommitment + KZG.bytesPerBlob

    static func blobs(of sidecar: VerifiedSidecar) -> [KeptBlob] {
        sidecar.hashes.indices.map { index in
            KeptBlob(
                versionedHash: sidecar.hashes[index], commitment: sidecar.sidecar.commitments[index],
                blob: sidecar.sidecar.blobs[index])
        }
    }

    var encoded: [UInt8] { versionedHash.bytes + commitment + blob }

    /// All blobs of a file; nil where it is no such file.
    static func decode(_ bytes: [UInt8]) -> [KeptBlob]? {
        guard bytes.count % byteCount == 0 else { return nil }
        return stride(from: 0, to: bytes.count, by: byteCount).map { start in
            let commitment = start + 32
            let blob = commitment + KZG.bytesPerCommitment
            return KeptBlob(
                versionedHash: Hash256(Array(bytes[start..<commitment])) ?? Hash256(),
                commitment: Array(bytes[commitment..<blob]), blob: Array(bytes[blob..<start + byteCount]))
        }
    }

    /// The proof that the blob is the commitment's (EIP-4844); nil where the blob is none.
    ///
    /// - Complexity: some ten milliseconds.
    var proof: [UInt8]? { try? Self.kzg.computeBlobProof(blob: blob, commitment: commitment) }

    /// Made when the first proof is asked for.
    private static let kzg = KZG(.mainnet())
}
