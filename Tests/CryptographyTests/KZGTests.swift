import Cryptography
import Foundation
import Primitives
import Testing

private let kzg = KZG(.mainnet())

/// Polynomials of a few coefficients, evaluated term by term.
private struct SmallPolynomial: CustomTestStringConvertible, Sendable {
    static let modulus = UInt256(
        limbs: 0xFFFF_FFFF_0000_0001, 0x53BD_A402_FFFE_5BFE, 0x3339_D808_09A1_D805, 0x73ED_A753_299D_7D48)

    var coefficients: [UInt256]

    var testDescription: String { "\(coefficients.count) coefficients" }

    /// The root of unity of order 8,192 with an index in the order of the extended blob: 7^((r − 1)/8192·reversed).
    static func root(_ index: Int) -> UInt256 {
        var reversed = 0
        for bit in 0..<13 where index >> bit & 1 != 0 { reversed |= 1 << (12 - bit) }
        return power(7, (modulus &- 1) / 8_192 &* UInt256(reversed))
    }

    static func power(_ base: UInt256, _ exponent: UInt256) -> UInt256 {
        var result = UInt256.one
        for bit in (0..<256).reversed() {
            result = result.multiplying(by: result, modulo: modulus)
            if (exponent >> UInt64(bit)).limb0 & 1 != 0 { result = result.multiplying(by: base, modulo: modulus) }
        }
        return result
    }

    func value(at point: UInt256) -> UInt256 {
        var value = UInt256.zero
        for coefficient in coefficients.reversed() {
            value = (value.multiplying(by: point, modulo: Self.modulus) &+ coefficient) % Self.modulus
        }
        return value
    }

    var blob: [UInt8] { (0..<4_096).flatMap { value(at: Self.root($0)).bytes } }
}

/// Field elements made of hashes.
private func randomBlob(_ seed: UInt64) -> [UInt8] {
    (0..<4_096).flatMap { index in
        var element = Keccak256.hash(Hash256(UInt256(limbs: UInt64(index), seed, 0, 0))).bytes
        element[0] &= 0x3F
        return element
    }
}

private let infinity = [0xC0] + [UInt8](repeating: 0, count: 47)
private let invalidPoint = [UInt8](repeating: 0, count: 48)

@Suite struct TrustedSetupTests {
    private static let file = ProcessInfo.processInfo.environment["MAYFLY_VECTORS"].map {
        $0 + "/kzg/trusted_setup.txt"
    }

    /// The hash of what scripts/generate-trusted-setup has written.
    @Test func isTheOneWithTheKnownHash() throws {
        let points = TrustedSetup.mainnet().compressedPoints
        #expect(points.count == 8_192 * 48)
        #expect(
            SHA256.hash(points)
                == (try Hash256(hex: "725c0af127c8254bbe65a5dbbe3fa75cff397ab1c1de870d8d5a6d80c2a50e46")))
    }

    @Test(.enabled(if: file != nil, "set MAYFLY_VECTORS to the folder of unpacked vectors"))
    func firstHalfIsThatOfTheCeremony() throws {
        let lines = try String(contentsOfFile: try #require(Self.file), encoding: .utf8).split(separator: "\n")
        let points = TrustedSetup.mainnet().compressedPoints
        for index in 0..<4_096 {
            var reversed = 0
            for bit in 0..<12 where index >> bit & 1 != 0 { reversed |= 1 << (11 - bit) }
            let expected = try Hex.decode(String(lines[2 + reversed]))
            #expect(Array(points[(48 * index)..<(48 * (index + 1))]) == expected)
        }
    }
}

@Suite struct KZGCommitmentTests {
    @Test func commitmentsOfTheFirstPowers() throws {
        // [1], [τ] and [τ²], of the powers in the setup.
        let powers = [
            "97f1d3a73197d7942695638c4fa9ac0fc3688c4f9774b905a14e3a3f171bac586c55e83ff97a1aeffb3af00adb22c6bb",
            "ad3eb50121139aa34db1d545093ac9374ab7bca2c0f3bf28e27c8dcd8fc7cb42d25926fc0c97b336e9f0fb35e5a04c81",
            "8029c8ce0d2dce761a7f29c2df2290850c85bdfaec2955626d7acc8864aeb01fe16c9e156863dc63b6c22553910e27c1",
        ]
        for (degree, power) in powers.enumerated() {
            let polynomial = SmallPolynomial(coefficients: [UInt256](repeating: 0, count: degree) + [1])
            #expect(try kzg.blobToCommitment(polynomial.blob) == Hex.decode(power))
        }
        #expect(try kzg.blobToCommitment([UInt8](repeating: 0, count: 131_072)) == infinity)
    }

