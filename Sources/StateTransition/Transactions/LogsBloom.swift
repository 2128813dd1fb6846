import Cryptography
public import Primitives

/// The filter of 2,048 bits that says which addresses and topics may be in logs (yellow paper, 4.3.1).
public struct LogsBloom: Equatable, Sendable {
    /// The highest bit first; empty, without an allocation, where no bit is set.
    private var storage: [UInt8] = []

    /// A filter that holds nothing.
    public init() {}

    /// The filter with these 256 bytes, or nil for any other count.
    public init?(bytes: [UInt8]) {
        guard bytes.count == 256 else { return nil }
        if bytes.contains(where: { $0 != 0 }) { storage = bytes }
    }

    /// The filter of what `logs` hold.
    public init(_ logs: [Log]) {
        var bits = BloomBits()
        self.init(logs, bits: &bits)
    }

    /// The filter of what `logs` hold, with the bits that other logs have made known.
    init(_ logs: [Log], bits: inout BloomBits) {
        for log in logs {
            insert(bits.bits(of: log.address))
            for topic in log.topics { insert(bits.bits(of: topic)) }
        }
    }

    /// 256 bytes; the highest bit first.
    public var bytes: [UInt8] { storage.isEmpty ? [UInt8](repeating: 0, count: 256) : storage }

    /// Adds what `log` holds.
    public mutating func add(_ log: Log) { formUnion(LogsBloom([log])) }

    private mutating func insert(_ bits: UInt64) {
        if storage.isEmpty { storage = [UInt8](repeating: 0, count: 256) }
        for pair in 1...3 as ClosedRange<UInt64> {
            let bit = Int(truncatingIfNeeded: bits &>> (64 &- 16 &* pair)) & 2047
            storage[255 &- bit &>> 3] |= 1 &<< UInt8(truncatingIfNeeded: bit & 7)
        }
    }

    /// Adds everything that `other` may hold.
    public mutating func formUnion(_ other: LogsBloom) {
        if other.storage.isEmpty { return }
        if storage.isEmpty {
            storage = other.storage
            return
        }
        for index in 0..<256 { storage[index] |= other.storage[index] }
    }
}

extension LogsBloom {
    /// The three bits that stand for an address or a topic.
    public struct Probe: Equatable, Sendable {
        /// Three pairs of bytes from the highest down, of which each names a bit by its low eleven bits.
        private let bits: UInt64

        public init(_ address: Address) { bits = UInt64(bigEndian: Keccak256.hash(address).word0) }
        public init(_ topic: Hash256) { bits = UInt64(bigEndian: Keccak256.hash(topic).word0) }

        /// The place of each bit.
        fileprivate func place(_ index: UInt64) -> Int { Int(truncatingIfNeeded: bits &>> (48 &- 16 &* index)) & 2047 }
    }

    /// Whether the address or topic may be in the logs; if not, it is in none of them.
    public func mayContain(_ probe: Probe) -> Bool {
        if storage.isEmpty { return false }
        for index in 0..<3 as Range<UInt64> {
            let bit = probe.place(index)
            if storage[255 &- bit &>> 3] & 1 &<< UInt8(truncatingIfNeeded: bit & 7) == 0 { return false }
        }
        return true
    }
}
