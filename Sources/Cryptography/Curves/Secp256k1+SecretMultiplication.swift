import Primitives

extension Secp256k1 {
    /// `scalar·G` of a scalar above zero and below the order, without a branch or a table index that depends on the scalar.
    ///
    /// The complete addition formulas of J. Renes, C. Costello and L. Batina (2016), algorithm 7, have no special cases, so a
    /// Montgomery ladder over them does the same work for every scalar.
    static func generatorMultiple(secret scalar: UInt256) -> AffinePoint<Secp256k1Curve> {
        var low = CompletePoint.infinity
        var high = CompletePoint(Secp256k1Curve.generator)
        for index in stride(from: 255, through: 0, by: -1) {
            let bit = (scalar >> UInt64(index)).limb0 & 1
            CompletePoint.swap(&low, &high, bit)
            high = low + high
            low = low + low
            CompletePoint.swap(&low, &high, bit)
        }
        // The nonce can be worked out from the bits of its inverse's steps: the inversion is not the fast one.
        let inverse = low.z.inverseOfSecret
        return AffinePoint(x: low.x * inverse, y: low.y * inverse)
    }

    /// A point in homogeneous coordinates, infinity being (0, 1, 0).
    private struct CompletePoint {
        var x: Base
        var y: Base
        var z: Base

        init(x: Base, y: Base, z: Base) {
            self.x = x
            self.y = y
            self.z = z
        }

        init(_ point: AffinePoint<Secp256k1Curve>) { self.init(x: point.x, y: point.y, z: .one) }

        static var infinity: Self { Self(x: .zero, y: .one, z: .zero) }

        static func + (left: Self, right: Self) -> Self {
            let threeB = Base(21)
            let xx = left.x * right.x
            let yy = left.y * right.y
            let zz = left.z * right.z
            let xy = (left.x + left.y) * (right.x + right.y) - xx - yy
            let yz = (left.y + left.z) * (right.y + right.z) - yy - zz
            let xz = (left.x + left.z) * (right.x + right.z) - xx - zz
            let threeXX = xx.doubled + xx
            let bzz = threeB * zz
            let (plus, minus) = (yy + bzz, yy - bzz)
            let bxz = threeB * xz
            return Self(
                x: xy * minus - yz * bxz, y: bxz * threeXX + minus * plus, z: plus * yz + threeXX * xy)
        }

        /// Swaps both where `bit` is 1, in constant time.
        static func swap(_ left: inout Self, _ right: inout Self, _ bit: UInt64) {
            Base.swap(&left.x, &right.x, if: bit)
            Base.swap(&left.y, &right.y, if: bit)
            Base.swap(&left.z, &right.z, if: bit)
        }
    }
}
