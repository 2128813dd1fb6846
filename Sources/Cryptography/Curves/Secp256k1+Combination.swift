import Primitives

extension Secp256k1 {
    /// `g·G + k·point`, both scalars below the order: four half-length products that share their doublings.
    ///
    /// Not for secret scalars. No allocation but for the multiples of G, computed once.
    static func combination(
        _ g: UInt256, ofGeneratorAnd k: UInt256, of point: AffinePoint<Secp256k1Curve>
    ) -> Point {
        let (left, right) = (SplitScalar(g), SplitScalar(k))
        return withUnsafeTemporaryAllocation(of: Int16.self, capacity: 4 * digitCount) { digits in
            digits.initialize(repeating: 0)
            let ofG = digits.baseAddress!
            let (ofShiftedG, ofPoint) = (ofG + digitCount, ofG + 2 * digitCount)
            let ofShiftedPoint = ofG + 3 * digitCount
            let count = max(
                max(
                    writeDigits(left.first, left.firstIsNegative, width: generatorWidth, to: ofG),
                    writeDigits(left.second, left.secondIsNegative, width: generatorWidth, to: ofShiftedG)),
                max(
                    writeDigits(right.first, right.firstIsNegative, width: pointWidth, to: ofPoint),
                    writeDigits(right.second, right.secondIsNegative, width: pointWidth, to: ofShiftedPoint)))
            return withUnsafeTemporaryAllocation(of: Multiple.self, capacity: 2 * pointMultiples) { table in
                let multiples = table.baseAddress!
                let scale = writeOddMultiples(of: point, to: multiples)
                for index in 0..<pointMultiples {
                    (multiples + pointMultiples + index).initialize(to: multiples[index].shifted)
                }
                return generatorMultiples.withUnsafeBufferPointer { fixed in
                    let generator = fixed.baseAddress!
                    var sum = Point.infinity
                    var position = count
                    while position > 0 {
                        position &-= 1
                        sum.double()
                        let digit0 = ofPoint[position]
                        if digit0 != 0 { sum.add(multiples[index(digit0)], isNegative: digit0 < 0) }
                        let digit1 = ofShiftedPoint[position]
                        if digit1 != 0 { sum.add(multiples[pointMultiples &+ index(digit1)], isNegative: digit1 < 0) }
                        let digit2 = ofG[position]
                        if digit2 != 0 { sum.add(generator[index(digit2)], isNegative: digit2 < 0, scale: scale) }
                        let digit3 = ofShiftedG[position]
                        if digit3 != 0 {
                            sum.add(generator[index(digit3)].shifted, isNegative: digit3 < 0, scale: scale)
                        }
                    }
                    // Back from the curve on which the multiples of the point are affine.
                    sum.z = sum.z * scale
                    return sum
                }
            }
        }
    }

    // MARK: Digits

    /// The bits of a half and a carry.
    private static var digitCount: Int { 129 }
    private static var pointWidth: UInt64 { 5 }
    private static var pointMultiples: Int { 8 }

    #if hasFeature(Embedded)
        // A guest proves few signatures: a large table would cost more than it saves.
        private static var generatorWidth: UInt64 { 7 }
    #else
        private static var generatorWidth: UInt64 { 12 }
    #endif

    /// Where an odd multiple lies in a table of them.
    @inline(__always)
    private static func index(_ digit: Int16) -> Int { Int(digit.magnitude) &>> 1 }

    /// Writes signed digits, odd or zero and below 2^(width−1) in size, least significant first, into zeroed memory
    /// (Hankerson, Menezes, Vanstone, algorithm 3.35); returns how many there are.
    private static func writeDigits(
        _ scalar: UInt128, _ isNegative: Bool, width: UInt64, to digits: UnsafeMutablePointer<Int16>
    ) -> Int {
        let sign: Int16 = isNegative ? -1 : 1
        var (position, count, carry): (UInt64, UInt64, UInt64) = (0, 0, 0)
        while position < UInt64(digitCount) {
            let rest = position < 128 ? UInt64(truncatingIfNeeded: scalar &>> UInt128(position)) : 0
            if rest & 1 == carry {
                position &+= 1
                continue
            }
            let word = (rest & ((1 &<< width) &- 1)) &+ carry
            carry = (word &>> (width &- 1)) & 1
            digits[Int(position)] = sign &* Int16(truncatingIfNeeded: Int64(word) &- Int64(carry &<< width))
            count = position &+ 1
            position &+= width
        }
        return Int(count)
    }

    // MARK: Tables

    /// A point of a table: never infinity, the group having no small order.
    struct Multiple: BitwiseCopyable, Sendable {
        var x: Base
        var y: Base

        /// λ times the point.
        @inline(__always)
        var shifted: Multiple {
            let beta = UInt256(
                limbs: 0xC139_6C28_7195_01EE, 0x9CF0_4975_12F5_8995, 0x6E64_479E_AC34_34E9, 0x7AE9_6A2B_657C_0710)
            return Multiple(x: x * Base(beta), y: y)
        }
    }

    /// G, 3G, … , affine.
    private static let generatorMultiples: [Multiple] = Point.affine(
        Point(Secp256k1Curve.generator).oddMultiples(1 << (Int(generatorWidth) - 2))
    ).map { Multiple(x: $0.x, y: $0.y) }

    /// Writes P, 3P, … , 15P as affine points of a curve that is isomorphic to secp256k1 by x ↦ x·scale²,
    /// y ↦ y·scale³, and returns the scale.
    ///
    /// All are brought to one z coordinate, which then plays no part: products with the ratios of successive z
    /// coordinates take the place of an inversion.
    private static func writeOddMultiples(
        of point: AffinePoint<Secp256k1Curve>, to multiples: UnsafeMutablePointer<Multiple>
    ) -> Base {
        // On the curve where 2P is affine, x ↦ x·z² with the z of 2P.
        var twice = Point(point)
        twice.double()
        let square = twice.z.squared
        let step = Multiple(x: twice.x, y: twice.y)
        var sum = Point(x: point.x * square, y: point.y * square * twice.z, z: .one)
        return withUnsafeTemporaryAllocation(of: Base.self, capacity: pointMultiples) { ratios in
            (multiples + 0).initialize(to: Multiple(x: sum.x, y: sum.y))
            for index in 1..<pointMultiples {
                ratios[index] = sum.add(step, isNegative: false)
                (multiples + index).initialize(to: Multiple(x: sum.x, y: sum.y))
            }
            var ratio = ratios[pointMultiples - 1]
            for index in (0..<pointMultiples - 1).reversed() {
                let square = ratio.squared
                multiples[index].x = multiples[index].x * square
                multiples[index].y = multiples[index].y * (square * ratio)
                ratio = ratio * ratios[index]
            }
            return sum.z * twice.z
        }
    }
}
