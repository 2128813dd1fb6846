import Primitives

extension BN254Precompiles {
    /// The first thing wrong with points of the curve, 64 bytes each; nil where there is nothing.
    public static func fault(ofPoints bytes: [UInt8]) -> CurvePointFault? {
        bytes.withUnsafeBytes { bytes in
            for start in stride(from: 0, to: bytes.count - 63, by: 64) {
                if let fault = curveFault(UnsafeRawBufferPointer(rebasing: bytes[start..<start + 64])) { return fault }
            }
            return nil
        }
    }

    /// The first thing wrong with pairs of a point of the curve and one of the twist, 192 bytes together.
    ///
    /// - Complexity: linear in the number of pairs.
    public static func fault(ofPairs bytes: UnsafeRawBufferPointer) -> CurvePointFault? {
        for start in stride(from: 0, to: bytes.count - 191, by: 192) {
            let pair = UnsafeRawBufferPointer(rebasing: bytes[start..<start + 192])
            if let fault = curveFault(UnsafeRawBufferPointer(rebasing: pair[0..<64])) { return fault }
            if let fault = twistFault(UnsafeRawBufferPointer(rebasing: pair[64..<192])) { return fault }
        }
        return nil
    }

    private static func curveFault(_ bytes: UnsafeRawBufferPointer) -> CurvePointFault? {
        if hasLargeCoordinate(bytes) { return .coordinate }
        return BN254.G1(bytes: bytes) == nil ? .notOnCurve : nil
    }

    private static func twistFault(_ bytes: UnsafeRawBufferPointer) -> CurvePointFault? {
        if hasLargeCoordinate(bytes) { return .coordinate }
        guard let base = bytes.baseAddress, let point = BN254.G2.curvePoint(base) else { return .notOnCurve }
        return BN254.G2.isInGroup(point) ? nil : .notInSubgroup
    }

    private static func hasLargeCoordinate(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard let base = bytes.baseAddress else { return false }
        for start in stride(from: 0, to: bytes.count - 31, by: 32)
        where UInt256(bigEndian: base + start) >= BN254.Fp.modulus {
            return true
        }
        return false
    }
}
