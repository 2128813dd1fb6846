import EthereumRPC
import Layers
import Settlement
import Synchronization

/// What a proposer has done and complained of, for those who watch over it.
final class ProposerWatch: Sendable {
    private struct State {
        var steps = 0
        var finalBlock: UInt64?
        var trouble: String?
        var alarm: String?
    }

    private let state = Mutex(State())

    func note(_ report: ProposerDriver.Report) {
        state.withLock { state in
            switch report {
            case .did:
                state.steps += 1
                state.alarm = nil
            case .final(let output): state.finalBlock = output.blockNumber
            case .alarm(let text): state.alarm = text
            case .failed(let text): state.trouble = text
            case .recovered: state.trouble = nil
            }
        }
    }

    /// What `/ready` and `/metrics` say.
    var statusNotes: StatusNotes {
        let state = state.withLock { $0 }
        return StatusNotes(
            figures: [
                .init(
                    "mayfly_proposer_steps_total", "Transactions of the proposer that L1 has taken.", state.steps,
                    isCounter: true),
                .init(
                    "mayfly_final_output_block", "The block of the final output.", Int(clamping: state.finalBlock ?? 0)),
            ],
            obstacle: state.alarm ?? state.trouble ?? (state.finalBlock == nil ? "L1 was not asked yet" : nil))
    }
}