    @Test(arguments: [SmallPolynomial(coefficients: [5]), SmallPolynomial(coefficients: [9, 0, .one << 200, 77])])
    fileprivate func valuesAreThoseOfThePolynomial(_ polynomial: SmallPolynomial) throws {
        let blob = polynomial.blob
        // A point outside the domain, and two inside.
        for z in [UInt256(12_345), SmallPolynomial.root(0), SmallPolynomial.root(77)] {
            let (proof, y) = try kzg.computeProof(blob: blob, z: z.bytes)
            #expect(y == polynomial.value(at: z).bytes)
            if polynomial.coefficients.count == 1 { #expect(proof == infinity) }
        }
        let cells = try KZG.computeCells(blob: blob)
        #expect(cells.count == 128)
        for index in [0, 1, 63, 4_095, 4_096, 5_000, 8_191] {
            let offset = index % 64 * 32
            let expected = polynomial.value(at: SmallPolynomial.root(index)).bytes
            #expect(Array(cells[index / 64][offset..<(offset + 32)]) == expected)
        }
    }

    @Test func inputsOutOfFormAreRefused() throws {
        let blob = randomBlob(1)
        var excessive = blob
        excessive.replaceSubrange(64..<96, with: SmallPolynomial.modulus.bytes)
        #expect(throws: KZGError.blobIsNotOf131072Bytes) { try kzg.blobToCommitment([]) }
        #expect(throws: KZGError.blobIsNotOf131072Bytes) { try KZG.computeCells(blob: blob + [0]) }
        #expect(throws: KZGError.fieldElementIsNotCanonical(index: 2)) { try kzg.blobToCommitment(excessive) }
        #expect(throws: KZGError.fieldElementIsNotOf32Bytes) { try kzg.computeProof(blob: blob, z: [1]) }
        #expect(throws: KZGError.commitmentIsNotAPoint) {
            try kzg.computeBlobProof(blob: blob, commitment: invalidPoint)
        }
        #expect(throws: KZGError.commitmentIsNotAPoint) { try kzg.computeBlobProof(blob: blob, commitment: []) }
    }
}

@Suite struct KZGCellTests {
    @Test func recoveredFromAnyHalf() throws {
        let (cells, proofs) = try kzg.computeCellsAndProofs(blob: randomBlob(2))
        #expect(Set(proofs).count == 128)
        let halves = [Array(0..<64), Array(64..<128), Array(stride(from: 1, to: 128, by: 2)), Array(20..<128)]
        for indices in halves {
            let recovered = try kzg.recoverCellsAndProofs(cellIndices: indices, cells: indices.map { cells[$0] })
            #expect(recovered.cells == cells)
            #expect(recovered.proofs == proofs)
        }
    }

    @Test func unrecoverableSetsAreRefused() throws {
        let cells = try KZG.computeCells(blob: randomBlob(3))
        func recover(_ indices: [Int], _ cells: [[UInt8]]) throws {
            _ = try kzg.recoverCellsAndProofs(cellIndices: indices, cells: cells)
        }
        #expect(throws: KZGError.countsDiffer) { try recover(Array(0..<64), cells) }
        #expect(throws: KZGError.fewerThan64Cells) { try recover(Array(0..<63), Array(cells[..<63])) }
        #expect(throws: KZGError.moreThan128Cells) { try recover(Array(0..<129), cells + [cells[0]]) }
        #expect(throws: KZGError.cellIndexIsOutOfRange) { try recover(Array(65..<129), Array(cells[..<64])) }
        #expect(throws: KZGError.cellIndexIsOutOfRange) { try recover(Array(-1..<63), Array(cells[..<64])) }
        #expect(throws: KZGError.cellIndicesDoNotAscend) { try recover([0] + (0..<63), Array(cells[..<64])) }
        #expect(throws: KZGError.cellIsNotOf2048Bytes) { try recover(Array(0..<64), Array(cells[..<63]) + [[1]]) }
        var changed = cells
        changed[100][40] ^= 1
        #expect(throws: KZGError.cellsContradictEachOther) { try recover(Array(0..<128), changed) }
    }
}

