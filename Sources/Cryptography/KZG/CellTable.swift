#if canImport(CBLS12381) && !hasFeature(Embedded)
    import CBLS12381
    import Primitives

    /// What the proofs of cells are worked out from eight cells at a time: all points of the setup, doubled 0, 8, 16 … 120
    /// times, so that sums over them need no doubling. 25 MB.
    final class CellTable: Sendable {
        private static let groupCount = KZG.cellsPerExtendedBlob / BLS12381G1Lanes.count
        /// Of a group of eight cells: for each value of a cell its windows.
        private static let placeCount = KZG.fieldElementsPerCell * BLS12381G1Lanes.windowCount
        private static let groupSize = placeCount * 1_536
        private static let rootDigits = 26

        /// Written once, before anybody else has it.
        private nonisolated(unsafe) let bytes: UnsafeMutableRawPointer
        /// The signed digits of 64 roots of unity and of their inverses, as `RootsOfUnity` has them.
        private let roots: [[Int8]]
        private let inverseRoots: [[Int8]]

        /// - Returns: nil where the processor lacks the instructions.
        /// - Complexity: about a tenth of a second.
        init?(_ setup: TrustedSetup) {
            guard BLS12381G1Lanes.isAvailable, setup.points.count == 8_192 else { return nil }
            bytes = .allocate(byteCount: Self.groupCount * Self.groupSize, alignment: 64)
            roots = RootsOfUnity.table.prefix(64).map { Self.digits(of: $0) }
            inverseRoots = RootsOfUnity.inverseTable.prefix(64).map { Self.digits(of: $0) }
            for group in 0..<Self.groupCount { fill(group, setup) }
        }

        deinit { bytes.deallocate() }

        /// For each of the digits that of the low and that of the high half.
        private static func digits(of root: BLS12381Scalar) -> [Int8] {
            var digits = [Int8](repeating: 0, count: 2 * rootDigits)
            let parts = BLS12381BalancedScalar(root.value)
            for (index, part) in [parts.low, parts.high].enumerated() {
                part.forEachDigit(width: 5, count: rootDigits) { place, digit in
                    digits[2 * place + index] = Int8(truncatingIfNeeded: digit)
                }
            }
            return digits
        }

        private func fill(_ group: Int, _ setup: TrustedSetup) {
            let (lanes, perCell) = (BLS12381G1Lanes.count, KZG.fieldElementsPerCell)
            // Value by value, and of each the points of the eight cells.
            var points: [HomogeneousG1] = []
            for value in 0..<perCell {
                for lane in 0..<lanes {
                    points.append(HomogeneousG1(setup.points[(group * lanes + lane) * perCell + value]))
                }
            }
            let start = (bytes + group * Self.groupSize).assumingMemoryBound(to: UInt8.self)
            for window in 0..<BLS12381G1Lanes.windowCount {
                if window > 0 {
                    for value in 0..<perCell {
                        BLS12381G1Lanes.withLimbs(&points, from: value * lanes) { mayfly_bls_g1_double($0, 8) }
                    }
                }
                var limbs: [UInt64] = []
                for point in HomogeneousG1.affine(points) { BLS12381G1Lanes.append(point, to: &limbs) }
                limbs.withUnsafeBufferPointer { limbs in
                    for value in 0..<perCell {
                        let place = value * BLS12381G1Lanes.windowCount + window
                        mayfly_bls_g1_fill_table(start + place * 1_536, limbs.baseAddress! + value * lanes * 12, 1)
                    }
                }
            }
        }

        /// For each cell the sum of its values times the points of the setup.
        func sums(_ values: [BLS12381Scalar]) -> [HomogeneousG1] {
            let (lanes, windows, perCell) = (
                BLS12381G1Lanes.count, BLS12381G1Lanes.windowCount, KZG.fieldElementsPerCell
            )
            var sums = [HomogeneousG1](repeating: .infinity, count: KZG.cellsPerExtendedBlob)
            let buckets = BLS12381G1Lanes.Buckets()
            var digits = [Int16](repeating: 0, count: Self.placeCount * 16)
            for group in 0..<Self.groupCount {
                digits.withUnsafeMutableBufferPointer { digits in
                    for lane in 0..<lanes {
                        for value in 0..<perCell {
                            let parts = BLS12381BalancedScalar(values[(group * lanes + lane) * perCell + value].value)
                            let first = value * windows * 16 + lane
                            parts.low.forEachDigit(width: 8, count: windows) { window, digit in
                                digits[first + window * 16] = Int16(truncatingIfNeeded: digit)
                            }
                            parts.high.forEachDigit(width: 8, count: windows) { window, digit in
                                digits[first + window * 16 + 8] = Int16(truncatingIfNeeded: digit)
                            }
                        }
                    }
                }
                BLS12381G1Lanes.withLimbs(&sums, from: group * lanes) { target in
                    mayfly_bls_g1_table_sums(
                        target, (bytes + group * Self.groupSize).assumingMemoryBound(to: UInt8.self), digits,
                        Self.placeCount, buckets.bytes.assumingMemoryBound(to: UInt8.self))
                }
            }
            return sums
        }

        // MARK: Transformations

        /// The proofs from the sums of the cells, as `KZG.proofs(ofSums:)` makes them.
        func proofs(ofSums sums: [HomogeneousG1]) -> [AffinePoint<BLS12381G1>] {
            var points = sums
            let count = points.count
            // To coefficients; of the last step only the lower half is wanted.
            var half = 1
            while half < count / 2 {
                step(&points, half: half, inverseRoots, scalesFirst: false)
                half *= 2
            }
            pair(&points, (0..<half).map { ($0, $0 + half) })
            // Those with negative indices and that with index zero are of no use.
            points = Array(points[1..<half]) + [.infinity]
            // The upper half is nothing: the first step copies the lower.
            points += points
            while half > 1 {
                half /= 2
                step(&points, half: half, roots, scalesFirst: true)
            }
            return HomogeneousG1.affine(points)
        }

        /// One step of a transformation: all pairs that are `half` apart.
        ///
        /// - Parameter scalesFirst: whether the upper of a pair is multiplied before it is added and subtracted, or after.
        private func step(_ points: inout [HomogeneousG1], half: Int, _ roots: [[Int8]], scalesFirst: Bool) {
            var pairs: [(Int, Int)] = []
            // The uppers that are not multiplied by one, each with the root that it is multiplied by.
            var scaled: [(Int, Int)] = []
            for block in 0..<(points.count / (2 * half)) {
                for low in (2 * half * block)..<(2 * half * block + half) {
                    pairs.append((low, low + half))
                    if block > 0 { scaled.append((low + half, block)) }
                }
            }
            if scalesFirst { scale(&points, scaled, roots) }
            pair(&points, pairs)
            if !scalesFirst { scale(&points, scaled, roots) }
        }

        /// Replaces pairs of points by their sums and differences, eight pairs at a time.
        private func pair(_ points: inout [HomogeneousG1], _ pairs: [(Int, Int)]) {
            var left = [HomogeneousG1](repeating: .infinity, count: BLS12381G1Lanes.count)
            var right = left
            for start in stride(from: 0, to: pairs.count, by: BLS12381G1Lanes.count) {
                let here = pairs[start..<min(pairs.count, start + BLS12381G1Lanes.count)]
                for (lane, pair) in here.enumerated() { (left[lane], right[lane]) = (points[pair.0], points[pair.1]) }
                BLS12381G1Lanes.withLimbs(&left, from: 0) { low in
                    BLS12381G1Lanes.withLimbs(&right, from: 0) { high in mayfly_bls_g1_butterfly(low, high) }
                }
                for (lane, pair) in here.enumerated() { (points[pair.0], points[pair.1]) = (left[lane], right[lane]) }
            }
        }

        /// Multiplies points by roots, eight at a time.
        private func scale(_ points: inout [HomogeneousG1], _ scaled: [(Int, Int)], _ roots: [[Int8]]) {
            let lanes = BLS12381G1Lanes.count
            var chosen = [HomogeneousG1](repeating: .infinity, count: lanes)
            var digits = [Int8](repeating: 0, count: 2 * Self.rootDigits * lanes)
            for start in stride(from: 0, to: scaled.count, by: lanes) {
                let here = scaled[start..<min(scaled.count, start + lanes)]
                for (lane, entry) in here.enumerated() {
                    chosen[lane] = points[entry.0]
                    let root = roots[entry.1]
                    for place in root.indices { digits[place * lanes + lane] = root[place] }
                }
                BLS12381G1Lanes.withLimbs(&chosen, from: 0) { mayfly_bls_g1_scale($0, digits, Self.rootDigits) }
                for (lane, entry) in here.enumerated() { points[entry.0] = chosen[lane] }
            }
        }
    }
#endif
