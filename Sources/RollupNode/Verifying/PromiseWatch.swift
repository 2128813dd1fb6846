import Blockchain
import Derivation
import StateTransition
import Storage

/// Watches over what users were told and L1 does not have yet: tells of blocks that are dropped, and of a sequencing window
/// that runs out while blocks wait for their data.
struct PromiseWatch: Sendable {
    let chain: RollupChain
    let l1: L1Source
    let status: Latest<DerivationStatus>

    /// Works until it is cancelled.
    ///
    /// - Parameters:
    ///   - dropped: is told each time.
    ///   - window: is told once when little of it is left, and nil when there is more again.
    func run(dropped: @escaping @Sendable (String) -> Void, window: @Sendable (String?) -> Void) async {
        let observer = chain.chain.observe { event in
            if let text = Self.message(dropped: event.removed) { dropped(text) }
        }
        defer { chain.chain.removeObserver(observer) }
        var isRunningOut = false
        var refusal: String?
        for await status in status.values() {
            if status.refusal != refusal, let told = status.refusal { dropped(told) }
            refusal = status.refusal
            // While it catches up with L1 nothing can be said.
            guard status.isCurrent, let head = l1.status.value?.head.number else { continue }
            let waits = chain.chain.database.head.number > status.safe.number
            let left = Self.blocksLeft(
                origin: status.safe.l1Origin.number, head: head, window: chain.configuration.sequencingWindow)
            let isShort = waits && left < chain.configuration.sequencingWindow / 4
            defer { isRunningOut = isShort }
            guard isShort != isRunningOut else { continue }
            window(
                isShort
                    ? "no data have come for the blocks after \(status.safe.number): in \(left) L1 blocks they are dropped, and "
                        + "others with deposits alone take their place. Does the batcher run, and does L1 take its transactions?"
                    : nil)
        }
    }

    /// How many more L1 blocks may come before the block after one with this origin has to be derived without a batch.
    static func blocksLeft(origin: UInt64, head: UInt64, window: UInt64) -> UInt64 {
        let (end, overflow) = origin.addingReportingOverflow(window)
        if overflow { return .max }
        return end > head ? end - head : 0
    }

    /// What there is to say of blocks that are not in the chain any more, newest first; nil for none.
    static func message(dropped blocks: [SealedBlock]) -> String? {
        guard let last = blocks.first?.header.number, let first = blocks.last?.header.number else { return nil }
        let count = blocks.reduce(0) { sum, block in sum + block.block.transactions.count { $0.deposit == nil } }
        let what = first == last ? "block \(first)" : "blocks \(first) to \(last)"
        return
            "\(what) with \(count) transactions of users \(first == last ? "is" : "are") not on the chain any more: L1 was "
            + "reorganised, or has other data. What is still valid goes into later blocks, where the pool has it"
    }
}
