import Cryptography
import Primitives

/// The filter bits of the addresses and topics that were met lately: a block's logs name the same contracts, events and
/// holders again and again, and a bit costs a hash.
///
/// A table with one place for a value; what comes later takes it. Whoever picks values that share a place gains nothing
/// but that they are hashed again.
struct BloomBits: ~Copyable {
    private struct Entry {
        var value = Hash256()
        /// The first six bytes of the value's hash, and below them its length; zero in a free place.
        var bits: UInt64 = 0
    }

    private static var size: Int { 256 }
    private let entries: UnsafeMutablePointer<Entry>

    init() {
        entries = .allocate(capacity: Self.size)
        entries.initialize(repeating: Entry(), count: Self.size)
    }

    deinit { entries.deallocate() }

    /// Three pairs of bytes from the highest down, of which each names a bit by its low eleven bits.
    mutating func bits(of address: Address) -> UInt64 {
        var value = Hash256()
        (value.word0, value.word1, value.word2) = (address.word0, address.word1, UInt64(address.word2))
        return bits(of: value, length: 20) { Keccak256.hash(address) }
    }

    /// Three pairs of bytes from the highest down, of which each names a bit by its low eleven bits.
    mutating func bits(of topic: Hash256) -> UInt64 { bits(of: topic, length: 32) { Keccak256.hash(topic) } }

    @inline(__always)
    private mutating func bits(of value: Hash256, length: UInt64, hash: () -> Hash256) -> UInt64 {
        let entry = entries + Int(truncatingIfNeeded: value.tableHash(seed: length)) & (Self.size &- 1)
        if entry.pointee.bits & 0xFFFF == length && entry.pointee.value == value { return entry.pointee.bits }
        let bits = UInt64(bigEndian: hash().word0) & ~0xFFFF | length
        entry.pointee = Entry(value: value, bits: bits)
        return bits
    }
}
