public import Primitives

/// Keccak-256 as Ethereum uses it: the Keccak submission's padding, not that of SHA-3.
public struct Keccak256 {
    private static var rate: Int { KeccakPermutation.rate }

    private var lanes: InlineArray<25, UInt64>
    private var filled: Int

    public init() {
        lanes = InlineArray(repeating: 0)
        filled = 0
    }

    /// Takes in more of the message.
    public mutating func update(_ bytes: UnsafeRawBufferPointer) {
        guard let start = bytes.baseAddress else { return }
        let alreadyFilled = filled
        filled = withUnsafeMutablePointer(to: &lanes) { pointer in
            let state = UnsafeMutableRawPointer(pointer)
            let lanes = state.assumingMemoryBound(to: UInt64.self)
            var (filled, offset) = (alreadyFilled, 0)
            while offset < bytes.count {
                if filled == 0, bytes.count &- offset >= Self.rate {
                    offset &+= Self.rate &* KeccakPermutation.absorb(start + offset, bytes.count &- offset, into: lanes)
                    continue
                }
                let count = min(Self.rate &- filled, bytes.count &- offset)
                for index in 0..<count {
                    let mixed = state.load(fromByteOffset: filled &+ index, as: UInt8.self) ^ bytes[offset &+ index]
                    state.storeBytes(of: mixed, toByteOffset: filled &+ index, as: UInt8.self)
                }
                offset &+= count
                filled &+= count
                if filled == Self.rate {
                    KeccakPermutation.apply(lanes)
                    filled = 0
                }
            }
            return filled
        }
    }

    /// Takes in more of the message.
    public mutating func update(_ bytes: [UInt8]) { bytes.withUnsafeBytes { update($0) } }

    /// The hash of everything taken in; the state is spent.
    public mutating func finalize() -> Hash256 {
        let filled = self.filled
        return withUnsafeMutablePointer(to: &lanes) { pointer in
            let lanes = UnsafeMutableRawPointer(pointer).assumingMemoryBound(to: UInt64.self)
            lanes[filled &>> 3] ^= 1 &<< UInt64((filled & 7) &* 8)
            return Self.squeeze(lanes)
        }
    }

    /// The hash of `bytes`.
    ///
    /// - Complexity: one permutation for each 136 bytes and one more; no allocation.
    public static func hash(_ bytes: UnsafeRawBufferPointer) -> Hash256 {
        withZeroLanes { lanes in
            guard var start = bytes.baseAddress else {
                lanes[0] = 1
                return squeeze(lanes)
            }
            var count = bytes.count
            if count >= rate {
                let taken = rate &* KeccakPermutation.absorb(start, count, into: lanes)
                start += taken
                count &-= taken
            }
            let words = count &>> 3
            for index in 0..<words { lanes[index] ^= start.loadUnaligned(fromByteOffset: index &* 8, as: UInt64.self) }
            // The bytes of the last, partial word, the first one lowest, and above them the padding.
            var last: UInt64 = 1
            for offset in (words &* 8..<count).reversed() {
                last = last &<< 8 | UInt64(start.load(fromByteOffset: offset, as: UInt8.self))
            }
            lanes[words] ^= last
            return squeeze(lanes)
        }
    }

    /// The hash of `bytes`.
    public static func hash(_ bytes: [UInt8]) -> Hash256 { bytes.withUnsafeBytes { hash($0) } }

    /// The hash of the 20 bytes of an address.
    public static func hash(_ address: Address) -> Hash256 {
        withZeroLanes { lanes in
            lanes[0] = address.word0
            lanes[1] = address.word1
            lanes[2] = UInt64(address.word2) | 1 &<< 32
            return squeeze(lanes)
        }
    }

    /// The hash of 32 bytes.
    public static func hash(_ word: Hash256) -> Hash256 {
        withZeroLanes { lanes in
            lanes[0] = word.word0
            lanes[1] = word.word1
            lanes[2] = word.word2
            lanes[3] = word.word3
            lanes[4] = 1
            return squeeze(lanes)
        }
    }

    /// Lanes lie in memory as the processor has them: every one that Mayfly runs on is little-endian, as Keccak is.
    @inline(__always)
    private static func withZeroLanes(_ body: (UnsafeMutablePointer<UInt64>) -> Hash256) -> Hash256 {
        withUnsafeTemporaryAllocation(of: UInt64.self, capacity: 25) { lanes in
            lanes.initialize(repeating: 0)
            return body(lanes.baseAddress!)
        }
    }

    /// Adds the last bit of the padding, whose first the caller has added, and gives the hash.
    @inline(__always)
    private static func squeeze(_ lanes: UnsafeMutablePointer<UInt64>) -> Hash256 {
        lanes[16] ^= 1 &<< 63
        KeccakPermutation.apply(lanes)
        return Hash256(copying: lanes)
    }

    /// The hash of no bytes.
    public static var emptyBytes: Hash256 {
        Hash256(UInt256(limbs: 0x7BFAD8045D85A470, 0xE500B653CA82273B, 0x927E7DB2DCC703C0, 0xC5D2460186F7233C))
    }

    /// The hash of the empty trie's root node, the empty string in RLP.
    public static var emptyTrie: Hash256 {
        Hash256(UInt256(limbs: 0x01622FB5E363B421, 0x5B48E01B996CADC0, 0xFF8345E692C0F86E, 0x56E81F171BCC55A6))
    }
}
