import Derivation
import Primitives
import Publishing
import Testing

@Suite struct BatcherTests {
    private static func expectComplete(_ simulation: Simulation) {
        #expect(simulation.rollup.safeHead == simulation.rollup.unsafeHead)
        #expect(simulation.rollup.derived == simulation.rollup.blocks)
        #expect(simulation.rollup.deviations.isEmpty)
        #expect(simulation.batcher.status.phase != .stopped)
        #expect(simulation.unprepared == 0)
    }

    @Test(arguments: DataChoice.allCases) func calmRunsPublishEverything(_ choice: DataChoice) throws {
        var simulation = Simulation(choice, seed: 1)
        try simulation.run(30)
        try simulation.settle()
        Self.expectComplete(simulation)
        #expect(simulation.resets.isEmpty)
        #expect(simulation.l1.gaps == 0)
        if let carrier = DataCarrier(rawValue: choice.rawValue) {
            #expect(simulation.carrierChanges == [carrier])
        }
    }

    /// An L1 that makes blocks on demand alone gives a channel no end by its blocks.
    @Test func channelsAreClosedByTimeToo() throws {
        var settings = BatcherSettings.quick
        settings.channelDuration = 10_000
        settings.calldataTransactionsPerChannel = 100
        var simulation = Simulation(.calldata, seed: 4, settings: settings)
        // Ten L1 blocks of twelve seconds each.
        try simulation.run(10)
        #expect(simulation.carriers == [.calldata: 1])
        settings.channelTime = 24_000
        simulation = Simulation(.calldata, seed: 4, settings: settings)
        try simulation.run(10)
        #expect(try #require(simulation.carriers[.calldata]) >= 3)
    }

    /// What is left when L1 has closed the rollup is published at once, and when no batch counts any more the batcher ends.
    @Test(arguments: [DataChoice.calldata, .blobs]) func endsWithItsRollup(_ choice: DataChoice) throws {
        var settings = BatcherSettings.quick
        settings.channelDuration = 10_000
        settings.channelTime = 10_000_000
        settings.calldataTransactionsPerChannel = 100
        var simulation = Simulation(choice, seed: 6, settings: settings)
        try simulation.run(4)
        #expect(simulation.rollup.safeHead != simulation.rollup.unsafeHead)
        let head = simulation.l1.head.number
        simulation.isSequencing = false
        let closing = RollupClosing(closingBlock: head, drainEnd: head + 5, reason: 1)
        _ = simulation.batcher.handle(.closing(closing), now: 0)
        try simulation.run(5)
        #expect(simulation.rollup.safeHead == simulation.rollup.unsafeHead && simulation.resets.isEmpty)
        #expect(simulation.batcher.status.phase == .running)
        try simulation.run(1)
        #expect(simulation.batcher.status.phase == .ended)
        #expect(simulation.reports.last == .ended(drainEnd: head + 5))
        // Nothing is sent any more.
        let sent = simulation.l1.included.joined().count
        simulation.isSequencing = true
        try simulation.run(5)
        #expect(simulation.l1.included.joined().count == sent && simulation.batcher.status.phase == .ended)
    }

    /// Until then L1 may take the close back.
    @Test func goesOnWhereL1TakesTheCloseBack() throws {
        var simulation = Simulation(.calldata, seed: 7)
        try simulation.run(4)
        let head = simulation.l1.head.number
        _ = simulation.batcher.handle(
            .closing(RollupClosing(closingBlock: head, drainEnd: head + 2, reason: 0)), now: 0)
        _ = simulation.batcher.handle(.closing(nil), now: 0)
        try simulation.run(10)
        try simulation.settle()
        Self.expectComplete(simulation)
        #expect(simulation.batcher.status.phase == .running)
    }

    @Test func commitmentsThatNobodyCanCheckAreNotPublished() throws {
        var simulation = Simulation(.altDA, seed: 11)
        simulation.foreignLayer = 0
        try simulation.run(20)
        try simulation.settle()
        Self.expectComplete(simulation)
        #expect(!simulation.l1HasCommitments)
        let isSaid = simulation.reports.contains { report in
            if case .uncheckable = report { true } else { false }
        }
        #expect(isSaid)
        // Unless who runs the batcher says so.
        var settings = BatcherSettings.quick
        settings.altDALayers = [7]
        simulation = Simulation(.altDA, seed: 11, settings: settings)
        simulation.foreignLayer = 7
        try simulation.run(10)
        #expect(simulation.l1HasCommitments)
    }

