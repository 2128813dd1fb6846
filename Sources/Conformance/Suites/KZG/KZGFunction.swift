import Cryptography
import Primitives

/// The functions of the consensus specifications that vectors exist for.
enum KZGFunction: String, CaseIterable {
    case blobToCommitment = "blob_to_kzg_commitment"
    case computeProof = "compute_kzg_proof"
    case computeBlobProof = "compute_blob_kzg_proof"
    case verifyProof = "verify_kzg_proof"
    case verifyBlobProof = "verify_blob_kzg_proof"
    case verifyBlobProofBatch = "verify_blob_kzg_proof_batch"
    case computeCells = "compute_cells"
    case computeCellsAndProofs = "compute_cells_and_kzg_proofs"
    case recoverCellsAndProofs = "recover_cells_and_kzg_proofs"
    case verifyCellProofBatch = "verify_cell_kzg_proof_batch"
    case computeChallenge = "compute_challenge"
    case computeCellBatchChallenge = "compute_verify_cell_kzg_proof_batch_challenge"

    /// The setup is decoded once for all cases.
    private static let kzg = KZG(.mainnet())
    private static let prover = CellProver(kzg)

    /// The function that a component of the path names.
    static func named(in path: [String]) -> KZGFunction? {
        for component in path.reversed() {
            if let function = KZGFunction(rawValue: component) { return function }
        }
        return nil
    }

    /// The output as text, `null` where the function refuses the input.
    ///
    /// - Throws: `FixtureError` where the input is not of the function's form.
    func evaluate(_ input: YAMLValue) throws(FixtureError) -> String {
        let arguments = Arguments(input)
        do { return try evaluate(arguments) } catch {
            switch error {
            case .refused: return "null"
            case .unreadable(let error): throw error
            }
        }
    }

    private func evaluate(_ input: Arguments) throws(Failure) -> String {
        switch self {
        case .blobToCommitment:
            let blob = try input.bytes("blob")
            return Hex.encode(try refusing { () throws(KZGError) in try Self.kzg.blobToCommitment(blob) })
        case .computeProof:
            let (blob, z) = (try input.bytes("blob"), try input.bytes("z"))
            let result = try refusing { () throws(KZGError) in try Self.kzg.computeProof(blob: blob, z: z) }
            return shown([result.proof, result.y])
        case .computeBlobProof:
            let (blob, commitment) = (try input.bytes("blob"), try input.bytes("commitment"))
            return Hex.encode(
                try refusing { () throws(KZGError) in
                    try Self.kzg.computeBlobProof(blob: blob, commitment: commitment)
                })
        case .verifyProof:
            let (commitment, proof) = (try input.bytes("commitment"), try input.bytes("proof"))
            let (z, y) = (try input.bytes("z"), try input.bytes("y"))
            return String(
                try refusing { () throws(KZGError) in
                    try KZG.verifyProof(commitment: commitment, z: z, y: y, proof: proof)
                })
        case .verifyBlobProof:
            let (blob, commitment) = (try input.bytes("blob"), try input.bytes("commitment"))
            let proof = try input.bytes("proof")
            return String(
                try refusing { () throws(KZGError) in
                    try KZG.verifyBlobProof(blob: blob, commitment: commitment, proof: proof)
                })
        case .verifyBlobProofBatch:
            let (blobs, commitments) = (try input.list("blobs"), try input.list("commitments"))
            let proofs = try input.list("proofs")
            return String(
                try refusing { () throws(KZGError) in
                    try KZG.verifyBlobProofBatch(blobs: blobs, commitments: commitments, proofs: proofs)
                })
        case .computeCells:
            let blob = try input.bytes("blob")
            return shown(try refusing { () throws(KZGError) in try KZG.computeCells(blob: blob) })
        case .computeCellsAndProofs:
            let blob = try input.bytes("blob")
            let (cells, proofs) = try refusing { () throws(KZGError) in
                try Self.kzg.computeCellsAndProofs(blob: blob)
            }
            // What batchers use has to come to the same.
            let proven = try refusing { () throws(KZGError) in try Self.prover.prove(blob) }
            let commitment = try refusing { () throws(KZGError) in try Self.kzg.blobToCommitment(blob) }
            guard proven == .init(commitment: commitment, cells: cells, proofs: proofs) else { return "two results" }
            return "[\(shown(cells)),\(shown(proofs))]"
        case .recoverCellsAndProofs:
            let (indices, known) = (try input.indices("cell_indices"), try input.list("cells"))
            let (cells, proofs) = try refusing { () throws(KZGError) in
                try Self.kzg.recoverCellsAndProofs(cellIndices: indices, cells: known)
            }
            return "[\(shown(cells)),\(shown(proofs))]"
        case .verifyCellProofBatch:
            let (commitments, indices) = (try input.list("commitments"), try input.indices("cell_indices"))
            let (cells, proofs) = (try input.list("cells"), try input.list("proofs"))
            return String(
                try refusing { () throws(KZGError) in
                    try KZG.verifyCellProofBatch(
                        commitments: commitments, cellIndices: indices, cells: cells, proofs: proofs)
                })
        case .computeChallenge:
            let (blob, commitment) = (try input.bytes("blob"), try input.bytes("commitment"))
            return Hex.encode(
                try refusing { () throws(KZGError) in
                    try KZG.computeChallenge(blob: blob, commitment: commitment).bytes
                })
        case .computeCellBatchChallenge:
            let commitments = try input.list("commitments")
            let (commitmentIndices, cellIndices) = (
                try input.indices("commitment_indices"), try input.indices("cell_indices")
            )
            let (cells, proofs) = (try input.cosets("cosets_evals"), try input.list("proofs"))
            return Hex.encode(
                try refusing { () throws(KZGError) in
                    try KZG.computeCellBatchChallenge(
                        commitments: commitments, commitmentIndices: commitmentIndices, cellIndices: cellIndices,
                        cells: cells, proofs: proofs
                    ).bytes
                })
        }
    }

    private func shown(_ list: [[UInt8]]) -> String { "[" + list.map(Hex.encode).joined(separator: ",") + "]" }

    private func refusing<Value>(_ body: () throws(KZGError) -> Value) throws(Failure) -> Value {
        do { return try body() } catch { throw .refused(error) }
    }
}

/// Why a case has no value to compare.
private enum Failure: Error {
    case refused(KZGError)
    case unreadable(FixtureError)
}

/// The input of a case.
private struct Arguments {
    private let input: YAMLValue

    init(_ input: YAMLValue) { self.input = input }

    func bytes(_ key: String) throws(Failure) -> [UInt8] {
        try reading(key) { (value) throws(FixtureError) in try value.bytes() }
    }

    func list(_ key: String) throws(Failure) -> [[UInt8]] {
        try reading(key) { (value) throws(FixtureError) in try value.listOfBytes() }
    }

    func indices(_ key: String) throws(Failure) -> [Int] {
        try reading(key) { (value) throws(FixtureError) in
            var indices: [Int] = []
            for item in try value.items() { indices.append(Int(clamping: try item.integer64())) }
            return indices
        }
    }

    /// Lists of field elements, each joined to a cell.
    func cosets(_ key: String) throws(Failure) -> [[UInt8]] {
        try reading(key) { (value) throws(FixtureError) in
            var cells: [[UInt8]] = []
            for item in try value.items() { cells.append(Array(try item.listOfBytes().joined())) }
            return cells
        }
    }

    private func reading<Value>(
        _ key: String, _ body: (YAMLValue) throws(FixtureError) -> Value
    ) throws(Failure) -> Value {
        do { return try body(try input.required(key)) } catch { throw .unreadable(error) }
    }
}
