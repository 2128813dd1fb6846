import Derivation
import Publishing
import Spans

/// What a batcher records of its work.
extension BatcherDriver {
    /// What is to go to L1, in the span of its sending.
    func describe(_ submission: Submission, in span: Span) {
        span.set("mayfly.chain_id", configuration.l2ChainID)
        span.set("mayfly.l1.nonce", submission.nonce)
        span.set("mayfly.batcher.attempt", submission.attempt)
        switch submission.payload {
        case .calldata(let data):
            span.set("mayfly.batcher.carrier", "calldata")
            span.set("mayfly.batcher.bytes", data.count)
        case .blobs(let blobs):
            span.set("mayfly.batcher.carrier", "blobs")
            span.set("mayfly.batcher.bytes", blobs.reduce(0) { $0 + $1.count })
        case .cancellation: span.set("mayfly.batcher.carrier", "nothing")
        }
        if let blocks = blocks(of: submission) {
            span.set("mayfly.block.first", blocks.lowerBound)
            span.set("mayfly.block.last", blocks.upperBound)
        }
    }
}
