import Blockchain
import Primitives
import StateTransition
import Storage
import Synchronization

/// How many bytes of transactions a rollup has in blocks that are not safe, and whether that is so much that its sequencer
/// has to hold back: what L1 never gets is lost with the sequencer, and all of it is derived again by everybody.
///
/// Counted are the bytes of the transactions as they are in blocks, without deposits, which L1 has already. It follows the
/// chain's events; what these do not tell, after a start or where L1 took safe blocks back, is read from the chain when the
/// sequencer next asks.
public final class UnpublishedData: Sendable {
    /// How it stands.
    public struct Status: Equatable, Sendable {
        /// Bytes of transactions in blocks that are not safe; nil where that is not known yet.
        public var byteCount: Int?
        /// Whether blocks take no transactions.
        public var isHeldBack: Bool
        public var limit: Int
    }

    private struct State {
        /// Nil where they have to be read.
        var blocks: UnpublishedBlocks?
        var isHeldBack = false
        /// How many events there were.
        var eventCount: UInt64 = 0
    }

    private let chain: Chain
    private let limit: Int
    private let state = Mutex(State())
    private let observer = Mutex<ObserverID?>(nil)

    /// - Parameter limit: bytes from which on blocks take no transactions, until a quarter of them are safe; zero for never.
    init(_ chain: Chain, limit: Int) {
        self.chain = chain
        self.limit = max(0, limit)
        let id = chain.observe { [weak self] event in self?.follow(event) }
        observer.withLock { $0 = id }
    }

    deinit { if let id = observer.withLock({ $0 }) { chain.removeObserver(id) } }

    public var status: Status {
        state.withLock {
            Status(byteCount: $0.blocks?.byteCount, isHeldBack: $0.isHeldBack, limit: limit)
        }
    }

    /// Whether blocks are to take no transactions now, and whether that is news. For one thread.
    func check() -> (isHeldBack: Bool, isNews: Bool) {
        if state.withLock({ $0.blocks == nil }) { restore() }
        guard limit > 0 else { return (false, false) }
        return state.withLock { state in
            guard let count = state.blocks?.byteCount else { return (state.isHeldBack, false) }
            let isHeldBack = state.isHeldBack ? count >= limit - limit / 4 : count >= limit
            defer { state.isHeldBack = isHeldBack }
            return (isHeldBack, isHeldBack != state.isHeldBack)
        }
    }

    /// What is the matter while blocks take no transactions, for people.
    var complaint: String {
        let bytes = status.byteCount ?? limit
        return "\(bytes) bytes of transactions are not safe, of \(limit) at most: blocks have deposits only until the "
            + "batcher has caught up. Does it run, and does L1 take its transactions?"
    }

    private func follow(_ event: ChainEvent) {
        let sizes = event.added.map { Self.byteCount(of: $0.block, encodedByteCount: $0.encodedByteCount) }
        let safe = event.safe?.number ?? chain.database.genesis.number
        state.withLock { state in
            state.eventCount &+= 1
            let base = event.head.number &- UInt64(sizes.count)
            if state.blocks?.follow(base: base, added: sizes, safe: safe) == false { state.blocks = nil }
        }
    }

    /// Reads the blocks from the safe one to the head. Where the chain changes meanwhile it is done again, a few times; and
    /// where it cannot be read nothing is known, and nobody held back: no block can be made then either.
    private func restore() {
        for _ in 0..<4 {
            let eventCount = state.withLock { $0.eventCount }
            guard let read = try? readBlocks() else { return }
            let isDone = state.withLock { state in
                guard state.eventCount == eventCount else { return false }
                state.blocks = read
                return true
            }
            if isDone { return }
        }
    }

    private func readBlocks() throws(ChainError) -> UnpublishedBlocks {
        let view = try chain.view()
        let safe = view.safe?.number ?? chain.database.genesis.number
        var blocks = UnpublishedBlocks(after: safe)
        while blocks.head < view.head.number {
            guard let reference = try view.reference(.number(blocks.head + 1)), let block = try view.block(reference)
            else { throw .attributes("block \(blocks.head + 1) of the chain is missing") }
            blocks.append(Self.byteCount(of: block, encodedByteCount: block.encoded.count))
        }
        return blocks
    }

    /// Bytes of a block without its header and deposits.
    private static func byteCount(of block: Block, encodedByteCount: Int) -> Int {
        var rest = encodedByteCount - block.header.encoded.count
        // The deposits come first.
        for transaction in block.transactions {
            guard transaction.deposit != nil else { return max(0, rest) }
            rest -= transaction.encoded.count
        }
        return 0
    }
}
