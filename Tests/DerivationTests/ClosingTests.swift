import Derivation
import Primitives
import StateTransition
import Testing

private let lifecycle = Address(truncating: 0x11FE)

private func closedLog(_ block: UInt64, drainEnd: UInt64, reason: UInt64 = 1, from address: Address = lifecycle) -> Log
{
    Log(
        address: address, topics: [RollupClosing.topic, Hash256(UInt256(block))],
        data: UInt256(drainEnd).bytes + UInt256(reason).bytes)
}

extension RollupModel {
    /// A rollup that can end, with some L1 blocks and the rollup's blocks that go with them.
    fileprivate static func ephemeral(_ count: Int = 5) throws -> RollupModel {
        var model = RollupModel()
        model.configuration.lifecycleContract = lifecycle
        for _ in 0..<count { model.addL1() }
        try model.sequenceAll()
        return model
    }

    fileprivate var head: UInt64 { l1[l1.count - 1].header.number }

    /// Adds the L1 block that closes the rollup, and the rollup's last blocks.
    ///
    /// - Returns: what derivation is to say of it.
    fileprivate mutating func close(drain: UInt64, _ transactions: [Transaction] = []) throws -> RollupClosing {
        let number = head + 1
        addL1(transactions, logs: [closedLog(number, drainEnd: number + drain, reason: 0)])
        try sequenceAll()
        try dissolve()
        return RollupClosing(closingBlock: number, drainEnd: number + drain, reason: 0)
    }

    /// The number of the last ordinary block.
    fileprivate var lastOrdinary: Int { blocks.count - 1 - 4 }

    fileprivate mutating func addL1(upTo number: UInt64) { while head < number { addL1() } }

    fileprivate func derived() throws -> ModelDriver {
        var driver = ModelDriver(self)
        try driver.run(self)
        return driver
    }
}

@Suite struct ClosingTests {
    @Test(arguments: [1, 2, 7, 30] as [UInt64]) func aRollupEndsWithItsClosingBlock(drain: UInt64) throws {
        var model = try RollupModel.ephemeral()
        let closing = try model.close(drain: drain)
        var driver = ModelDriver(model)
        try driver.run(model)
        // It is known before any block of it is derived.
        #expect(driver.pipeline.closing == closing && driver.derived.isEmpty && driver.closed == nil)
        try model.publish([.span(try model.span(1...model.lastOrdinary))])
        try driver.run(model)
        #expect(driver.derived.count == model.lastOrdinary || drain == 1)
        model.addL1(upTo: closing.drainEnd + 5)
        try driver.run(model)
        #expect(driver.blocks == model.blocks && driver.derived.map(\.attributes) == model.attributes)
        #expect(driver.closed == closing)
        // No block of L1 is read after the last that counts.
        #expect(driver.pipeline.reading?.number == closing.drainEnd)
        #expect(driver.derived.suffix(4).allSatisfy { $0.derivedFrom.number == closing.drainEnd && $0.isDepositsOnly })
        let last = driver.blocks[model.lastOrdinary]
        #expect(last.l1Origin.number == closing.closingBlock && last.sequenceNumber == 0)
        #expect(driver.blocks.suffix(4).map(\.sequenceNumber) == [1, 2, 3, 4])
        #expect(throws: DerivationError.unexpectedInput) { try driver.pipeline.provide(model.l1[model.l1.count - 1]) }
        #expect(closing.successor(of: driver.blocks[model.lastOrdinary - 1]) == .ordinary)
        #expect(closing.successor(of: last) == .dissolution(index: 0))
        #expect(closing.successor(of: driver.blocks[driver.blocks.count - 1]) == .none)
    }

