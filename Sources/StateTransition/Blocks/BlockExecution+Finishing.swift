public import EVM
import Primitives
import Trie

extension BlockExecution {
    /// Carries out what comes after the last transaction, and adds the block up.
    ///
    /// - Parameters:
    ///   - uncles: pay their miners, and the block's miner a little more, before Paris.
    ///   - withdrawals: from Shanghai on (EIP-4895).
    /// - Throws: where a request cannot be had (EIP-6110, EIP-7002, EIP-7251), or the state not be read.
    public mutating func finish<T: Tracer & ~Copyable>(
        uncles: [BlockHeader] = [], withdrawals: [Withdrawal]? = nil, tracer: inout T
    ) throws(InvalidBlock) -> BlockOutcome {
        let requests = try collectRequests(tracer: &tracer)
        do throws(StateError) {
            try pay(withdrawals ?? [])
            if revision < .paris { try reward(uncles) }
            let diff = state.diff()
            return BlockOutcome(
                receipts: receipts, gasUsed: gasUsed,
                blobGasUsed: (optimism ?? .regolith) >= .jovian ? dataFootprint : blobGasUsed,
                logsBloom: logsBloom, requests: requests, stateDiff: diff, stateRoot: try source.root(after: diff),
                receiptsRoot: orderedRoot(count: receipts.count) { receipts[$0].encoded },
                withdrawalsRoot: try withdrawalsRoot(withdrawals, diff),
                requestsHash: revision >= .prague ? Self.hash(requests: requests) : nil)
        } catch {
            throw .state(error)
        }
    }

    private func withdrawalsRoot(
        _ withdrawals: [Withdrawal]?, _ diff: StateDiff
    ) throws(StateError) -> Hash256? {
        if let optimism, optimism >= .isthmus {
            return try source.storageRoot(Predeploy.messagePasser, after: diff)
        }
        guard revision >= .shanghai else { return nil }
        return orderedRoot((withdrawals ?? []).map { $0.encoded })
    }

    private mutating func pay(_ withdrawals: [Withdrawal]) throws(StateError) {
        guard !withdrawals.isEmpty else { return }
        state.beginTransaction()
        for withdrawal in withdrawals { try state.credit(state.account(withdrawal.address), withdrawal.wei) }
        try state.endTransaction()
    }

    /// Pays for the work (yellow paper, 11.3; EIP-649, EIP-1234).
    private mutating func reward(_ uncles: [BlockHeader]) throws(StateError) {
        let ether: UInt256 = 1_000_000_000_000_000_000
        let reward = ether &* (revision < .byzantium ? 5 : revision < .constantinople ? 3 : 2)
        state.beginTransaction()
        let bonus = (reward >> 5) &* UInt256(UInt64(uncles.count))
        try state.credit(state.account(environment.coinbase), reward &+ bonus)
        for uncle in uncles {
            let share = UInt256((uncle.number &+ 8) &- environment.number)
            try state.credit(state.account(uncle.coinbase), (reward &* share) >> 3)
        }
        try state.endTransaction()
    }
}
