import Primitives

/// Doubling and mixed addition with the fewest additions beside the products: products are cheap over this prime.
extension JacobianPoint where C == Secp256k1Curve {
    /// Doubles in place, with three products and four squares: from the slope 3x²/2y taken with half its numerator.
    @inline(__always)
    mutating func double() {
        let s = y.squared
        let square = x.squared
        let l = (square + square + square).halved
        let t = x * s
        z = y * z
        x = l.squared - t.doubled
        y = l * (t - x) - s.squared
    }

    /// Adds an affine point in place, with eight products and three squares; returns the ratio of the new z
    /// coordinate to the old one where neither sum nor summand is special.
    @inline(__always)
    @discardableResult
    mutating func add(_ point: Secp256k1.Multiple, isNegative: Bool) -> C.Coordinate {
        if isInfinity {
            self = Self(x: point.x, y: isNegative ? -point.y : point.y, z: .one)
            return .one
        }
        return add(point, isNegative: isNegative, relativeZ: z)
    }

    /// Adds a point of secp256k1 while `self` is one of the isomorphic curve x ↦ x·scale², y ↦ y·scale³.
    @inline(__always)
    mutating func add(_ point: Secp256k1.Multiple, isNegative: Bool, scale: C.Coordinate) {
        if isInfinity {
            let square = scale.squared
            let y = point.y * (square * scale)
            self = Self(x: point.x * square, y: isNegative ? -y : y, z: .one)
        } else {
            _ = add(point, isNegative: isNegative, relativeZ: z * scale)
        }
    }

    @inline(never)
    private mutating func add(
        _ point: Secp256k1.Multiple, isNegative: Bool, relativeZ: C.Coordinate
    ) -> C.Coordinate {
        let square = relativeZ.squared
        let u = point.x * square
        let s = point.y * (square * relativeZ)
        let h = u - x
        let r = isNegative ? -(s + y) : s - y
        if h.isZero {
            if r.isZero { double() } else { self = .infinity }
            return .one
        }
        let hSquare = h.squared
        let hCube = hSquare * h
        let t = x * hSquare
        x = r.squared - hCube - t.doubled
        y = r * (t - x) - y * hCube
        z = z * h
        return h
    }
}