    @Test func theLastBlocksCallTheDissolver() throws {
        var model = try RollupModel.ephemeral()
        let closing = try model.close(drain: 2)
        model.addL1(upTo: closing.drainEnd)
        let driver = try model.derived()
        var sources: [Hash256] = []
        for (index, derived) in driver.derived.suffix(4).enumerated() {
            let attributes = derived.attributes
            #expect(attributes.noTxPool && attributes.transactions.count == 2)
            #expect(attributes.timestamp == derived.parent.timestamp + 2)
            let info = try Transaction(decoding: attributes.transactions[0])
            let decoded = try #require(L1BlockInfo(decoding: info.input))
            #expect(decoded.number == closing.closingBlock && decoded.sequenceNumber == UInt64(index) + 1)
            let call = try Transaction(decoding: attributes.transactions[1])
            #expect("\(try #require(call.to))".lowercased() == "0x42000000000000000000000000000000000007d0")
            #expect(call.input == [0x0E, 0x12, 0x09, 0xD6] + UInt256(UInt64(index)).bytes + UInt256(4).bytes)
            #expect(call.gasLimit == 29_000_000 && call.value.isZero)
            let deposit = try #require(call.deposit)
            #expect(deposit.from == SystemAddress.l1AttributesDepositor)
            #expect(deposit == Deposit(sourceHash: deposit.sourceHash, from: deposit.from))
            sources.append(deposit.sourceHash)
        }
        let origin = driver.blocks[driver.blocks.count - 1].l1Origin.hash
        #expect(sources == (0..<4).map { DepositSource.dissolution(l1Hash: origin, index: $0).hash })
        for index in 0..<4 as Range<UInt64> {
            #expect(!sources.contains(DepositSource.user(l1Hash: origin, logIndex: index).hash))
            #expect(!sources.contains(DepositSource.l1Attributes(l1Hash: origin, sequenceNumber: index).hash))
        }
    }

    @Test func aLastBlockCannotBeInvalid() throws {
        var model = try RollupModel.ephemeral()
        let closing = try model.close(drain: 2)
        try model.publish([.span(try model.span(1...model.lastOrdinary))])
        var driver = try model.derived()
        model.addL1(upTo: closing.drainEnd)
        try driver.pipeline.provide(model.l1[model.l1.count - 1])
        guard case .attributes(let derived) = try driver.pipeline.step() else {
            Issue.record("no attributes")
            return
        }
        #expect(derived.sequenceNumber == 1 && derived.isDepositsOnly)
        #expect(throws: DerivationError.depositsOnlyInvalid) { try driver.pipeline.reject() }
    }

    /// The system configuration that holds at the end is that of the closing block, and its deposits are in the first block.
    @Test func theClosingBlockCountsAsAnOrigin() throws {
        var model = try RollupModel.ephemeral()
        let number = model.head + 1
        let packed = UInt256(5).bytes + UInt256(6).bytes + [0, 0, 0, 0, 0, 1, 0, 0, 0]
        let deposit = Log(
            address: model.configuration.depositContract,
            topics: [DepositLog.topic, Hash256(UInt256(0xA)), Hash256(UInt256(0xB)), Hash256()],
            data: UInt256(32).bytes + UInt256(73).bytes + packed + [UInt8](repeating: 0, count: 23))
        let update = Log(
            address: model.configuration.systemConfigContract,
            topics: [SystemConfig.updateTopic, Hash256(), Hash256(UInt256(2))],
            data: UInt256(32).bytes + UInt256(32).bytes + UInt256(77_000_000).bytes)
        model.addL1(logs: [deposit, closedLog(number, drainEnd: number + 1), update])
        // What comes after the closing block is nobody's deposit any more, not even a malformed one.
        model.addL1(logs: [Log(address: deposit.address, topics: [DepositLog.topic], data: []), deposit, update])
        let driver = try model.derived()
        #expect(driver.closed != nil)
        let last = driver.derived[driver.derived.count - 5]
        #expect(last.l1Origin.number == number && last.attributes.transactions.count == 2)
        #expect(last.attributes.gasLimit == 77_000_000)
        let call = try Transaction(decoding: driver.derived[driver.derived.count - 1].attributes.transactions[1])
        #expect(call.gasLimit == 76_000_000)
    }

    @Test(arguments: [0, 1, 3, 12, 40] as [UInt64]) func aRollupWhoseBatcherDiedEndsAllTheSame(drain: UInt64) throws {
        var model = try RollupModel.ephemeral()
        // It published some of its blocks.
        try model.publish([.span(try model.span(1...9))])
        try model.sequenceAll()
        let closing = try model.close(drain: drain)
        model.addL1(upTo: closing.drainEnd + 2)
        let driver = try model.derived()
        #expect(driver.closed == closing)
        #expect(driver.blocks[...9] == model.blocks[...9])
        #expect(driver.blocks.count == model.blocks.count)
        for (derived, made) in zip(driver.blocks, model.blocks) {
            #expect(derived.l1Origin == made.l1Origin && derived.timestamp == made.timestamp)
            #expect(derived.sequenceNumber == made.sequenceNumber)
        }
        for derived in driver.derived.dropFirst(9).dropLast(4) {
            #expect(derived.isDepositsOnly && derived.attributes.transactions.count == 1)
            // Unless its sequencing window was over before.
            #expect(derived.derivedFrom.number == min(closing.drainEnd, derived.l1Origin.number + 10))
        }
    }

