public import EthereumRPC
import Publishing

extension BatcherDriver {
    /// What `/ready` and `/metrics` say of a batcher.
    public nonisolated var statusNotes: StatusNotes {
        guard let status = status.value else {
            return StatusNotes(obstacle: "L1 or the rollup's node was not there yet")
        }
        let complaints = complaints.value ?? []
        return StatusNotes(
            figures: [
                .init("mayfly_batcher_backlog_bytes", "Bytes that wait for a transaction of L1.", status.backlogBytes),
                .init("mayfly_batcher_in_flight", "Transactions that no L1 block has yet.", status.inFlight),
                .init(
                    "mayfly_batcher_last_block", "The newest block that is in a channel, or waits for one.",
                    Int(clamping: status.lastBlock ?? 0)),
                .init("mayfly_batcher_nonce", "Nonce of the next transaction.", Int(clamping: status.nextNonce)),
            ],
            obstacle: complaints.isEmpty ? nil : complaints.joined(separator: "; "))
    }
}
