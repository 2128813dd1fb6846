import EVM
import Glibc
import Primitives
import Sequencing
import StateTransition
import Storage
import Synchronization

/// The block that would come next, built of the pool for who asks for the `pending` block, and kept while it holds.
final class PendingBlock: Sendable {
    /// What a block on this one would have decided about it.
    typealias Attributes = @Sendable (BlockHeader, BlockReference) -> BlockAttributes?

    private struct State: @unchecked Sendable {
        var attributes: Attributes = PendingBlock.attributes
        var block: TreeBlock?
        /// How many changes the pool had seen, and when that was.
        var changeCount: UInt64 = 0
        var began = ContinuousClock.now
        var duration = Duration.zero
        let codes = CodeCache(byteLimit: 16 << 20)
    }

    /// What takes no longer than this is done anew whenever the pool has changed.
    private static let cheap = Duration.milliseconds(20)

    /// Held while a block is built: who asks meanwhile wants the same one.
    private let state = Mutex(State())

    /// What is expected where nobody says: now, the parent's gas limit, and nothing of a consensus.
    private static func attributes(after header: BlockHeader, _: BlockReference) -> BlockAttributes? {
        guard header.timestamp < .max else { return nil }
        let now = UInt64(clamping: time(nil))
        return BlockAttributes(
            timestamp: max(now, header.timestamp + 1), randomness: Hash256(), feeRecipient: Address())
    }

    func setAttributes(_ attributes: @escaping Attributes) { state.withLock { $0.attributes = attributes } }

    /// The block on the head of `view`; nil where none can be built.
    ///
    /// It has what the pool had when it was asked for; or a short time before where it takes long to build, so that
    /// building takes at most a quarter of a thread's time then.
    func block(
        on head: BlockReference, _ header: BlockHeader, changeCount: UInt64,
        build: (BlockAttributes, CodeCache) throws(ChainError) -> TreeBlock
    ) throws(ChainError) -> TreeBlock? {
        try state.withLock { (state) throws(ChainError) in
            let now = ContinuousClock.now
            if let block = state.block, block.parentHash == head.hash {
                let age = now - state.began
                let isDear = state.duration > Self.cheap
                if isDear && age < state.duration * 4 { return block }
                if state.changeCount == changeCount && age < .seconds(1) { return block }
            }
            guard let attributes = state.attributes(header, head) else { return nil }
            let block = try build(attributes, state.codes)
            (state.block, state.changeCount) = (block, changeCount)
            (state.began, state.duration) = (now, ContinuousClock.now - now)
            return block
        }
    }
}