    @Test func batchesCountUpToTheDrainsEnd() throws {
        var model = try RollupModel.ephemeral()
        let closing = try model.close(drain: 3)
        var late = model
        model.addL1(upTo: closing.drainEnd - 1)
        try model.publish([.span(try model.span(1...model.lastOrdinary))])
        #expect(try model.derived().blocks == model.blocks)
        // One block later they do not, nor the rest of a channel that has begun before.
        let frames = try late.frames([.span(try late.span(1...late.lastOrdinary))], largest: 500)
        late.addL1([late.batcherTransaction(Frame.encodeAll(Array(frames.dropLast())))])
        late.addL1(upTo: closing.drainEnd)
        late.addL1([late.batcherTransaction(Frame.encodeAll([frames[frames.count - 1]]))])
        try late.publish([.span(try late.span(1...late.lastOrdinary))])
        let driver = try late.derived()
        #expect(driver.closed == closing)
        #expect(driver.derived.allSatisfy { $0.isDepositsOnly })
        #expect(driver.blocks.map(\.l1Origin) == model.blocks.map(\.l1Origin))
    }

    @Test func aLaggingBatchersBlocksCountAsFarAsTheyCame() throws {
        var model = try RollupModel.ephemeral()
        let closing = try model.close(drain: 4)
        try model.publish([.span(try model.span(1...6))])
        try model.publish([.span(try model.span(7...17))])
        model.addL1(upTo: closing.drainEnd)
        try model.publish([.span(try model.span(18...model.lastOrdinary))])
        let driver = try model.derived()
        #expect(driver.blocks[...17] == model.blocks[...17])
        #expect(driver.blocks[18] != model.blocks[18] && driver.blocks.count == model.blocks.count)
        #expect(driver.closed == closing)
    }

    /// A sequencer that does not know of the end, or lies about it, goes on: its blocks count up to the last ordinary one.
    @Test(arguments: [1, 5, 1_000], [true, false]) func blocksAfterTheEndAreDropped(pieces: Int, isSpan: Bool) throws {
        var model = try RollupModel.ephemeral()
        model.configuration.sequencingWindow = 100
        let closing = try model.close(drain: 8)
        var unaware = model
        unaware.removeBlocks(after: model.lastOrdinary)
        for _ in 0..<4 { unaware.addL1() }
        try unaware.sequenceAll()
        #expect(unaware.blocks.count > model.blocks.count + 10)
        let numbers = 1...unaware.attributes.count
        var batches: [Batch] = []
        for start in stride(from: 1, through: numbers.upperBound, by: pieces) {
            let range = start...min(numbers.upperBound, start + pieces - 1)
            if isSpan {
                batches.append(.span(try unaware.span(range)))
            } else {
                batches += range.map { .singular(unaware.singular($0)) }
            }
        }
        try unaware.publish(batches)
        unaware.addL1(upTo: closing.drainEnd)
        let driver = try unaware.derived()
        #expect(driver.blocks == model.blocks)
        #expect(driver.closed == closing)
    }

    @Test func aSpanBatchBeyondTheEndIsOfThisL1() throws {
        var model = try RollupModel.ephemeral()
        model.configuration.sequencingWindow = 100
        let closing = try model.close(drain: 8)
        var unaware = model
        unaware.removeBlocks(after: model.lastOrdinary)
        for _ in 0..<4 { unaware.addL1() }
        try unaware.sequenceAll()
        // One that was made for another L1 after the closing block does not count.
        var other = unaware
        other.replaceL1(4)
        try other.publish([.span(try unaware.span(1...unaware.attributes.count))])
        other.addL1(upTo: closing.drainEnd)
        let driver = try other.derived()
        #expect(driver.derived.allSatisfy { $0.isDepositsOnly } && driver.closed == closing)
    }

