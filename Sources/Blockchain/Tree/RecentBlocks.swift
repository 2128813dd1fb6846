import Primitives

/// The blocks that were sealed last, ready to be looked at: within a bound of memory, but always the newest.
struct RecentBlocks: Sendable {
    /// Bytes, roughly.
    static let limit = 24 << 20

    private var blocks: [Hash256: SealedBlock] = [:]
    /// Oldest first.
    private var order: [Hash256] = []
    private var size = 0

    subscript(hash: Hash256) -> SealedBlock? { blocks[hash] }

    mutating func insert(_ block: SealedBlock) {
        guard blocks.updateValue(block, forKey: block.hash) == nil else { return }
        order.append(block.hash)
        size += block.residentByteCount
        while size > Self.limit, order.count > 1 {
            guard let oldest = blocks.removeValue(forKey: order.removeFirst()) else { continue }
            size -= oldest.residentByteCount
        }
    }
}
