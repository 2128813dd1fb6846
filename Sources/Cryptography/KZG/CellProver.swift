import Primitives

/// Makes all that a transaction needs of blobs: commitments, and the proofs of their cells (EIP-7594), one after another or
/// on several threads at once.
///
/// The commitment costs next to nothing beside the proofs: the sums of a blob's own 64 cells add up to it.
public struct CellProver: Sendable {
    private let kzg: KZG
    #if canImport(CBLS12381) && !hasFeature(Embedded)
        private let table: CellTable?
    #endif

    /// What belongs to a blob.
    public struct Proven: Equatable, Sendable {
        /// 48 bytes.
        public var commitment: [UInt8]
        /// 128 of 2,048 bytes.
        public var cells: [[UInt8]]
        /// 128 of 48 bytes.
        public var proofs: [[UInt8]]

        public init(commitment: [UInt8], cells: [[UInt8]], proofs: [[UInt8]]) {
            self.commitment = commitment
            self.cells = cells
            self.proofs = proofs
        }
    }

    /// - Parameter usesTable: whether there is a table for the processor's vectors, where it has such as are needed.
    /// - Complexity: a tenth of a second and 25 MB where they are.
    public init(_ kzg: KZG, usesTable: Bool = true) {
        self.kzg = kzg
        #if canImport(CBLS12381) && !hasFeature(Embedded)
            table = usesTable ? CellTable(kzg.setup) : nil
        #endif
    }

    /// A blob's commitment, cells and proofs.
    ///
    /// - Throws: `KZGError` where the blob is not canonical.
    /// - Complexity: as of `KZG.computeCellsAndProofs`; with vectors a fifth of that.
    public func prove(_ blob: [UInt8]) throws(KZGError) -> Proven {
        let values = KZG.extended(try KZG.fieldElements(blob: blob))
        let half = BLS12381Scalar(2).inverse
        let halves = values.map { $0 * half }
        let own = KZG.cellsPerExtendedBlob / 2
        let commitment: JacobianPoint<BLS12381G1>
        let proofs: [AffinePoint<BLS12381G1>]
        #if canImport(CBLS12381) && !hasFeature(Embedded)
            if let table {
                let sums = table.sums(halves)
                commitment = sums[..<own].reduce(.infinity) { $0 + $1.jacobian }
                proofs = table.proofs(ofSums: sums)
            } else {
                let sums = kzg.cellSums(ofHalves: halves)
                commitment = sums[..<own].reduce(.infinity) { $0 + $1 }
                proofs = KZG.proofs(ofSums: sums)
            }
        #else
            let sums = kzg.cellSums(ofHalves: halves)
            commitment = sums[..<own].reduce(.infinity) { $0 + $1 }
            proofs = KZG.proofs(ofSums: sums)
        #endif
        return Proven(
            commitment: commitment.doubled.affine.compressed, cells: KZG.cells(ofValues: values),
            proofs: proofs.map { $0.compressed })
    }
}
