import Testing

@testable import Platform

@Suite struct LoadHistoryTests {
    private func figures(_ transactions: Double, _ gas: Double, head: Double = 9, safe: Double = 4) -> [String: Double]
    {
        [
            "mayfly_transactions_total": transactions, "mayfly_gas_used_total": gas, "mayfly_head_block": head,
            "mayfly_safe_block": safe,
        ]
    }

    @Test func ratesAreOfWhatLiesBetween() {
        var history = LoadHistory()
        history.note(figures(100, 1_000), at: 50_000)
        #expect(history.points.isEmpty)
        // Sooner than a point is due, and without what is counted.
        history.note(figures(110, 2_000), at: 55_000)
        history.note([:], at: 60_000)
        #expect(history.points.isEmpty)
        history.note(figures(150, 21_000), at: 60_000)
        #expect(history.points == [.init(time: 60, transactions: 5, gas: 2_000, blocksBehind: 5)])
    }

    @Test func aNodeThatWasStartedAnewCountsFromZero() {
        var history = LoadHistory()
        history.note(figures(100, 1_000), at: 0)
        history.note(figures(20, 400, head: 3, safe: 4), at: 20_000)
        #expect(history.points == [.init(time: 20, transactions: 1, gas: 20, blocksBehind: 0)])
    }

    @Test func whatWasWhileItSleptIsNotMadeUp() {
        var history = LoadHistory()
        history.note(figures(100, 1_000), at: 0)
        history.note(figures(900, 9_000), at: 600_000)
        #expect(history.points.isEmpty)
        history.note(figures(910, 9_100), at: 610_000)
        #expect(history.points == [.init(time: 610, transactions: 1, gas: 10, blocksBehind: 5)])
        // Nor is what was long ago told as if it were now, asleep or not.
        history.note([:], at: 2_410_000)
        #expect(history.points.count == 1)
        history.note([:], at: 2_411_000)
        #expect(history.points.isEmpty)
        history.note(figures(910, 9_100), at: 2_420_000)
        history.note(figures(910, 9_100), at: 2_430_000)
        // A clock that was set back begins anew.
        history.note(figures(910, 9_100), at: 100_000)
        #expect(history.points.count == 1)
    }

    @Test func itIsBounded() {
        var history = LoadHistory()
        for step in 0..<1_000 { history.note(figures(Double(step), 0), at: Int64(step) * 10_000) }
        #expect(history.points.count == 180)
        #expect(history.points.last?.time == 9_990)
        #expect(history.points.first?.time == 8_200)
    }
}
