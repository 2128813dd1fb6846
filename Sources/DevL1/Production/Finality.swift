import Blockchain
import StateTransition
import Storage
import Synchronization

/// How an embedded L1 calls its blocks safe and final.
///
/// Nothing but a developer's command takes its blocks back. While blocks come, the head's parent is safe and its grandparent
/// final, so that programs meet the three as they are on a real L1; when none has come for a second, all are the head.
final class Finality: Sendable {
    private struct State {
        var last: BlockReference?
        /// Newest last, three at most.
        var recent: [BlockReference] = []
        /// When the marks were last written, on a clock that does not go back.
        var written: ContinuousClock.Instant?
        /// When the last block came.
        var followed: ContinuousClock.Instant?
    }

    /// Writing marks is a commit of its own: under load not every block is worth one.
    private static let pause: Duration = .milliseconds(200)

    private let chain: Chain
    private let state = Mutex(State())

    init(_ chain: Chain) { self.chain = chain }

    /// Makes the first block final where none is: programs ask for the final block before there is another.
    func begin() {
        if chain.database.finalized == nil { mark(safe: chain.database.genesis, finalized: chain.database.genesis) }
    }

    /// Whether the head is not final.
    var isBehind: Bool { chain.database.finalized != chain.database.head }

    /// Without a block for so long the head is final.
    private static let rest: Duration = .seconds(1)

    /// How long it is until the head is final if no block comes.
    var restLeft: Duration {
        guard let followed = state.withLock({ $0.followed }) else { return .zero }
        return max(.zero, Self.rest - (ContinuousClock.now - followed))
    }

    /// Follows the chain to a new head.
    func follow(_ block: SealedBlock) {
        let now = ContinuousClock.now
        let marks: (safe: BlockReference, finalized: BlockReference)? = state.withLock { state in
            state.followed = now
            if state.recent.last?.hash != block.header.parentHash { state.recent = [] }
            state.recent.append(block.reference)
            if state.recent.count > 3 { state.recent.removeFirst() }
            if let written = state.written, now - written < Self.pause { return nil }
            guard state.recent.count == 3 else { return nil }
            // After a pause the head was final: what is final stays so.
            if let finalized = chain.database.finalized, finalized.number >= state.recent[0].number { return nil }
            state.written = now
            return (state.recent[1], state.recent[0])
        }
        if let marks { mark(safe: marks.safe, finalized: marks.finalized) }
    }

    /// Makes the head final.
    ///
    /// - Returns: whether that could be written down.
    @discardableResult
    func catchUp() -> Bool {
        let head = chain.database.head
        return mark(safe: head, finalized: head)
    }

    @discardableResult
    private func mark(safe: BlockReference, finalized: BlockReference) -> Bool {
        do throws(ChainError) {
            try chain.mark(safe: safe, finalized: finalized)
            return true
        } catch {
            // The chain may have been taken back meanwhile; then the next block says more.
            if case .storage = error { return false }
            return true
        }
    }
}
