import Primitives
import Sequencing
import StateTransition
import Testing

/// The pool without limits, as simply as it can be said: a set of transactions by sender and nonce.
private struct NaivePool {
    var states: [UInt64: SenderState] = [:]
    var transactions: [UInt64: [UInt64: PooledTransaction]] = [:]

    func state(_ sender: UInt64) -> SenderState {
        states[sender] ?? SenderState(nonce: 0, balance: PoolFixture.ether)
    }

    func cost(_ pooled: PooledTransaction) -> UInt256 {
        pooled.transaction.maxFeePerGas &* UInt256(pooled.transaction.gasLimit) &+ pooled.transaction.value
    }

    /// The longest run from the account's nonce that its balance covers.
    func pending(_ sender: UInt64) -> [PooledTransaction] {
        var run: [PooledTransaction] = []
        var total = UInt256.zero
        while let next = transactions[sender]?[state(sender).nonce + UInt64(run.count)] {
            total = total &+ cost(next)
            if total > state(sender).balance { break }
            run.append(next)
        }
        return run
    }

    mutating func admits(_ new: PooledTransaction, from sender: UInt64) -> Bool {
        let (state, run) = (state(sender), pending(sender))
        var total = run.reduce(cost(new)) { $0 &+ cost($1) }
        if new.nonce < state.nonce || cost(new) > state.balance { return false }
        if let old = transactions[sender]?[new.nonce] {
            for (price, before) in [
                (new.transaction.maxFeePerGas, old.transaction.maxFeePerGas),
                (new.transaction.maxPriorityFeePerGas, old.transaction.maxPriorityFeePerGas),
            ] where price <= before || price &* 100 < before &* 110 &- 99 { return false }
            if run.contains(where: { $0.nonce == new.nonce }) { total = total &- cost(old) }
        }
        if total > state.balance { return false }
        transactions[sender, default: [:]][new.nonce] = new
        return true
    }

    mutating func setState(_ sender: UInt64, _ state: SenderState) {
        let before = self.state(sender)
        states[sender] = state
        transactions[sender] = transactions[sender]?.filter { $0.key >= state.nonce }
        guard state.balance < before.balance else { return }
        transactions[sender] = transactions[sender]?.filter { cost($0.value) <= state.balance }
    }
}

@Suite struct MempoolModelTests {
    @Test(arguments: 0..<24 as Range<UInt64>)
    func agreesWithModel(seed: UInt64) {
        var random = SeededGenerator(state: seed)
        var fixture = PoolFixture()
        var model = NaivePool()
        let senders = 6 as UInt64
        for _ in 0..<1_500 {
            let sender = UInt64.random(in: 0..<senders, using: &random)
            switch Int.random(in: 0..<20, using: &random) {
            case 0: changeState(of: sender, &fixture, &model, &random)
            case 1:
                fixture.apply(baseFee: UInt256(UInt64.random(in: 0..<120, using: &random)))
            case 2:
                let all = model.transactions[sender]?.values.map(\.nonce).sorted() ?? []
                if let nonce = all.randomElement(using: &random), let pooled = model.transactions[sender]?[nonce] {
                    _ = fixture.pool.remove(pooled.hash)
                    model.transactions[sender]?[nonce] = nil
                }
            default:
                let next = fixture.state(sender).nonce
                let nonce = next + UInt64.random(in: 0..<12, using: &random)
                let tip = UInt256(UInt64.random(in: 1..<60, using: &random))
                let value = UInt256(UInt64.random(in: 0..<4, using: &random)) &* (PoolFixture.ether / 10)
                let pooled = fixture.transfer(
                    sender, nonce, tip: tip, cap: tip &+ UInt256(UInt64.random(in: 0..<80, using: &random)),
                    value: value)
                let error = fixture.add(pooled, from: sender)
                #expect((error == nil) == model.admits(pooled, from: sender), "\(String(describing: error))")
            }
            expectSame(fixture, model, senders)
        }
        expectBestIsGreedy(&fixture)
    }

    private func changeState(
        of sender: UInt64, _ fixture: inout PoolFixture, _ model: inout NaivePool, _ random: inout SeededGenerator
    ) {
        var state = fixture.state(sender)
        let run = fixture.pendingNonces(sender).count
        state.nonce += UInt64.random(in: 0...UInt64(run), using: &random)
        if state.nonce > 0 && Int.random(in: 0..<4, using: &random) == 0 { state.nonce -= 1 }
        state.balance = (PoolFixture.ether / 8) &* UInt256(UInt64.random(in: 0..<10, using: &random))
        model.setState(sender, state)
        fixture.apply([sender: state])
    }

