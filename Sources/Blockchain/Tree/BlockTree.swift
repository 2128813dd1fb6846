import Primitives
import StateTransition
import Storage

/// A verified block that is not in the chain, with what it takes to put it there.
final class TreeBlock: Sendable {
    let sealed: SealedBlock
    /// What the block changed in its parent's state.
    let diff: StateDiff
    /// EIP-7685.
    let requests: [[UInt8]]

    init(_ sealed: SealedBlock, diff: StateDiff, requests: [[UInt8]]) {
        self.sealed = sealed
        self.diff = diff
        self.requests = requests
    }

    var parentHash: Hash256 { sealed.header.parentHash }
}

/// Verified blocks beside the chain: candidates for its head, their ancestors, and blocks that lost their place.
struct BlockTree: Sendable {
    /// How many blocks are kept at most: the oldest go first.
    static let limit = 512
    /// How many blocks behind the head they are kept.
    static let depth: UInt64 = 128

    private(set) var blocks: [Hash256: TreeBlock] = [:]

    subscript(hash: Hash256) -> TreeBlock? { blocks[hash] }

    mutating func insert(_ block: TreeBlock) {
        if blocks.count >= Self.limit,
            let oldest = blocks.values.min(by: { $0.sealed.header.number < $1.sealed.header.number })
        {
            blocks[oldest.sealed.hash] = nil
        }
        blocks[block.sealed.hash] = block
    }

    /// Drops what is in the chain now and what is too far behind it.
    mutating func prune(head: UInt64, adopted: [SealedBlock]) {
        if blocks.isEmpty { return }
        for block in adopted { blocks[block.hash] = nil }
        blocks = blocks.filter { $0.value.sealed.header.number + Self.depth > head }
    }
}