    /// Logs that are not the end.
    enum Impostor: CaseIterable, Sendable {
        case otherContract, earlierBlock, laterBlock, endBefore, reasonTooLarge, numberTooLarge, tooFewData, tooManyData
        case noTopic, otherEvent, moreTopics

        /// - Parameter block: the number of the L1 block with the log.
        func log(_ block: UInt64) -> Log {
            var log = closedLog(block, drainEnd: block + 1)
            switch self {
            case .otherContract: log.address = Address()
            case .earlierBlock: log = closedLog(block - 1, drainEnd: block + 1)
            case .laterBlock: log = closedLog(block + 1, drainEnd: block + 1)
            case .endBefore: log = closedLog(block, drainEnd: block - 1)
            case .reasonTooLarge: log = closedLog(block, drainEnd: block, reason: 256)
            case .numberTooLarge: log.data = UInt256.max.bytes + UInt256(1).bytes
            case .tooFewData: log.data.removeLast()
            case .tooManyData: log.data += UInt256(1).bytes
            case .noTopic: log.topics = []
            case .otherEvent: log.topics[0] = Hash256()
            case .moreTopics: log.topics.append(Hash256())
            }
            return log
        }
    }

    @Test(arguments: Impostor.allCases) func otherLogsCloseNothing(_ impostor: Impostor) throws {
        var model = try RollupModel.ephemeral()
        model.addL1(logs: [impostor.log(model.head + 1)])
        for _ in 0..<15 { model.addL1() }
        let driver = try model.derived()
        #expect(driver.pipeline.closing == nil && driver.closed == nil)
    }

    @Test func aClosingThatWasRevertedOrOfAPermanentRollupIsNone() throws {
        var model = try RollupModel.ephemeral()
        let number = model.head + 1
        model.addL1(logs: [closedLog(number, drainEnd: number)])
        var permanent = model
        permanent.configuration.lifecycleContract = nil
        for _ in 0..<15 { permanent.addL1() }
        #expect(try permanent.derived().pipeline.closing == nil)
        model.l1[model.l1.count - 1].receipts[0].outcome = .status(false)
        #expect(try model.derived().pipeline.closing == nil)
    }

    @Test func theFirstClosingCounts() throws {
        var model = try RollupModel.ephemeral()
        let number = model.head + 1
        model.addL1(logs: [closedLog(number, drainEnd: number + 2, reason: 2), closedLog(number, drainEnd: number + 9)])
        model.addL1(logs: [closedLog(number + 1, drainEnd: number + 20)])
        model.addL1()
        let driver = try model.derived()
        #expect(driver.closed == RollupClosing(closingBlock: number, drainEnd: number + 2, reason: 2))
    }

    /// The same data lead to the same end, however they are cut into batches, channels, frames and blocks of L1.
    @Test(arguments: 0..<60 as Range<UInt64>) func theEndFollowsFromTheDataAlone(seed: UInt64) throws {
        var dice = Dice(seed)
        var model = try RollupModel.ephemeral(2 + dice.number(below: 6))
        model.configuration.sequencingWindow = 100
        let drain = UInt64(3 + dice.number(below: 5))
        let closing = try model.close(drain: drain)
        // Up to which block the data came.
        let last = dice.number(below: model.lastOrdinary + 1)
        var batches: [Batch] = []
        var next = 1
        while next <= last {
            let end = min(last, next + dice.number(below: 8))
            if dice.next() & 1 == 0 {
                batches.append(.span(try model.span(next...end)))
            } else {
                batches += (next...end).map { .singular(model.singular($0)) }
            }
            next = end + 1
        }
        while !batches.isEmpty, model.head < closing.drainEnd {
            let isLast = model.head + 1 == closing.drainEnd
            let count = isLast ? batches.count : dice.number(below: batches.count + 1)
            if count == 0 {
                model.addL1()
                continue
            }
            let frames = try model.frames(Array(batches.prefix(count)), largest: 200 + dice.number(below: 2_000))
            batches.removeFirst(count)
            // A channel may go over several transactions of a block.
            let cut = dice.number(below: frames.count + 1)
            model.addL1(
                [frames[..<cut], frames[cut...]].filter { !$0.isEmpty }.map {
                    model.batcherTransaction(Frame.encodeAll(Array($0)))
                })
        }
        model.addL1(upTo: closing.drainEnd + UInt64(dice.number(below: 3)))
        // Old data again change nothing.
        if last > 0 { try model.publish([.span(try model.span(1...last))]) }
        let driver = try model.derived()
        #expect(driver.closed == closing)
        #expect(driver.blocks.count == model.blocks.count)
        #expect(driver.blocks[...last] == model.blocks[...last])
        var straight = model
        straight.l1.removeLast(straight.l1.count - 1 - Int(closing.closingBlock - 100))
        if last > 0 { try straight.publish([.span(try straight.span(1...last))]) }
        straight.addL1(upTo: closing.drainEnd)
        #expect(try straight.derived().blocks == driver.blocks)
    }

