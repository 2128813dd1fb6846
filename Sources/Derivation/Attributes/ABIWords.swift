import Primitives

/// Reads the data of a log as 32-byte words (Solidity ABI).
struct ABIWords {
    private let bytes: [UInt8]

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The word at `index`; nil where it is not there.
    func word(_ index: Int) -> UInt256? {
        guard index >= 0, bytes.count / 32 > index else { return nil }
        return bytes.withUnsafeBytes { source in
            source.baseAddress.map { UInt256(bigEndian: $0 + 32 * index) }
        }
    }

    /// The one argument of a log with a single `bytes` argument of exactly `count` bytes, a multiple of 32; nil where
    /// the data are anything else.
    func payload(count: Int) -> [UInt256]? {
        guard bytes.count == 64 + count, word(0) == 32, word(1) == UInt256(count) else { return nil }
        return (0..<count / 32).compactMap { word(2 + $0) }
    }
}
