import Cryptography
package import Primitives

/// The proof of work of the blocks before Paris, verified the light way: from a cache of 16 MB an epoch, without the
/// dataset that miners use. Only old fixtures need it; the node takes those seals on trust.
///
/// Source: the Ethash specification of the yellow paper, appendix J.
package final class Ethash: Sendable {
    /// The blocks that share a cache.
    static let epochLength: UInt64 = 30_000
    /// Later epochs are refused: no chain with this proof of work got there.
    static let lastEpoch: UInt64 = 2_047

    private typealias Item = InlineArray<8, UInt64>

    private let cache: [Item]
    /// The number of 128-byte pages of the dataset.
    private let pageCount: UInt32

    package static let firstEpoch = Ethash(epoch: 0)

    /// Builds the cache of an epoch of at most `lastEpoch`.
    ///
    /// - Complexity: about a million hashes, a second.
    init(epoch: UInt64) {
        let count = Self.itemCount(initial: 1 << 24, growth: 1 << 17, epoch: epoch, itemSize: 64)
        pageCount = UInt32(Self.itemCount(initial: 1 << 30, growth: 1 << 23, epoch: epoch, itemSize: 128))
        var seed = Hash256()
        for _ in 0..<epoch { seed = Keccak256.hash(seed) }
        var items: [Item] = []
        items.reserveCapacity(count)
        var first = Item(repeating: 0)
        (first[0], first[1], first[2], first[3]) = (seed.word0, seed.word1, seed.word2, seed.word3)
        items.append(Keccak512.hash(first, count: 4))
        for index in 1..<count { items.append(Keccak512.hash(items[index - 1])) }
        for _ in 0..<3 {
            for index in 0..<count {
                let other = Int(UInt32(truncatingIfNeeded: items[index][0])) % count
                let previous = index == 0 ? count - 1 : index - 1
                var mixed = items[previous]
                for lane in 0..<8 { mixed[lane] ^= items[other][lane] }
                items[index] = Keccak512.hash(mixed)
            }
        }
        cache = items
    }

    /// Whether `nonce` and `mixHash` seal a block with this header at this difficulty.
    ///
    /// - Parameter sealingHash: keccak256 of the RLP of the header without mix and nonce.
    package func isSealed(sealingHash: Hash256, nonce: UInt64, mixHash: Hash256, difficulty: UInt256) -> Bool {
        guard !difficulty.isZero else { return false }
        let (mix, result) = evaluate(sealingHash: sealingHash, nonce: nonce)
        // result ≤ 2²⁵⁶ / difficulty, without leaving 256 bits.
        let bound = difficulty == .one ? UInt256.max : (UInt256.max / difficulty)
        return mix == mixHash && UInt256(result) <= bound
    }

    /// The mix and the result of a nonce.
    package func evaluate(sealingHash: Hash256, nonce: UInt64) -> (mix: Hash256, result: Hash256) {
        var message = Item(repeating: 0)
        (message[0], message[1]) = (sealingHash.word0, sealingHash.word1)
        (message[2], message[3]) = (sealingHash.word2, sealingHash.word3)
        message[4] = nonce
        let seed = Keccak512.hash(message, count: 5)
        let start = Self.words(seed)
        var mix = InlineArray<32, UInt32>(repeating: 0)
        for index in 0..<32 { mix[index] = start[index % 16] }
        for access in 0..<64 {
            let page = Self.combine(UInt32(access) ^ start[0], mix[access % 32]) % pageCount
            for half in 0..<2 {
                let words = Self.words(datasetItem(page &* 2 &+ UInt32(half)))
                for index in 0..<16 { mix[16 * half + index] = Self.combine(mix[16 * half + index], words[index]) }
            }
        }
        var short = InlineArray<8, UInt32>(repeating: 0)
        for index in 0..<8 {
            var word = mix[4 * index]
            for offset in 1..<4 { word = Self.combine(word, mix[4 * index + offset]) }
            short[index] = word
        }
        var bytes: [UInt8] = []
        for lane in 0..<8 { withUnsafeBytes(of: seed[lane].littleEndian) { bytes.append(contentsOf: $0) } }
        for index in 0..<8 { withUnsafeBytes(of: short[index].littleEndian) { bytes.append(contentsOf: $0) } }
        let mixHash = bytes.withUnsafeBytes { Hash256(copying: $0.baseAddress! + 64) }
        return (mixHash, Keccak256.hash(bytes))
    }

    private func datasetItem(_ index: UInt32) -> Item {
        let count = UInt32(cache.count)
        var start = cache[Int(index % count)]
        start[0] ^= UInt64(index)
        var mix = Self.words(Keccak512.hash(start))
        for parent in 0..<256 as Range<UInt32> {
            let position = Self.combine(index ^ parent, mix[Int(parent % 16)]) % count
            let words = Self.words(cache[Int(position)])
            for word in 0..<16 { mix[word] = Self.combine(mix[word], words[word]) }
        }
        var lanes = Item(repeating: 0)
        for lane in 0..<8 { lanes[lane] = UInt64(mix[2 * lane]) | UInt64(mix[2 * lane + 1]) << 32 }
        return Keccak512.hash(lanes)
    }

    @inline(__always)
    private static func words(_ item: Item) -> InlineArray<16, UInt32> {
        var words = InlineArray<16, UInt32>(repeating: 0)
        for lane in 0..<8 {
            words[2 * lane] = UInt32(truncatingIfNeeded: item[lane])
            words[2 * lane + 1] = UInt32(truncatingIfNeeded: item[lane] >> 32)
        }
        return words
    }

    /// The FNV mixing step.
    @inline(__always)
    private static func combine(_ left: UInt32, _ right: UInt32) -> UInt32 { left &* 0x0100_0193 ^ right }

    /// The largest prime number of items that fits the epoch's size.
    private static func itemCount(initial: Int, growth: Int, epoch: UInt64, itemSize: Int) -> Int {
        var count = (initial + growth * Int(epoch)) / itemSize - 1
        while !isPrime(count) { count -= 2 }
        return count
    }

    private static func isPrime(_ number: Int) -> Bool {
        var divisor = 2
        while divisor * divisor <= number {
            if number % divisor == 0 { return false }
            divisor += 1
        }
        return number > 1
    }
}
