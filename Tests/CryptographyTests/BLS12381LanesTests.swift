import Primitives
import Testing

@testable import Cryptography

@Suite struct BLS12381BalancedScalarTests {
    private static let order = BLS12381.order
    private static let square = UInt256(UInt128(BLS12381.parameter) * UInt128(BLS12381.parameter))

    static let edges: [UInt256] = {
        let half = square >> 1
        let turns = [square, square &- 1, half, half &+ 1, half &- 1, .zero, .one]
        var values: [UInt256] = [.zero, .one, order &- 1, order &- 2, order, order &+ 1, .max, order >> 1]
        for high in turns { for low in turns { values.append(high &* square &+ low) } }
        return values
    }()

    private func value(_ part: BLS12381BalancedScalar.Part) -> UInt256 {
        let magnitude = UInt256(part.magnitude)
        return part.isNegative ? (Self.order &- magnitude) % Self.order : magnitude
    }

    private func check(_ scalar: UInt256) {
        let parts = BLS12381BalancedScalar(scalar)
        let high = value(parts.high).multiplying(by: Self.square, modulo: Self.order)
        #expect((value(parts.low) &+ high) % Self.order == scalar % Self.order)
        for part in [parts.low, parts.high] {
            #expect(UInt256(part.magnitude) <= (Self.square >> 1) &+ 1)
            for (width, count) in [(8, 16), (5, 26)] {
                var sum = Int128(0)
                part.forEachDigit(width: width, count: count) { place, digit in
                    #expect(digit.magnitude <= 1 << (width - 1))
                    sum += Int128(digit) << Int128(width * place)
                }
                #expect(sum.magnitude == part.magnitude && (sum < 0) == (part.isNegative && part.magnitude != 0))
            }
        }
    }

    @Test func areTheScalar() {
        for scalar in Self.edges { check(scalar) }
        var dice = SystemRandomNumberGenerator()
        for _ in 0..<500 { check(UInt256(limbs: dice.next(), dice.next(), dice.next(), dice.next())) }
    }
}

/// What the processor's vectors give beside what everything else gives; where there are none, only the latter.
@Suite struct BLS12381LanesTests {
    private typealias Point = JacobianPoint<BLS12381G1>

    private func multiple(_ scalar: UInt64) -> AffinePoint<BLS12381G1> {
        BLS12381G1.product(BLS12381G1.generator, UInt256(scalar)).affine
    }

    @Test func sumsAreThoseOfSingleProducts() {
        var dice = SystemRandomNumberGenerator()
        for round in 0..<6 {
            var points: [AffinePoint<BLS12381G1>] = []
            var scalars: [UInt256] = []
            // The same point again and again, opposite ones, infinity, and scalars at every edge.
            for (index, scalar) in BLS12381BalancedScalarTests.edges.enumerated() {
                let point = multiple(UInt64(index % 5 + 1))
                points.append(index % 7 == 3 ? .infinity : index % 2 == round % 2 ? -point : point)
                scalars.append(scalar)
            }
            for _ in 0..<round * 40 {
                points.append(multiple(dice.next()))
                scalars.append(UInt256(limbs: dice.next(), dice.next(), dice.next(), dice.next()))
            }
            var expected = Point.infinity
            for (point, scalar) in zip(points, scalars) { expected = expected + BLS12381G1.product(point, scalar) }
            #expect(points.count >= 48)
            #expect(BLS12381G1.sum(of: points, scalars: scalars) == expected)
            // All of it taken away again.
            let opposite = points.map { -$0 }
            #expect(BLS12381G1.sum(of: points + opposite, scalars: scalars + scalars).isInfinity)
            #expect(BLS12381G1.sum(of: points, scalars: points.map { _ in .zero }).isInfinity)
        }
    }

    @Test func blobsHaveTheSameProofsEitherWay() throws {
        let kzg = KZG(.mainnet())
        let (fast, slow) = (CellProver(kzg), CellProver(kzg, usesTable: false))
        var dice = SystemRandomNumberGenerator()
        var random = (0..<131_072).map { _ in UInt8.random(in: 0...255, using: &dice) }
        for index in stride(from: 0, to: random.count, by: 32) { random[index] &= 0x3F }
        var sparse = [UInt8](repeating: 0, count: 131_072)
        let zeros = sparse
        sparse[77 * 32 + 31] = 1
        let constant = (0..<131_072).map { UInt8($0 % 32 == 31 ? 5 : 0) }
        let largest = (0..<4_096).flatMap { _ in (BLS12381.order &- 1).bytes }
        for blob in [random, sparse, zeros, constant, largest] {
            let proven = try fast.prove(blob)
            #expect(proven == (try slow.prove(blob)))
            #expect(proven.commitment == (try kzg.blobToCommitment(blob)))
            let holds = try KZG.verifyCellProofBatch(
                commitments: Array(repeating: proven.commitment, count: 128), cellIndices: Array(0..<128),
                cells: proven.cells, proofs: proven.proofs)
            #expect(holds)
        }
        #expect(throws: KZGError.blobIsNotOf131072Bytes) { try fast.prove([1]) }
        #expect(throws: KZGError.fieldElementIsNotCanonical(index: 0)) {
            try fast.prove([UInt8](repeating: 0xFF, count: 131_072))
        }
    }
}
