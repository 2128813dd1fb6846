import Cryptography
import Primitives

/// The filter of 2,048 bits that says which addresses and topics may be in logs (yellow paper, 4.3.1).
public struct LogsBloom: Equatable, Sendable {
    /// 256 bytes; the highest bit first.
    public private(set) var bytes: [UInt8]

    public init() { bytes = [UInt8](repeating: 0, count: 256) }

    /// The filter with these 256 bytes, or nil for any other count.
    public init?(bytes: [UInt8]) {
        guard bytes.count == 256 else { return nil }
        self.bytes = bytes
    }

    /// The filter of what `logs` hold.
    public init(_ logs: [Log]) {
        self.init()
        for log in logs { add(log) }
    }

    public mutating func add(_ log: Log) {
        withUnsafeBytes(of: log.address) { add(UnsafeRawBufferPointer(rebasing: $0.prefix(20))) }
        for topic in log.topics {
            withUnsafeBytes(of: topic) { add(UnsafeRawBufferPointer(rebasing: $0.prefix(32))) }
        }
    }

    private mutating func add(_ value: UnsafeRawBufferPointer) {
        let hash = Keccak256.hash(value)
        // Three bits, each named by eleven bits of the first three pairs of bytes.
        let words = UInt64(bigEndian: hash.word0)
        for pair in 0..<3 as Range<UInt64> {
            let bit = Int(truncatingIfNeeded: words &>> (48 &- 16 &* pair)) & 2047
            bytes[255 - bit / 8] |= 1 << UInt8(bit % 8)
        }
    }

    /// Adds everything that `other` may hold.
    public mutating func formUnion(_ other: LogsBloom) {
        for index in 0..<256 { bytes[index] |= other.bytes[index] }
    }
}