    /// Derivation that begins again anywhere comes to the same end.
    @Test func beginningAgainComesToTheSameEnd() throws {
        var model = try RollupModel.ephemeral()
        let closing = try model.close(drain: 5)
        try model.publish([.span(try model.span(1...20))])
        model.addL1(upTo: closing.drainEnd + 3)
        let whole = try model.derived()
        #expect(whole.closed == closing)
        for safe in 0..<whole.blocks.count {
            for isDerivedFromCanonical in [true, false] {
                var search = SyncStart(
                    from: whole.blocks[safe], isDerivedFromCanonical: isDerivedFromCanonical, model.configuration)
                let start = try Self.find(&search, model, whole.blocks)
                var driver = ModelDriver(model)
                driver.pipeline.reset(start)
                driver.blocks = Array(whole.blocks[...Int(start.safeHead.number)])
                try driver.run(model)
                #expect(driver.blocks == whole.blocks && driver.closed == closing)
                #expect(driver.pipeline.reading?.number == closing.drainEnd)
            }
        }
    }

    private static func find(
        _ search: inout SyncStart, _ model: RollupModel, _ blocks: [L2BlockReference]
    ) throws -> DerivationStart {
        while true {
            switch search.action {
            case .needsL1Hash(let number):
                let index = Int(number - 100)
                try search.provide(l1Hash: index < model.l1.count ? model.l1[index].hash : nil)
            case .needsL2Block(let number): try search.provide(l2Block: blocks[Int(number)])
            case .found(let safeHead, let baseBlock):
                let config = model.configuration.genesis.systemConfig
                return DerivationStart(
                    safeHead: safeHead, safeHeadConfig: config, base: baseBlock.l1Origin, baseConfig: config)
            }
        }
    }

    /// L1 may take the close back: then there was none; and close again.
    @Test(arguments: 1...9) func reorganisationsUndoTheEnd(depth: Int) throws {
        var model = try RollupModel.ephemeral()
        let before = model
        _ = try model.close(drain: 3)
        try model.publish([.span(try model.span(1...12))])
        model.addL1(upTo: model.head + 6)
        var driver = try model.derived()
        #expect(driver.closed != nil)
        let old = driver.blocks
        var other = model
        other.replaceL1(depth)
        let isUndone = depth >= 8
        if isUndone { other.addL1(upTo: model.head + 20) }
        var search = SyncStart(from: old[old.count - 1], isDerivedFromCanonical: false, model.configuration)
        let start = try Self.find(&search, other, old)
        driver.pipeline.reset(start)
        #expect(driver.pipeline.closing == nil)
        driver.blocks = Array(old[...Int(start.safeHead.number)])
        (driver.derived, driver.closed) = ([], nil)
        try driver.run(other)
        let fresh = try other.derived()
        #expect(driver.blocks == fresh.blocks && driver.closed == fresh.closed)
        #expect((fresh.closed == nil) == isUndone)
        if isUndone {
            #expect(fresh.pipeline.closing == nil && fresh.blocks.count > before.blocks.count)
            // Closed again, elsewhere.
            let number = other.head + 1
            other.addL1(logs: [closedLog(number, drainEnd: number + 1)])
            other.addL1()
            try driver.run(other)
            #expect(driver.closed == RollupClosing(closingBlock: number, drainEnd: number + 1, reason: 1))
            #expect(try other.derived().blocks == driver.blocks)
        }
    }
}
