/// The bytes that the transactions of a chain's blocks have which are not safe, block by block.
struct UnpublishedBlocks: Equatable, Sendable {
    /// The number of the safe block that they follow.
    private(set) var safe: UInt64
    /// Bytes of the blocks after it, in order.
    private var sizes: [Int] = []
    private(set) var byteCount = 0

    init(after safe: UInt64) { self.safe = safe }

    var head: UInt64 { safe &+ UInt64(sizes.count) }

    /// Takes the next block.
    mutating func append(_ size: Int) {
        sizes.append(size)
        byteCount += size
    }

    /// Follows the chain.
    ///
    /// - Parameters:
    ///   - base: the block that `added` are on; what was after it is not in the chain any more.
    ///   - added: bytes of the blocks that are new.
    ///   - safe: the number of the block that is safe now.
    /// - Returns: false where it does not follow from this and what was known, as blocks are safe no more; then nothing is
    ///   known.
    /// - Complexity: O(1) a block that comes or goes, and a copy of what stays, eight bytes each, where safe blocks go.
    mutating func follow(base: UInt64, added: [Int], safe newSafe: UInt64) -> Bool {
        guard base >= safe, base <= head, newSafe >= safe else { return false }
        while head > base { byteCount -= sizes.removeLast() }
        for size in added { append(size) }
        guard newSafe <= head else { return false }
        let count = Int(newSafe - safe)
        for size in sizes.prefix(count) { byteCount -= size }
        sizes.removeFirst(count)
        safe = newSafe
        return true
    }
}
