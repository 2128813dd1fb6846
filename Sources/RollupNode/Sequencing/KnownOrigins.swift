import Derivation
import Layers
import Primitives
import Synchronization

/// The L1 blocks that the next blocks of a rollup may have as their origin, read ahead so that who makes blocks never waits
/// for L1.
final class KnownOrigins: Sendable {
    private struct State {
        /// One after another, each the child of the one before.
        var origins: [L1Origin] = []
        /// The number of the oldest that is wanted.
        var wanted: UInt64?
    }

    /// Blocks that are kept at most.
    private static let limit = 2_048

    private let state = Mutex(State())
    private let chain: RollupChain
    /// Says which block is the newest.
    private let l1: L1Source
    /// Reads the blocks: on its own, as what it asks for ahead is not what others ask for.
    private let reader: L1Source

    init(_ chain: RollupChain, l1: L1Source) {
        self.chain = chain
        self.l1 = l1
        reader = L1Source(l1.settlement)
    }

    /// The number of L1's newest block, as far as it is known.
    var head: UInt64 { l1.status.value?.head.number ?? 0 }

    /// The block with a number.
    subscript(number: UInt64) -> L1Origin? {
        state.withLock { state in
            guard let first = state.origins.first?.reference.number, number >= first,
                number - first < UInt64(state.origins.count)
            else { return nil }
            return state.origins[Int(number - first)]
        }
    }

    /// How the rollup ends, where one of the blocks closes it.
    var closing: RollupClosing? { state.withLock { $0.origins.lazy.compactMap { $0.closing }.first } }

    /// Says which block is the oldest that is needed.
    func want(_ number: UInt64) {
        state.withLock { state in
            state.wanted = number
            state.origins.removeAll { $0.reference.number < number }
            if let first = state.origins.first, first.reference.number > number { state.origins = [] }
        }
    }

    /// Reads what L1 has, again and again, until it is cancelled.
    ///
    /// - Parameter report: is told of trouble, once, and nil when it is over.
    func follow(every interval: Duration, report: @Sendable (String?) -> Void) async {
        var hasFailed = false
        while !Task.isCancelled {
            do throws(LayerError) {
                try await readAhead()
                if hasFailed { report(nil) }
                hasFailed = false
            } catch {
                if !hasFailed && !Task.isCancelled { report(error.message) }
                hasFailed = true
            }
            try? await Task.sleep(for: interval)
        }
    }

    private func readAhead() async throws(LayerError) {
        while !Task.isCancelled, let head = l1.status.value?.head {
            let next: UInt64? = state.withLock { state in
                // The newest may have been replaced by another of its height, or by a lower one.
                while let last = state.origins.last?.reference,
                    last.number > head.number
                        || (last.number == head.number && last.hash != head.hash)
                {
                    state.origins.removeLast()
                }
                guard let wanted = state.wanted, state.origins.count < Self.limit else { return nil }
                return state.origins.last.map { $0.reference.number + 1 } ?? wanted
            }
            guard let next, next <= head.number else { return }
            let block = try await reader.block(next)
            let origin: L1Origin
            do throws(DepositLogError) {
                origin = try L1Origin(block, chain.configuration)
            } catch {
                throw LayerError(.settlement, .retry, "a deposit in L1 block \(next) cannot be read (\(error))")
            }
            state.withLock { state in
                guard let last = state.origins.last?.reference else {
                    if state.wanted == next { state.origins = [origin] }
                    return
                }
                guard last.number + 1 == next else { return }
                if last.hash == origin.reference.parentHash {
                    state.origins.append(origin)
                } else {
                    reader.forget()
                    state.origins.removeLast()
                }
            }
        }
    }
}
