import Sequencing
import Blockchain
import JSONRPC
import Primitives
import StateTransition
import Storage
import Synchronization

/// The tip to offer for a place in the next blocks: what most of the cheapest transactions of the last ones paid.
final class TipSuggestion: Sendable {
    /// Blocks that are looked at.
    private static let blockCount = 20
    /// The cheapest transactions of each.
    private static let sampleCount = 3
    /// Of a hundred samples.
    private static let percentile = 60
    /// Wei a gas; below it a tip says nothing.
    private static let leastTip: UInt256 = 2

    private struct State {
        var head = Hash256()
        var tip: UInt256 = 0
        /// The samples of lately seen blocks.
        var samples: [Hash256: [UInt256]] = [:]
    }

    private let context: NodeContext
    private let state = Mutex(State())

    init(_ context: NodeContext) { self.context = context }

    /// Wei a gas.
    func tip(in view: ChainView) throws(RPCError) -> UInt256 {
        let head = view.head
        var known: [Hash256: [UInt256]] = [:]
        let remembered: UInt256? = state.withLock { state in
            known = state.samples
            return state.head == head.hash ? state.tip : nil
        }
        if let remembered { return remembered }
        var seen: [Hash256: [UInt256]] = [:]
        var samples: [UInt256] = []
        for back in 0..<UInt64(Self.blockCount) where back < head.number {
            let number = head.number - back
            let tips = try asking { () throws(ChainError) -> (Hash256, [UInt256])? in
                guard let reference = try view.reference(.number(number)) else { return nil }
                if let tips = known[reference.hash] { return (reference.hash, tips) }
                return (reference.hash, Self.samples(try view.block(reference)))
            }
            guard let (hash, tips) = tips else { continue }
            seen[hash] = tips
            samples += tips
        }
        samples.sort()
        let minimum = context.chain.pool.withPool { $0.configuration.minimumTip }
        let chosen =
            samples.isEmpty
            ? context.settings.suggestedTip : samples[(samples.count - 1) * Self.percentile / 100]
        let tip = max(chosen, minimum)
        state.withLock { state in
            state.head = head.hash
            state.tip = tip
            state.samples = seen
        }
        return tip
    }

    /// What the cheapest transactions of a block paid, but to themselves.
    private static func samples(_ block: Block?) -> [UInt256] {
        guard let block else { return [] }
        let baseFee = block.header.baseFee ?? 0
        var tips: [UInt256] = []
        for transaction in block.transactions where transaction.deposit == nil {
            let tip = transaction.effectiveGasPrice(baseFee: baseFee) &- baseFee
            if tip >= leastTip { tips.append(tip) }
        }
        return Array(tips.sorted().prefix(sampleCount))
    }
}
