import Primitives

/// A field of which one of two elements can be chosen without a branch.
protocol SelectableField: Field {
    /// The first where `condition` is 0, the second where it is 1, without a branch.
    static func select(_ first: Self, _ second: Self, where condition: UInt64) -> Self
}

extension WeierstrassCurve where Coordinate: SelectableField {
    /// scalar · point on a curve of odd order with a = 0, without a branch or an index that depends on the scalar.
    ///
    /// The complete addition formulas of J. Renes, C. Costello and L. Batina (2016), algorithm 7, have no special cases
    /// there, so that a Montgomery ladder over them does the same work for every scalar.
    static func product(_ point: AffinePoint<Self>, secret scalar: UInt256) -> JacobianPoint<Self> {
        var low = CompletePoint<Self>(.infinity)
        var high = CompletePoint<Self>(point)
        for index in stride(from: 255, through: 0, by: -1) {
            let bit = (scalar >> UInt64(index)).limb0 & 1
            CompletePoint.swap(&low, &high, where: bit)
            high = low + high
            low = low + low
            CompletePoint.swap(&low, &high, where: bit)
        }
        // From homogeneous (X/Z, Y/Z) to Jacobian coordinates.
        return JacobianPoint(x: low.x * low.z, y: low.y * low.z.squared, z: low.z)
    }
}

/// A point in homogeneous coordinates, infinity being (0, 1, 0).
private struct CompletePoint<C: WeierstrassCurve> where C.Coordinate: SelectableField {
    var x: C.Coordinate
    var y: C.Coordinate
    var z: C.Coordinate

    init(_ point: AffinePoint<C>) {
        x = point.x
        y = point.isInfinity ? .one : point.y
        z = point.isInfinity ? .zero : .one
    }

    private init(x: C.Coordinate, y: C.Coordinate, z: C.Coordinate) {
        self.x = x
        self.y = y
        self.z = z
    }

    static func + (left: Self, right: Self) -> Self {
        let threeB = C.b.doubled + C.b
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
        return Self(x: xy * minus - yz * bxz, y: bxz * threeXX + minus * plus, z: plus * yz + threeXX * xy)
    }

    /// Swaps both where `condition` is 1, in constant time.
    static func swap(_ left: inout Self, _ right: inout Self, where condition: UInt64) {
        let old = left
        left.x = .select(left.x, right.x, where: condition)
        left.y = .select(left.y, right.y, where: condition)
        left.z = .select(left.z, right.z, where: condition)
        right.x = .select(right.x, old.x, where: condition)
        right.y = .select(right.y, old.y, where: condition)
        right.z = .select(right.z, old.z, where: condition)
    }
}
