import Cryptography
import Primitives

extension Precompile {
    /// The output for `input`, or nil where the call fails.
    ///
    /// - Complexity: bounded by `gas(for:rules:)`.
    public func run(_ input: UnsafeRawBufferPointer) -> [UInt8]? {
        switch self {
        case .sha256: return SHA256.hash(input).bytes
        case .ripemd160: return UInt256(RIPEMD160.hash(input)).bytes
        case .identity: return Array(input)
        case .blake2Compression: return BLAKE2b.compress(input)
        default: return nil
        }
    }

    /// Whether `run` carries it out.
    var isImplemented: Bool {
        switch self {
        case .sha256, .ripemd160, .identity, .blake2Compression: true
        default: false
        }
    }
}