    @Test func dataThatTheServerLosesAreGivenToItAgain() throws {
        var simulation = Simulation(.altDA, seed: 12)
        simulation.rollup.waits = true
        try simulation.run(10)
        for _ in 0..<3 {
            // What is put now is gone before the node reads it.
            simulation.providerForgets = true
            try simulation.run(2)
            simulation.providerForgets = false
            try simulation.run(6)
        }
        #expect(simulation.losses > 0)
        try simulation.settle()
        Self.expectComplete(simulation)
        #expect(simulation.resets.isEmpty)
    }

    /// Killed at any moment, with an L1 that loses blocks and transactions and does not always take them.
    @Test(arguments: [DataChoice.calldata, .blobs, .altDA, .automatic], [UInt64(1), 2, 3])
    func killsAndReorganisationsLoseNothing(_ choice: DataChoice, seed: UInt64) throws {
        var simulation = Simulation(choice, seed: seed)
        simulation.mishaps = Simulation.Mishaps(
            kill: 12, reorganise: 8, drop: 4, refuse: 10, delay: 3, prices: 10, blind: 5)
        while simulation.kills < 70 {
            try simulation.run(1)
            if simulation.l1.blocks.count % 10 == 0 { simulation.providerIsUp.toggle() }
        }
        try simulation.settle()
        Self.expectComplete(simulation)
    }

    /// All at once, changes of the choice and a server that comes and goes included. The last four seeds have transactions of
    /// another kind that stand in the pool and wait for a nonce.
    @Test(arguments: Array(2_000..<2_030) + [1_027, 1_054, 1_057, 1_078] as [UInt64])
    func everythingGoesWrong(seed: UInt64) throws {
        let choices = DataChoice.allCases
        var simulation = Simulation(choices[Int(seed % 4)], seed: seed)
        simulation.mishaps = Simulation.Mishaps(
            kill: seed % 3 == 0 ? 0 : 15, reorganise: 6, drop: 3, refuse: 8, delay: 3, prices: 7, blind: 4)
        for round in 0..<100 {
            try simulation.run(1)
            if round % 13 == 0 { simulation.providerIsUp.toggle() }
            if round % 17 == 0 { simulation.providerIsMute.toggle() }
            if round % 29 == 0 { simulation.choose(choices[round % 4]) }
        }
        try simulation.settle()
        Self.expectComplete(simulation)
    }

    /// Without kills, so that transactions are followed through many mishaps.
    @Test(arguments: [UInt64](10...20)) func reorganisationsAreRepaired(seed: UInt64) throws {
        var simulation = Simulation(seed % 2 == 0 ? .blobs : .calldata, seed: seed)
        simulation.mishaps = Simulation.Mishaps(reorganise: 6, drop: 3, refuse: 8, delay: 4, prices: 6, blind: 4)
        try simulation.run(150)
        try simulation.settle()
        Self.expectComplete(simulation)
    }

    /// L1 loses blocks that were origins already: the sequencer makes others, and those are published.
    @Test(arguments: [UInt64](30...37)) func theRollupsReorganisationsAreFollowed(seed: UInt64) throws {
        var simulation = Simulation(.blobs, seed: seed)
        simulation.rollup.confirmations = 1
        simulation.mishaps = Simulation.Mishaps(kill: seed % 2 == 0 ? 40 : 0, reorganise: 12, delay: 4)
        try simulation.run(120)
        try simulation.settle()
        #expect(simulation.rollup.derived == simulation.rollup.blocks)
        #expect(simulation.resets.contains { $0 == .reorganised || $0 == .safeHeadWentBack })
    }

    @Test func theChoiceChangesBetweenChannels() throws {
        var simulation = Simulation(.calldata, seed: 5)
        for choice in [DataChoice.calldata, .blobs, .altDA, .blobs] {
            simulation.choose(choice)
            try simulation.run(15)
        }
        try simulation.settle()
        Self.expectComplete(simulation)
        #expect(simulation.resets.isEmpty)
        #expect(simulation.carrierChanges == [.calldata, .blobs, .altDA, .blobs])
        #expect(simulation.stores > 3)
    }

