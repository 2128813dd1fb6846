import Cryptography
import Primitives

let kzgBenchmarks: [Benchmark] = [
    Benchmark("kzg/decode the setup") { { consume(TrustedSetup.mainnet()) } },
    Benchmark("kzg/commitment to a blob") {
        let (kzg, blob) = (KZG(.mainnet()), Sample.blob)
        return { consume(try? kzg.blobToCommitment(blob)) }
    },
    Benchmark("kzg/proof of a blob") {
        let (kzg, blob) = (KZG(.mainnet()), Sample.blob)
        let commitment = (try? kzg.blobToCommitment(blob)) ?? []
        return { consume(try? kzg.computeBlobProof(blob: blob, commitment: commitment)) }
    },
    Benchmark("kzg/cells of a blob") {
        let blob = Sample.blob
        return { consume(try? KZG.computeCells(blob: blob)) }
    },
    Benchmark("kzg/cells and proofs of a blob") {
        let (kzg, blob) = (KZG(.mainnet()), Sample.blob)
        return { consume(try? kzg.computeCellsAndProofs(blob: blob)) }
    },
    Benchmark("kzg/commitment, cells and proofs for a batcher") {
        let (prover, blob) = (CellProver(KZG(.mainnet())), Sample.blob)
        return { consume(try? prover.prove(blob)) }
    },
    Benchmark("kzg/commitment, cells and proofs without a table") {
        let (prover, blob) = (CellProver(KZG(.mainnet()), usesTable: false), Sample.blob)
        return { consume(try? prover.prove(blob)) }
    },
    Benchmark("kzg/recover half of the cells and proofs") {
        let kzg = KZG(.mainnet())
        let cells = (try? KZG.computeCells(blob: Sample.blob)) ?? []
        let indices = Array(stride(from: 0, to: cells.count, by: 2))
        let known = indices.map { cells[$0] }
        return { consume(try? kzg.recoverCellsAndProofs(cellIndices: indices, cells: known)) }
    },
    Benchmark("kzg/verify a proof") {
        let kzg = KZG(.mainnet())
        let z = Hash256(UInt256(7)).bytes
        let commitment = (try? kzg.blobToCommitment(Sample.blob)) ?? []
        guard let (proof, y) = try? kzg.computeProof(blob: Sample.blob, z: z) else { return {} }
        return { consume(try? KZG.verifyProof(commitment: commitment, z: z, y: y, proof: proof)) }
    },
    Benchmark("kzg/verify the proof of a blob") {
        let kzg = KZG(.mainnet())
        let blob = Sample.blob
        let commitment = (try? kzg.blobToCommitment(blob)) ?? []
        let proof = (try? kzg.computeBlobProof(blob: blob, commitment: commitment)) ?? []
        return { consume(try? KZG.verifyBlobProof(blob: blob, commitment: commitment, proof: proof)) }
    },
    Benchmark("kzg/verify the proofs of 128 cells") {
        let kzg = KZG(.mainnet())
        let commitment = (try? kzg.blobToCommitment(Sample.blob)) ?? []
        guard let (cells, proofs) = try? kzg.computeCellsAndProofs(blob: Sample.blob) else { return {} }
        let commitments = [[UInt8]](repeating: commitment, count: cells.count)
        let indices = Array(cells.indices)
        return {
            consume(
                try? KZG.verifyCellProofBatch(
                    commitments: commitments, cellIndices: indices, cells: cells, proofs: proofs))
        }
    },
]

private enum Sample {
    /// Field elements that are hashes without their first bits.
    static let blob: [UInt8] = (0..<4_096).flatMap { index in
        var element = Keccak256.hash(Hash256(UInt256(index))).bytes
        element[0] &= 0x3F
        return element
    }
}
