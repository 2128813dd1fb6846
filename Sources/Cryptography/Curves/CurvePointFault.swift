/// Why bytes are no point of a curve: for those who explain a failed call to somebody.
public enum CurvePointFault: Equatable, Sendable {
    /// Bytes before a coordinate that have to be zero are not (EIP-2537).
    case padding
    /// A coordinate that is not below the field's modulus.
    case coordinate
    case notOnCurve
    case notInSubgroup
}
