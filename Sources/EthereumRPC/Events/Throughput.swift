import Blockchain
import StateTransition
import Synchronization

/// What came into a chain since the process began; what a reorganisation takes out again is not taken off.
final class Throughput: Sendable {
    private let state = Mutex<(transactions: UInt64, gas: UInt64)>((0, 0))

    init(_ chain: Chain) {
        _ = chain.observe { [weak self] event in
            guard let self, !event.added.isEmpty else { return }
            self.state.withLock { state in
                for sealed in event.added {
                    state.transactions &+= UInt64(sealed.block.transactions.count)
                    state.gas &+= sealed.block.header.gasUsed
                }
            }
        }
    }

    var totals: (transactions: UInt64, gas: UInt64) { state.withLock { $0 } }
}
