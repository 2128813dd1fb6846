import Primitives
import StateTransition

/// Blocks that cannot be in the chain now, within bounds: those that wait for their parent, and those that are invalid
/// or have an invalid ancestor.
struct RememberedBlocks {
    /// A block that waits.
    struct Waiting {
        let block: Block
        let hash: Hash256
        /// Bytes, roughly.
        fileprivate let size: Int
    }

    /// Why a block can never be in the chain.
    struct Invalid {
        let reason: String
        /// The newest valid ancestor; zero where that is of proof of work, nil where it is not known.
        let latestValidHash: Hash256?
    }

    /// Blocks that may wait.
    static let waitingLimit = 128
    /// Bytes of all blocks that wait.
    static let waitingByteLimit = 64 << 20
    /// Invalid blocks that are remembered.
    static let invalidLimit = 1_024

    private var waiting: [Hash256: Waiting] = [:]
    /// Oldest first.
    private var waitingOrder: [Hash256] = []
    private var waitingBytes = 0
    private var invalid: [Hash256: Invalid] = [:]
    /// Oldest first.
    private var invalidOrder: [Hash256] = []

    /// Keeps a block until its parent comes, at the cost of the oldest that wait.
    mutating func insertWaiting(_ block: Block, hash: Hash256) {
        guard waiting[hash] == nil else { return }
        let size = 2_048 + block.transactions.reduce(0) { $0 + 512 + $1.input.count }
        waiting[hash] = Waiting(block: block, hash: hash, size: size)
        waitingOrder.append(hash)
        waitingBytes += size
        while waitingOrder.count > Self.waitingLimit || (waitingBytes > Self.waitingByteLimit && waitingOrder.count > 1)
        {
            removeWaiting(waitingOrder[0])
        }
    }

    mutating func removeWaiting(_ hash: Hash256) {
        guard let block = waiting.removeValue(forKey: hash) else { return }
        waitingOrder.removeAll { $0 == hash }
        waitingBytes -= block.size
    }

    /// The blocks that wait, from one whose parent does not wait to the block `hash`; none where that does not wait.
    func waitingPath(to hash: Hash256) -> [Waiting] {
        var path: [Waiting] = []
        var next = hash
        // A hash commits to that of the parent, so there is no way round.
        while let block = waiting[next] {
            path.append(block)
            next = block.block.header.parentHash
        }
        return path.reversed()
    }

    /// Remembers that a block is not valid.
    mutating func insertInvalid(_ hash: Hash256, _ verdict: Invalid) {
        guard invalid.updateValue(verdict, forKey: hash) == nil else { return }
        invalidOrder.append(hash)
        if invalidOrder.count > Self.invalidLimit { invalid[invalidOrder.removeFirst()] = nil }
    }

    /// Why a block is not valid; nil where nothing is known against it.
    func invalid(_ hash: Hash256) -> Invalid? { invalid[hash] }
}
