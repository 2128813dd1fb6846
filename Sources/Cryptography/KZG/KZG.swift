import Primitives

/// KZG commitments to blobs (EIP-4844) and to the cells of extended blobs (EIP-7594), with the names of the consensus
/// specifications ("Deneb: polynomial commitments", "Fulu: polynomial commitments sampling").
///
/// A blob is 4,096 field elements of 32 big-endian bytes: the values of a polynomial at the roots of unity of order 4,096
/// in bit-reversed order. An extended blob has the values at those of order 8,192, in 128 cells of 64. Commitments and
/// proofs are points of G1 of BLS12-381 in 48 compressed bytes.
///
/// Verification needs no setup beyond a few points, and its functions are static; committing and proving do.
public struct KZG: Sendable {
    public static let fieldElementsPerBlob = 4_096
    public static let fieldElementsPerCell = 64
    public static let cellsPerExtendedBlob = 128
    public static let bytesPerFieldElement = 32
    public static let bytesPerBlob = 131_072
    public static let bytesPerCell = 2_048
    public static let bytesPerCommitment = 48
    public static let bytesPerProof = 48

    let setup: TrustedSetup

    public init(_ setup: TrustedSetup) { self.setup = setup }
}

/// Why a function of `KZG` refuses its input.
public enum KZGError: Error, Equatable, Sendable {
    case blobIsNotOf131072Bytes
    case cellIsNotOf2048Bytes
    case fieldElementIsNotOf32Bytes
    /// The field element at `index` of its blob or cell is not below the modulus.
    case fieldElementIsNotCanonical(index: Int)
    /// The bytes are not the compressed form of a point of G1.
    case commitmentIsNotAPoint
    case proofIsNotAPoint
    /// Lists that belong together, of blobs, commitments, proofs, cells or indices, differ in length.
    case countsDiffer
    case cellIndexIsOutOfRange
    case commitmentIndexIsOutOfRange
    /// Recovery takes every cell once, in the order of the indices.
    case cellIndicesDoNotAscend
    case fewerThan64Cells
    case moreThan128Cells
    /// More than half of the cells are there, and they are not those of any one blob.
    case cellsContradictEachOther
}

// MARK: - Field elements

extension KZG {
    /// The field elements of a blob.
    static func fieldElements(blob: [UInt8]) throws(KZGError) -> [BLS12381Scalar] {
        guard blob.count == bytesPerBlob else { throw .blobIsNotOf131072Bytes }
        return try fieldElements(bytes: blob)
    }

    /// The field elements of a cell.
    static func fieldElements(cell: [UInt8]) throws(KZGError) -> [BLS12381Scalar] {
        guard cell.count == bytesPerCell else { throw .cellIsNotOf2048Bytes }
        return try fieldElements(bytes: cell)
    }

    static func fieldElement(_ bytes: [UInt8]) throws(KZGError) -> BLS12381Scalar {
        guard bytes.count == bytesPerFieldElement else { throw .fieldElementIsNotOf32Bytes }
        return try fieldElements(bytes: bytes)[0]
    }

    /// The bytes of cells of 64 values each.
    static func cells(ofValues values: [BLS12381Scalar]) -> [[UInt8]] {
        stride(from: 0, to: values.count, by: fieldElementsPerCell).map { start in
            var cell: [UInt8] = []
            cell.reserveCapacity(bytesPerCell)
            for value in values[start..<(start + fieldElementsPerCell)] { value.append(to: &cell) }
            return cell
        }
    }

    /// A multiple of 32 bytes as field elements.
    private static func fieldElements(bytes: [UInt8]) throws(KZGError) -> [BLS12381Scalar] {
        var elements: [BLS12381Scalar] = []
        elements.reserveCapacity(bytes.count / bytesPerFieldElement)
        let invalidIndex: Int? = bytes.withUnsafeBytes { bytes in
            for index in 0..<(bytes.count / bytesPerFieldElement) {
                let source = bytes.baseAddress! + index * bytesPerFieldElement
                guard let element = BLS12381Scalar(canonicalBytes: source) else { return index }
                elements.append(element)
            }
            return nil
        }
        if let invalidIndex { throw .fieldElementIsNotCanonical(index: invalidIndex) }
        return elements
    }
}