    private func expectSame(_ fixture: PoolFixture, _ model: NaivePool, _ senders: UInt64) {
        #expect(fixture.pool.brokenInvariants == [])
        for sender in 0..<senders {
            let content = fixture.pool.content(from: PoolFixture.address(sender))
            let run = model.pending(sender)
            #expect(content.pending.map(\.hash) == run.map(\.hash))
            let rest = (model.transactions[sender] ?? [:]).values.filter { pooled in
                !run.contains { $0 === pooled }
            }
            #expect(content.queued.map(\.hash) == rest.sorted { $0.nonce < $1.nonce }.map(\.hash))
        }
    }

    /// Everything under limits that are met all the time: the tables stay in order and the limits hold.
    @Test(arguments: 0..<16 as Range<UInt64>)
    func limitsHold(seed: UInt64) {
        var random = SeededGenerator(state: 1_000 + seed)
        var configuration = MempoolConfiguration()
        configuration.pendingPlaces = 40
        configuration.queuedPlaces = 15
        configuration.queuedPerAccount = 6
        configuration.pendingPerAccount = 12
        var fixture = PoolFixture(configuration)
        var mined: [PooledTransaction] = []
        for step in 0..<3_000 {
            fixture.now += 60_000
            let sender = UInt64.random(in: 0..<20, using: &random)
            switch Int.random(in: 0..<40, using: &random) {
            case 0:
                let baseFee = UInt256(UInt64.random(in: 0..<120, using: &random))
                mined = mine(&fixture, baseFee: baseFee, count: Int.random(in: 0..<15, using: &random))
            case 1:
                reorganise(&fixture, dropping: mined, &random)
                mined = []
            case 2: _ = fixture.pool.expire(now: fixture.now)
            case 3:
                var state = fixture.state(sender)
                state.balance = (PoolFixture.ether / 8) &* UInt256(UInt64.random(in: 0..<10, using: &random))
                fixture.apply([sender: state])
            default:
                let nonce = fixture.state(sender).nonce + UInt64.random(in: 0..<9, using: &random)
                let tip = UInt256(UInt64.random(in: 1..<60, using: &random))
                let cap = tip &+ UInt256(UInt64.random(in: 0..<80, using: &random))
                let size = step % 7 == 0 ? 70_000 : 0
                fixture.add(fixture.transfer(sender, nonce, tip: tip, cap: cap, size: size), from: sender)
            }
            #expect(fixture.pool.brokenInvariants == [])
            let status = fixture.pool.status
            #expect(status.pending <= 40 && status.queued <= 15)
            for content in fixture.pool.content {
                #expect(content.pending.count <= 12 && content.queued.count <= 6)
            }
            if step % 50 == 0 { expectBestIsGreedy(&fixture) }
        }
    }

    private func mine(_ fixture: inout PoolFixture, baseFee: UInt256, count: Int) -> [PooledTransaction] {
        let block = Array(fixture.pool.best(baseFee: baseFee).prefix(count))
        var changed: [UInt64: SenderState] = [:]
        for pooled in block {
            let sender = UInt256(pooled.sender).limb0 - 0x1000
            var state = changed[sender] ?? fixture.state(sender)
            #expect(state.nonce == pooled.nonce)
            #expect(pooled.transaction.maxFeePerGas >= baseFee)
            state.nonce += 1
            changed[sender] = state
        }
        let change = fixture.apply(changed, baseFee: baseFee, included: block)
        #expect(!change.dropped.contains { $0.reason == .stale })
        return block
    }

    private func reorganise(
        _ fixture: inout PoolFixture, dropping mined: [PooledTransaction], _ random: inout SeededGenerator
    ) {
        var changed: [UInt64: SenderState] = [:]
        for pooled in mined {
            let sender = UInt256(pooled.sender).limb0 - 0x1000
            var state = changed[sender] ?? fixture.state(sender)
            state.nonce = min(state.nonce, pooled.nonce)
            changed[sender] = state
        }
        fixture.apply(changed, dropped: mined)
    }

    /// Picking by hand: of the first of each account's rest the one that pays most, of equals the earliest.
    private func expectBestIsGreedy(_ fixture: inout PoolFixture) {
        for baseFee in [0, 1, 20, 45, 90, 500] as [UInt256] {
            var runs = fixture.pool.content.map { $0.pending[...] }
            var greedy: [Hash256] = []
            while true {
                let heads = runs.indices.filter { index in
                    runs[index].first.map { $0.transaction.maxFeePerGas >= baseFee } ?? false
                }
                func pays(_ index: Int) -> UInt256 {
                    guard let first = runs[index].first else { return 0 }
                    return first.transaction.effectiveGasPrice(baseFee: baseFee) &- baseFee
                }
                func arrival(_ index: Int) -> Int { fixture.arrivals[runs[index].first?.hash.bytes ?? []] ?? 0 }
                let best = heads.max { left, right in
                    pays(left) == pays(right) ? arrival(left) > arrival(right) : pays(left) < pays(right)
                }
                guard let best, let first = runs[best].popFirst() else { break }
                greedy.append(first.hash)
            }
            #expect(fixture.pool.best(baseFee: baseFee).map(\.hash) == greedy)
        }
    }
}
