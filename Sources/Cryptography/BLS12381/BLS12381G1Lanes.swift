#if canImport(CBLS12381) && !hasFeature(Embedded)
    import CBLS12381
    import Primitives

    /// A point of G1 in homogeneous coordinates: x = X/Z, y = Y/Z; infinity where Z is zero. 18 limbs in memory.
    struct HomogeneousG1: BitwiseCopyable {
        var x: BLS12381Field
        var y: BLS12381Field
        var z: BLS12381Field

        static var infinity: Self { Self(x: .zero, y: .one, z: .zero) }

        init(x: BLS12381Field, y: BLS12381Field, z: BLS12381Field) {
            self.x = x
            self.y = y
            self.z = z
        }

        init(_ point: AffinePoint<BLS12381G1>) {
            self = point.isInfinity ? .infinity : Self(x: point.x, y: point.y, z: .one)
        }

        var jacobian: JacobianPoint<BLS12381G1> {
            z.isZero ? .infinity : JacobianPoint(x: x * z, y: y * z.squared, z: z)
        }

        /// The affine forms of many points, with one inversion.
        static func affine(_ points: [Self]) -> [AffinePoint<BLS12381G1>] {
            var inverses = points.map { $0.z }
            invertAll(&inverses)
            return points.indices.map { index in
                if points[index].z.isZero { return .infinity }
                return AffinePoint(x: points[index].x * inverses[index], y: points[index].y * inverses[index])
            }
        }
    }

    /// Work on eight points of G1 at a time, where the processor can.
    enum BLS12381G1Lanes {
        static let count = 8

        /// Windows of eight bits of each half of a scalar.
        static let windowCount = 16

        static var isAvailable: Bool { mayfly_bls_g1_is_available() != 0 }

        /// Room for sums that are under way.
        final class Buckets {
            let bytes = UnsafeMutableRawPointer.allocate(byteCount: 8 * 129 * 192, alignment: 64)

            deinit { bytes.deallocate() }
        }

        /// The twelve limbs of a point that is not infinity.
        static func append(_ point: AffinePoint<BLS12381G1>, to limbs: inout [UInt64]) {
            for value in [point.x, point.y] {
                limbs += [value.limb0, value.limb1, value.limb2, value.limb3, value.limb4, value.limb5]
            }
        }

        /// The sum of scalar · point over points of the subgroup: each lane adds up two windows of the scalars.
        ///
        /// - Complexity: four additions of eight lanes a point, and 512.
        static func sum(
            of points: [AffinePoint<BLS12381G1>], scalars: [UInt256]
        ) -> JacobianPoint<BLS12381G1> {
            var limbs: [UInt64] = []
            var digits = [[Int16]](repeating: [], count: windowCount / count)
            limbs.reserveCapacity(12 * points.count)
            for group in digits.indices { digits[group].reserveCapacity(16 * points.count) }
            for (point, scalar) in zip(points, scalars) where !point.isInfinity {
                append(point, to: &limbs)
                let parts = BLS12381BalancedScalar(scalar)
                for part in [parts.low, parts.high] {
                    part.forEachDigit(width: 8, count: windowCount) { window, digit in
                        digits[window / count].append(Int16(truncatingIfNeeded: digit))
                    }
                }
            }
            let buckets = Buckets()
            var sums = [HomogeneousG1](repeating: .infinity, count: windowCount)
            for group in digits.indices {
                withLimbs(&sums, from: group * count) { target in
                    mayfly_bls_g1_sums(
                        target, limbs, digits[group], limbs.count / 12,
                        buckets.bytes.assumingMemoryBound(to: UInt8.self))
                }
            }
            var result = JacobianPoint<BLS12381G1>.infinity
            for window in sums.reversed() {
                for _ in 0..<8 { result = result.doubled }
                result = result + window.jacobian
            }
            return result
        }

        /// The limbs of eight points, or more, from one on.
        static func withLimbs(
            _ points: inout [HomogeneousG1], from start: Int, _ body: (UnsafeMutablePointer<UInt64>) -> Void
        ) {
            precondition(start >= 0 && start + count <= points.count)
            points.withUnsafeMutableBytes { bytes in
                body((bytes.baseAddress! + start * 144).assumingMemoryBound(to: UInt64.self))
            }
        }
    }
#endif