@Suite struct KZGVerificationTests {
    @Test func provenValuesHoldAndOthersDoNot() throws {
        let blob = randomBlob(4)
        let commitment = try kzg.blobToCommitment(blob)
        for z in [UInt256(3), SmallPolynomial.root(9)] {
            let (proof, y) = try kzg.computeProof(blob: blob, z: z.bytes)
            func holds(_ z: UInt256, _ y: [UInt8], _ proof: [UInt8]) throws -> Bool {
                try KZG.verifyProof(commitment: commitment, z: z.bytes, y: y, proof: proof)
            }
            #expect(try holds(z, y, proof))
            #expect(try !holds(z &+ 1, y, proof))
            #expect(try !holds(z, UInt256(5).bytes, proof))
            #expect(try !holds(z, y, infinity))
            #expect(try !holds(z, y, commitment))
            #expect(throws: KZGError.proofIsNotAPoint) { try holds(z, y, invalidPoint) }
            #expect(throws: KZGError.fieldElementIsNotCanonical(index: 0)) {
                try holds(z, SmallPolynomial.modulus.bytes, proof)
            }
        }
    }

    @Test func batchesHoldIfEveryProofDoes() throws {
        var blobs = [randomBlob(5), randomBlob(6)]
        var commitments: [[UInt8]] = []
        var proofs: [[UInt8]] = []
        for blob in blobs {
            commitments.append(try kzg.blobToCommitment(blob))
            proofs.append(try kzg.computeBlobProof(blob: blob, commitment: commitments[commitments.count - 1]))
            #expect(
                try KZG.verifyBlobProof(
                    blob: blob, commitment: commitments[proofs.count - 1], proof: proofs[proofs.count - 1]))
        }
        #expect(try KZG.verifyBlobProofBatch(blobs: blobs, commitments: commitments, proofs: proofs))
        #expect(try KZG.verifyBlobProofBatch(blobs: [], commitments: [], proofs: []))
        #expect(throws: KZGError.countsDiffer) {
            try KZG.verifyBlobProofBatch(blobs: blobs, commitments: commitments, proofs: [])
        }
        proofs.swapAt(0, 1)
        #expect(try !KZG.verifyBlobProofBatch(blobs: blobs, commitments: commitments, proofs: proofs))
        proofs.swapAt(0, 1)
        blobs[1][95] ^= 1
        #expect(try !KZG.verifyBlobProofBatch(blobs: blobs, commitments: commitments, proofs: proofs))
    }

    @Test func cellsHoldInAnyOrderAndNumber() throws {
        let blobs = [randomBlob(7), randomBlob(8)]
        let commitments = try blobs.map { try kzg.blobToCommitment($0) }
        let proven = try blobs.map { try kzg.computeCellsAndProofs(blob: $0) }
        let places = [(0, 127), (1, 3), (0, 3), (1, 64), (1, 3)]
        var cells = places.map { proven[$0.0].cells[$0.1] }
        func holds(_ indices: [Int]) throws -> Bool {
            try KZG.verifyCellProofBatch(
                commitments: places.map { commitments[$0.0] }, cellIndices: indices, cells: cells,
                proofs: places.map { proven[$0.0].proofs[$0.1] })
        }
        #expect(try holds(places.map { $0.1 }))
        #expect(try !holds([127, 3, 3, 65, 3]))
        #expect(throws: KZGError.cellIndexIsOutOfRange) { try holds([127, 3, 3, 128, 3]) }
        #expect(throws: KZGError.countsDiffer) { try holds([]) }
        cells[2][31] ^= 1
        #expect(try !holds(places.map { $0.1 }))
        cells[2] = []
        #expect(throws: KZGError.cellIsNotOf2048Bytes) { try holds(places.map { $0.1 }) }
    }
}

@Suite struct PointEvaluationTests {
    @Test func everyPartOfTheInputCounts() throws {
        let blob = randomBlob(9)
        let commitment = try kzg.blobToCommitment(blob)
        let (proof, y) = try kzg.computeProof(blob: blob, z: UInt256(7).bytes)
        let input = [1] + SHA256.hash(commitment).bytes.dropFirst() + UInt256(7).bytes + y + commitment + proof
        func run(_ input: [UInt8]) -> [UInt8]? { input.withUnsafeBytes { PointEvaluation.run($0) } }
        #expect(run(input) == UInt256(4_096).bytes + SmallPolynomial.modulus.bytes)
        #expect(run([]) == nil)
        #expect(run(input.dropLast()) == nil)
        #expect(run(input + [0]) == nil)
        for position in stride(from: 0, to: 192, by: 5) + [0, 32, 64, 96, 144, 191] {
            var changed = input
            changed[position] ^= 0x80
            #expect(run(changed) == nil)
        }
    }
}
