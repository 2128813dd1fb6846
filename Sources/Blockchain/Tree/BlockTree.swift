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
    /// About how many bytes of memory it takes.
    let residentByteCount: Int
    /// The changes of `diff` entered in a table, where that has been done.
    let table: ChangeTable?

    init(_ sealed: SealedBlock, diff: StateDiff, requests: [[UInt8]], table: ChangeTable? = nil) {
        self.sealed = sealed
        self.table = table
        self.diff = diff
        self.requests = requests
        residentByteCount =
            sealed.residentByteCount + 160 * diff.accounts.count + 64 * diff.slots.count
            + diff.codes.reduce(0) { $0 + 64 + $1.bytes.count } + requests.reduce(0) { $0 + 32 + $1.count }
    }

    var parentHash: Hash256 { sealed.header.parentHash }
}

/// Verified blocks beside the chain: candidates for its head, their ancestors, and blocks that lost their place.
struct BlockTree: Sendable {
    /// How many blocks are kept at most.
    static let limit = 512
    /// How many bytes they take at most, roughly; one block may be as large as it likes.
    static let byteLimit = 256 << 20
    /// How many blocks behind the head they are kept.
    static let depth: UInt64 = 128

    private(set) var blocks: [Hash256: TreeBlock] = [:]

    private var byteCount = 0

    subscript(hash: Hash256) -> TreeBlock? { blocks[hash] }

    /// Enters a block; where there is no room, blocks go that it is not built on, the oldest first.
    mutating func insert(_ block: TreeBlock) {
        remove(block.sealed.hash)
        if isFull {
            let kept = ancestors(from: block.parentHash)
            let others = blocks.values.filter { !kept.contains($0.sealed.hash) }
            for old in others.sorted(by: { $0.sealed.header.number < $1.sealed.header.number }) where isFull {
                remove(old.sealed.hash)
            }
        }
        blocks[block.sealed.hash] = block
        byteCount += block.residentByteCount
    }

    /// Whether a block on `parent` would find room: not where its ancestors beside the chain fill the tree.
    func hasRoom(on parent: Hash256) -> Bool {
        guard isFull else { return true }
        let kept = ancestors(from: parent)
        return kept.count < Self.limit
            && kept.reduce(0) { $0 + (blocks[$1]?.residentByteCount ?? 0) } < Self.byteLimit
    }

    private var isFull: Bool { blocks.count >= Self.limit || byteCount >= Self.byteLimit }

    /// The blocks of the tree from one down to the chain.
    private func ancestors(from hash: Hash256) -> Set<Hash256> {
        var found: Set<Hash256> = []
        var next = hash
        while let block = blocks[next], found.insert(next).inserted { next = block.parentHash }
        return found
    }

    private mutating func remove(_ hash: Hash256) {
        if let block = blocks.removeValue(forKey: hash) { byteCount -= block.residentByteCount }
    }

    /// Drops what is in the chain now and what is too far behind it.
    mutating func prune(head: UInt64, adopted: [SealedBlock]) {
        if blocks.isEmpty { return }
        for block in adopted { remove(block.hash) }
        for (hash, block) in blocks where block.sealed.header.number + Self.depth <= head { remove(hash) }
    }
}