    @Test(arguments: [true, false]) func aServerThatIsDownIsDoneWithout(isMute: Bool) throws {
        var simulation = Simulation(.altDA, seed: 6)
        simulation.providerIsMute = isMute
        try simulation.run(10)
        simulation.providerIsUp = false
        try simulation.run(15)
        let storesWhileDown = simulation.stores
        simulation.providerIsUp = true
        try simulation.run(40)
        try simulation.settle()
        Self.expectComplete(simulation)
        #expect(simulation.resets.isEmpty)
        #expect(simulation.reports.contains(.providerIsBack))
        #expect(simulation.batcher.status.carrier == .altDA)
        // The pause doubles: a few attempts in the three minutes that it was down.
        #expect(storesWhileDown < 20)
        #expect(simulation.reports.count { if case .providerFailed = $0 { true } else { false } } > 1)
    }

    @Test func offersAreRaisedUntilL1TakesThem() throws {
        var simulation = Simulation(.blobs, seed: 7)
        try simulation.run(5)
        simulation.l1.prices.blobBaseFee = 200_000_000
        try simulation.run(30)
        try simulation.settle()
        Self.expectComplete(simulation)
        #expect(simulation.resets.isEmpty)
        var fees: [UInt256] = []
        for case .raised(_, let raised) in simulation.reports { fees.append(raised.maxFeePerBlobGas) }
        #expect(!fees.isEmpty)
    }

    @Test func nothingIsOfferedOverTheLimits() throws {
        var settings = BatcherSettings.quick
        settings.feeLimits = FeeLimits(
            maxFeePerGas: 3_000_000_000, maxPriorityFeePerGas: 2_000_000, maxFeePerBlobGas: 1_000_000_000)
        var simulation = Simulation(.calldata, seed: 8, settings: settings)
        try simulation.run(5)
        simulation.l1.prices.baseFee = 50_000_000_000
        try simulation.run(30)
        #expect(simulation.l1.pool.values.allSatisfy { $0.submission.fees.maxFeePerGas <= 3_000_000_000 })
        let safe = simulation.rollup.safeHead.number
        #expect(safe < simulation.rollup.unsafeHead.number)
        // What is not taken waits: few transactions, and a bounded number of channels.
        #expect(simulation.batcher.status.inFlight <= settings.inFlightLimit)
        try simulation.settle()
        Self.expectComplete(simulation)
    }

    @Test func theSequencerIsToldToMakeLess() throws {
        var settings = BatcherSettings.quick
        settings.throttleStart = 20_000
        settings.throttleEnd = 80_000
        var simulation = Simulation(.blobs, seed: 9, settings: settings)
        simulation.transactions = 10
        simulation.mishaps.delay = 1
        try simulation.run(30)
        let limits = simulation.limits.compactMap { $0 }
        #expect(limits.count > 3)
        #expect(limits == limits.sorted(by: >))
        #expect(limits.last == settings.throttledBlockMinimum)
        try simulation.settle()
        Self.expectComplete(simulation)
        #expect(simulation.limits.last == .some(nil))
    }

    /// Transactions of an account that nobody remembers stand in the pool and offer too little.
    @Test(arguments: [DataChoice.calldata, .blobs]) func strangersAreReplaced(_ choice: DataChoice) throws {
        var simulation = Simulation(choice, seed: 10)
        try simulation.run(3)
        simulation.l1.prices = L1Prices(baseFee: 30_000_000_000, blobBaseFee: 3_000_000_000, tip: 1_000_000)
        try simulation.run(1)
        try #require(!simulation.l1.pool.isEmpty)
        simulation.mishaps.kill = 1
        try simulation.run(1)
        simulation.mishaps.kill = 0
        try simulation.run(80)
        try simulation.settle()
        Self.expectComplete(simulation)
        #expect(simulation.reports.contains { if case .cancelling = $0 { true } else { false } })
    }

    @Test func aLostChannelIsPublishedAgain() throws {
        var simulation = Simulation(.altDA, seed: 11)
        try simulation.run(10)
        simulation.providerForgets = true
        try simulation.run(10)
        simulation.providerForgets = false
        try simulation.run(60)
        try simulation.settle()
        Self.expectComplete(simulation)
        #expect(simulation.resets.contains { if case .lost = $0 { true } else { false } })
    }
}
