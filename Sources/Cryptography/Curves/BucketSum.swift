import Primitives

/// The sum of many products by buckets (N. Pippenger): for each window of the scalars' bits, the points with the same digit
/// are added up first, by additions in affine coordinates that share one inversion a round.
struct BucketSum<C: EndomorphicCurve>: ~Copyable {
    private typealias Affine = AffinePoint<C>

    private let windowBits: Int
    private let bucketCount: Int
    /// How many windows are worked on at the same time, so that inversions are shared even for few terms.
    private let groupSize: Int
    /// The points of each bucket, next to each other.
    private let points: UnsafeMutablePointer<Affine>
    /// The denominators' running products, one for each addition of a round.
    private let products: UnsafeMutablePointer<C.Coordinate>
    /// Where each bucket begins among the points, and how many it has.
    private let starts: UnsafeMutablePointer<Int>
    private let counts: UnsafeMutablePointer<Int>

    /// The sum of scalar · point over the terms.
    ///
    /// - Parameter scalarBits: how many bits each scalar has at most.
    static func sum(_ terms: [ShortTerm<C>], scalarBits: Int) -> JacobianPoint<C> {
        if terms.isEmpty { return .infinity }
        let (windowBits, windowCount) = windows(termCount: terms.count, scalarBits: scalarBits)
        let work = BucketSum(termCount: terms.count, windowBits: windowBits, windowCount: windowCount)
        let digits = signedDigits(of: terms, windowBits: windowBits, windowCount: windowCount)
        var result = JacobianPoint<C>.infinity
        var upper = windowCount
        while upper > 0 {
            let lower = max(0, upper - work.groupSize)
            work.fill(terms, digits, windows: lower..<upper)
            while work.addNeighbours(groupCount: upper - lower) {}
            for window in (0..<(upper - lower)).reversed() {
                for _ in 0..<windowBits { result = result.doubled }
                result = result + work.weightedSum(ofGroup: window)
            }
            upper = lower
        }
        return result
    }

    private init(termCount: Int, windowBits: Int, windowCount: Int) {
        self.windowBits = windowBits
        bucketCount = 1 << (windowBits - 1)
        groupSize = min(windowCount, max(1, 8_192 / max(1, termCount)))
        points = .allocate(capacity: groupSize * termCount)
        products = .allocate(capacity: groupSize * termCount / 2 + 1)
        starts = .allocate(capacity: groupSize * bucketCount)
        counts = .allocate(capacity: groupSize * bucketCount)
    }

    deinit {
        points.deallocate()
        products.deallocate()
        starts.deallocate()
        counts.deallocate()
    }

    /// The window with the least estimated cost, an addition to a bucket counting 1 and one of the weighted sum 4.
    private static func windows(termCount: Int, scalarBits: Int) -> (bits: Int, count: Int) {
        var best = (bits: 2, count: 0, cost: Int.max)
        for bits in 2...14 {
            // One bit more for the carry of signed digits.
            let count = scalarBits / bits + 1
            let cost = count * (termCount + (4 << (bits - 1)))
            if cost < best.cost { best = (bits, count, cost) }
        }
        return (best.bits, best.count)
    }

    /// The digits between −2^(w−1) and 2^(w−1), all of a term together, least significant first.
    private static func signedDigits(of terms: [ShortTerm<C>], windowBits: Int, windowCount: Int) -> [Int16] {
        var digits: [Int16] = []
        digits.reserveCapacity(terms.count * windowCount)
        let mask = (UInt128(1) << UInt128(windowBits)) - 1
        let half = Int(1) << (windowBits - 1)
        for term in terms {
            var scalar = term.scalar
            var carry = 0
            for _ in 0..<windowCount {
                var digit = Int(truncatingIfNeeded: scalar & mask) + carry
                carry = 0
                if digit > half {
                    digit -= 2 * half
                    carry = 1
                }
                digits.append(Int16(truncatingIfNeeded: digit))
                scalar >>= UInt128(windowBits)
            }
        }
        return digits
    }

