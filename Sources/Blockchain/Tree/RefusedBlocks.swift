import Primitives
import Synchronization

/// The blocks that were refused last, for who looks for the reason (`debug_getBadBlocks`).
final class RefusedBlocks: Sendable {
    private static let limit = 10

    private let state = Mutex<[SealedBlock]>([])

    /// Newest first, without receipts.
    var all: [SealedBlock] { state.withLock { $0 } }

    func add(_ block: SealedBlock) {
        state.withLock { blocks in
            if blocks.contains(where: { $0.hash == block.hash }) { return }
            blocks.insert(block, at: 0)
            if blocks.count > Self.limit { blocks.removeLast() }
        }
    }
}
