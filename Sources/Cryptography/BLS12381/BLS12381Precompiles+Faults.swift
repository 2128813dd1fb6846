import Primitives

extension BLS12381Precompiles {
    /// A piece of a contract's input.
    public enum InputPart: Sendable {
        case fieldElement
        case scalar
        case g1
        case g2
        /// A point that has to be in the subgroup.
        case subgroupG1
        case subgroupG2

        public var byteCount: Int {
            switch self {
            case .fieldElement: 64
            case .scalar: 32
            case .g1, .subgroupG1: 128
            case .g2, .subgroupG2: 256
            }
        }
    }

    /// The first thing wrong with input that repeats the same parts, and with which group it has to do; nil where there is
    /// nothing.
    ///
    /// - Parameter input: a whole number of times the parts.
    /// - Complexity: linear in the input.
    public static func fault(
        of input: UnsafeRawBufferPointer, _ parts: [InputPart]
    ) -> (fault: CurvePointFault, isG2: Bool)? {
        guard var bytes = input.baseAddress else { return nil }
        let size = parts.reduce(0) { $0 + $1.byteCount }
        for _ in 0..<(size == 0 ? 0 : input.count / size) {
            var next = bytes
            for part in parts {
                if let fault = codingFault(next, part) { return fault }
                next += part.byteCount
            }
            next = bytes
            // All points are read before any is looked for in its subgroup.
            for part in parts {
                if let fault = subgroupFault(next, part) { return fault }
                next += part.byteCount
            }
            bytes = next
        }
        return nil
    }

    private static func codingFault(
        _ bytes: UnsafeRawPointer, _ part: InputPart
    ) -> (fault: CurvePointFault, isG2: Bool)? {
        if part == .scalar { return nil }
        let isG2 = part == .g2 || part == .subgroupG2
        for start in stride(from: 0, to: part.byteCount, by: 64) {
            for index in 0..<16 where bytes.load(fromByteOffset: start + index, as: UInt8.self) != 0 {
                return (.padding, isG2)
            }
            if BLS12381Field(padded: bytes + start) == nil { return (.coordinate, isG2) }
        }
        switch part {
        case .g1, .subgroupG1: return AffinePoint<BLS12381G1>(padded: bytes) == nil ? (.notOnCurve, false) : nil
        case .g2, .subgroupG2: return AffinePoint<BLS12381G2>(padded: bytes) == nil ? (.notOnCurve, true) : nil
        case .fieldElement, .scalar: return nil
        }
    }

    private static func subgroupFault(
        _ bytes: UnsafeRawPointer, _ part: InputPart
    ) -> (fault: CurvePointFault, isG2: Bool)? {
        switch part {
        case .subgroupG1:
            guard let point = AffinePoint<BLS12381G1>(padded: bytes), BLS12381G1.isInSubgroup(point) else {
                return (.notInSubgroup, false)
            }
            return nil
        case .subgroupG2:
            guard let point = AffinePoint<BLS12381G2>(padded: bytes), BLS12381G2.isInSubgroup(point) else {
                return (.notInSubgroup, true)
            }
            return nil
        case .fieldElement, .scalar, .g1, .g2: return nil
        }
    }
}