    /// Sorts the points into the buckets of the windows.
    private func fill(_ terms: [ShortTerm<C>], _ digits: [Int16], windows: Range<Int>) {
        let buckets = windows.count * bucketCount
        counts.update(repeating: 0, count: buckets)
        let windowCount = digits.count / terms.count
        for term in terms.indices {
            for window in windows {
                let digit = digits[term * windowCount + window]
                if digit != 0 { counts[(window - windows.lowerBound) * bucketCount + Int(digit.magnitude) - 1] += 1 }
            }
        }
        var start = 0
        for bucket in 0..<buckets {
            starts[bucket] = start
            start += counts[bucket]
            counts[bucket] = 0
        }
        for term in terms.indices {
            for window in windows {
                let digit = digits[term * windowCount + window]
                if digit == 0 { continue }
                let bucket = (window - windows.lowerBound) * bucketCount + Int(digit.magnitude) - 1
                let point = terms[term].point
                points[starts[bucket] + counts[bucket]] = digit < 0 ? -point : point
                counts[bucket] += 1
            }
        }
    }

    /// Replaces each two neighbours in a bucket by their sum; false where no bucket has two points.
    private func addNeighbours(groupCount: Int) -> Bool {
        let buckets = groupCount * bucketCount
        var product = C.Coordinate.one
        var additions = 0
        for bucket in (0..<buckets).reversed() where counts[bucket] > 1 {
            let first = points + starts[bucket]
            for pair in (0..<(counts[bucket] / 2)).reversed() {
                products[additions] = product
                product = product * Self.denominator(first[2 * pair], first[2 * pair + 1])
                additions += 1
            }
        }
        if additions == 0 { return false }
        var inverse = product.inverse
        for bucket in 0..<buckets where counts[bucket] > 1 {
            let first = points + starts[bucket]
            let count = counts[bucket]
            for pair in 0..<(count / 2) {
                additions -= 1
                let (left, right) = (first[2 * pair], first[2 * pair + 1])
                let own = inverse * products[additions]
                inverse = inverse * Self.denominator(left, right)
                first[pair] = Self.sum(left, right, inverseDenominator: own)
            }
            if count & 1 != 0 { first[count / 2] = first[count - 1] }
            counts[bucket] = (count + 1) / 2
        }
        return true
    }

    /// The denominator of the slope through two points, or one where none is needed; never zero.
    @inline(__always)
    private static func denominator(_ left: Affine, _ right: Affine) -> C.Coordinate {
        let difference = right.x - left.x
        if !difference.isZero && !left.isInfinity && !right.isInfinity { return difference }
        if left.isInfinity || right.isInfinity || left.y != right.y || left.y.isZero { return .one }
        return left.y.doubled
    }

    @inline(__always)
    private static func sum(_ left: Affine, _ right: Affine, inverseDenominator: C.Coordinate) -> Affine {
        if left.isInfinity { return right }
        if right.isInfinity { return left }
        var slope: C.Coordinate
        if left.x == right.x {
            if left.y != right.y || left.y.isZero { return .infinity }
            let square = left.x.squared
            slope = (square.doubled + square) * inverseDenominator
        } else {
            slope = (right.y - left.y) * inverseDenominator
        }
        let x = slope.squared - left.x - right.x
        return Affine(x: x, y: slope * (left.x - x) - left.y)
    }

    /// The sum of n times the n-th bucket of a window, counted from one.
    private func weightedSum(ofGroup window: Int) -> JacobianPoint<C> {
        var running = JacobianPoint<C>.infinity
        var sum = JacobianPoint<C>.infinity
        for bucket in ((window * bucketCount)..<((window + 1) * bucketCount)).reversed() {
            if counts[bucket] != 0 { running = running + points[starts[bucket]] }
            sum = sum + running
        }
        return sum
    }
}
