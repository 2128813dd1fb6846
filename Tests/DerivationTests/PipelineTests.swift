import Derivation
import Primitives
import StateTransition
import Testing

@Suite struct PipelineTests {
    /// Three L1 blocks after genesis, and the rollup's blocks up to the last one's time.
    private static func started() throws -> RollupModel {
        var model = RollupModel()
        for _ in 0..<3 { model.addL1() }
        try model.sequenceAll()
        return model
    }

    private static func expectDerived(_ model: RollupModel, upTo count: Int? = nil) throws {
        var driver = ModelDriver(model)
        try driver.run(model)
        let count = count ?? model.attributes.count
        #expect(driver.derived.prefix(count).map(\.attributes) == Array(model.attributes.prefix(count)))
        #expect(driver.blocks.prefix(count + 1) == model.blocks.prefix(count + 1))
    }

    @Test func singularBatchesGiveTheSequencersBlocks() throws {
        var model = try Self.started()
        let batches = (1...model.attributes.count).map { Batch.singular(model.singular($0)) }
        try model.publish(batches)
        try Self.expectDerived(model)
        #expect(model.attributes.count == 18)
    }

    @Test func spanBatchesGiveTheSequencersBlocks() throws {
        var model = try Self.started()
        try model.publish([.span(try model.span(1...10)), .span(try model.span(11...18))])
        try Self.expectDerived(model)
    }

    @Test func channelsGoOverTransactionsBlobsAndBlocks() throws {
        var model = try Self.started()
        let frames = try model.frames([.span(try model.span(1...18))], largest: 500)
        #expect(frames.count > 5)
        model.addL1([
            model.batcherTransaction(Frame.encodeAll(Array(frames[..<2]))),
            // Another's, and one for another address, are not looked at.
            model.batcherTransaction(Frame.encodeAll([frames[0]]), from: Address()),
            model.batcherTransaction([9, 9]),
        ])
        model.addL1()
        model.addL1([model.batcherTransaction(Frame.encodeAll(Array(frames[2...])))])
        try Self.expectDerived(model)
    }

    @Test func depositsAndUpdatesComeWithTheirEpoch() throws {
        var model = RollupModel()
        let packed = UInt256(5).bytes + UInt256(6).bytes + [0, 0, 0, 0, 0, 1, 0, 0, 0]
        let deposit = Log(
            address: model.configuration.depositContract,
            topics: [DepositLog.topic, Hash256(UInt256(0xA)), Hash256(UInt256(0xB)), Hash256()],
            data: UInt256(32).bytes + UInt256(73).bytes + packed + [UInt8](repeating: 0, count: 23))
        let update = Log(
            address: model.configuration.systemConfigContract,
            topics: [SystemConfig.updateTopic, Hash256(), Hash256(UInt256(2))],
            data: UInt256(32).bytes + UInt256(32).bytes + UInt256(77_000_000).bytes)
        model.addL1(logs: [deposit, update])
        model.addL1()
        try model.sequenceAll()
        try model.publish([.span(try model.span(1...model.attributes.count))])
        try Self.expectDerived(model)
        let first = try #require(model.blocks.firstIndex { $0.l1Origin.number == 101 })
        #expect(model.attributes[first - 1].transactions.count == 3)
        #expect(model.attributes[first - 1].gasLimit == 77_000_000)
        #expect(model.attributes[first].transactions.count == 2)
        #expect(model.attributes[first - 2].gasLimit == 30_000_000)
        let info = try Transaction(decoding: model.attributes[first].transactions[0])
        let decoded = try #require(L1BlockInfo(decoding: info.input))
        #expect(decoded.form == .jovian)
        #expect(decoded.sequenceNumber == 1)
        #expect(decoded.footprintGasScalar == 400)
        #expect(info.gasLimit == 1_000_000)
    }

    @Test func aNewBatcherCountsFromItsBlockOn() throws {
        var model = try Self.started()
        let batcher = Address(truncating: 0x77)
        let update = Log(
            address: model.configuration.systemConfigContract,
            topics: [SystemConfig.updateTopic, Hash256(), Hash256()],
            data: UInt256(32).bytes + UInt256(32).bytes + UInt256(batcher).bytes)
        let data = Frame.encodeAll(try model.frames([.span(try model.span(1...18))]))
        model.addL1([model.batcherTransaction(data, from: batcher)])
        var driver = ModelDriver(model)
        try driver.run(model)
        #expect(driver.derived.isEmpty)
        model.addL1([model.batcherTransaction(data), model.batcherTransaction(data, from: batcher)], logs: [update])
        try driver.run(model)
        #expect(driver.derived.map(\.attributes) == model.attributes)
    }

    @Test func emptyBlocksFillAWindowWithoutBatches() throws {
        var model = RollupModel()
        for _ in 0..<12 { model.addL1() }
        var driver = ModelDriver(model)
        try driver.run(model)
        // The windows of blocks 100, 101 and 102 end with blocks 110, 111 and 112.
        #expect(driver.derived.allSatisfy { $0.isDepositsOnly && $0.attributes.transactions.count == 1 })
        #expect(
            driver.derived.map(\.l1Origin.number) == Array(repeating: 100, count: 5) + Array(repeating: 101, count: 6)
                + Array(repeating: 102, count: 6))
        #expect(driver.derived.map(\.sequenceNumber) == [1, 2, 3, 4, 5, 0, 1, 2, 3, 4, 5, 0, 1, 2, 3, 4, 5])
        #expect(driver.derived.first?.derivedFrom.number == 110)
        #expect(driver.derived.last?.derivedFrom.number == 112)
    }

    @Test func lateBatchesAreDropped() throws {
        var model = try Self.started()
        for _ in 0..<7 { model.addL1() }
        try model.publish([.span(try model.span(1...18))])
        var driver = ModelDriver(model)
        try driver.run(model)
        // Block 110 ends the window of 100 without a batch; those of 111 come too late for its blocks.
        #expect(driver.derived.prefix(5).allSatisfy { $0.isDepositsOnly })
        #expect(driver.blocks[1] != model.blocks[1])
    }

    @Test func invalidBatchesEndTheirChannel() throws {
        let model = try Self.started()
        var wrong = model.singular(3)
        wrong.parentHash = Hash256()
        var early = model.singular(3)
        early.timestamp += 2
        var deposit = model.singular(3)
        deposit.transactions = [[0x7E, 1]]
        var unknown = model.singular(3)
        unknown.transactions = [[5, 1]]
        var empty = model.singular(3)
        empty.transactions = [[]]
        var origin = model.singular(3)
        origin.epoch.hash = Hash256()
        var ahead = model.singular(3)
        ahead.epoch.number += 2
        for batch in [wrong, early, deposit, unknown, empty, origin, ahead] {
            var changed = model
            let good = (1...18).map { Batch.singular(model.singular($0)) }
            try changed.publish(good[..<2] + [.singular(batch)] + good[2...])
            var driver = ModelDriver(changed)
            try driver.run(changed)
            #expect(driver.blocks == Array(model.blocks[...2]))
            try changed.publish(Array(good[2...]))
            try driver.run(changed)
            #expect(driver.blocks == model.blocks)
        }
    }

    @Test func pastBatchesArePassedOver() throws {
        var model = try Self.started()
        let all = (1...18).map { Batch.singular(model.singular($0)) }
        try model.publish(Array(all[..<5]) + [all[0], all[3], .span(try model.span(1...4))] + Array(all[3...]))
        try Self.expectDerived(model)
    }

    @Test func overlappingSpanBatchesContinue() throws {
        var model = try Self.started()
        try model.publish([.span(try model.span(1...6)), .span(try model.span(4...18))])
        var driver = ModelDriver(model)
        try driver.run(model)
        #expect(driver.askedForL2 == [3])
        #expect(driver.blocks == model.blocks)
    }

    @Test func invalidPayloadsBecomeDepositsAndEndTheirChannel() throws {
        var model = try Self.started()
        try model.publish([.span(try model.span(1...10)), .span(try model.span(11...18))])
        var driver = ModelDriver(model)
        driver.invalid = [4]
        try driver.run(model)
        #expect(driver.derived.count == 4)
        #expect(driver.derived[3].isDepositsOnly)
        var expected = model.attributes[3]
        expected.transactions = Array(expected.transactions[..<1])
        #expect(driver.derived[3].attributes == expected)
        // The rest of the batcher's blocks do not follow the replaced one.
        try model.publish([.span(try model.span(5...18))])
        try driver.run(model)
        #expect(driver.derived.count == 4)
    }

    @Test func depositsAloneMustBeValid() throws {
        var model = RollupModel()
        for _ in 0..<10 { model.addL1() }
        var pipeline = DerivationPipeline(
            model.configuration, DerivationStart(genesis: model.configuration.genesis))
        for block in model.l1 {
            _ = try pipeline.step()
            try pipeline.provide(block)
        }
        guard case .attributes = try pipeline.step() else {
            Issue.record("no attributes")
            return
        }
        #expect(throws: DerivationError.depositsOnlyInvalid) { try pipeline.reject() }
        #expect(DerivationError.depositsOnlyInvalid.severity == .fatal)
    }

    @Test func timedOutChannelsAreForgotten() throws {
        var model = try Self.started()
        model.configuration.sequencingWindow = 1_000
        let frames = try model.frames([.span(try model.span(1...18))], largest: 500)
        model.addL1([model.batcherTransaction(Frame.encodeAll([frames[0]]))])
        for _ in 0..<50 { model.addL1() }
        model.addL1([model.batcherTransaction(Frame.encodeAll(Array(frames[1...])))])
        var driver = ModelDriver(model)
        try driver.run(model)
        #expect(driver.derived.isEmpty)
        model.addL1([model.batcherTransaction(Frame.encodeAll(frames))])
        try driver.run(model)
        #expect(driver.blocks == model.blocks)
    }

    @Test func aFirstFrameReplacesTheOpenChannel() throws {
        var model = try Self.started()
        let first = try model.frames([.span(try model.span(1...18))], largest: 500)
        let second = try model.frames([.span(try model.span(1...8))], largest: 500)
        model.addL1([model.batcherTransaction(Frame.encodeAll(Array(first[..<2])))])
        model.addL1([model.batcherTransaction(Frame.encodeAll([second[0], first[2]] + second[1...]))])
        model.addL1([model.batcherTransaction(Frame.encodeAll(Array(first[2...])))])
        var driver = ModelDriver(model)
        try driver.run(model)
        #expect(driver.blocks == Array(model.blocks[...8]))
    }

    @Test func blobsCarryFrames() throws {
        var model = try Self.started()
        let frames = try model.frames([.span(try model.span(1...18))], largest: 500)
        let hashes = [Hash256(UInt256(1)), Hash256(UInt256(2)), Hash256(UInt256(3))]
        model.blobs[hashes[0]] = try BlobEncoding.encode(Frame.encodeAll(Array(frames[..<3])))
        model.blobs[hashes[1]] = [UInt8](repeating: 0xFF, count: BlobEncoding.blobSize)
        model.blobs[hashes[2]] = try BlobEncoding.encode(Frame.encodeAll(Array(frames[3...])))
        let other = Transaction(kind: .blob, to: Address(), blobHashes: [Hash256()])
        let found = BatcherData.find(
            in: [other, model.batcherTransaction([7])], batcher: RollupModel.batcher, model.configuration)
        #expect(found == [.calldata([7])])
        // The model's transactions need no signature; this one is of the kind that carries blobs none the less.
        var carrier = model.batcherTransaction([])
        carrier.kind = .blob
        carrier.blobHashes = hashes
        #expect(
            BatcherData.find(in: [other, carrier], batcher: RollupModel.batcher, model.configuration)
                == [.blobs(hashes.enumerated().map { BlobReference(versionedHash: $1, index: UInt64($0) + 1) })])
        model.addL1([carrier])
        try Self.expectDerived(model)
    }

    @Test func wrongBlobsAreAskedForAgain() throws {
        var model = try Self.started()
        var carrier = model.batcherTransaction([])
        carrier.kind = .blob
        carrier.blobHashes = [Hash256()]
        model.addL1([carrier])
        var driver = ModelDriver(model)
        model.blobs[Hash256()] = [1]
        #expect(throws: DerivationError.wrongBlobs) { try driver.run(model) }
        #expect(DerivationError.wrongBlobs.severity == .retry)
        model.blobs[Hash256()] = try BlobEncoding.encode([])
        try driver.run(model)
    }

    @Test func commitmentsStandForFrames() throws {
        var model = try Self.started()
        let data = Frame.encodeAll(try model.frames([.span(try model.span(1...18))]))
        model.addL1([model.batcherTransaction(AltDACommitment.generic([7, 7]).batcherData)])
        var refused = ModelDriver(model)
        try refused.run(model)
        #expect(refused.derived.isEmpty)
        model.configuration.allowsAltDA = true
        var driver = ModelDriver(model)
        driver.altDA = data
        try driver.run(model)
        #expect(driver.blocks == model.blocks)
        var absent = ModelDriver(model)
        try absent.run(model)
        #expect(absent.derived.isEmpty)
    }

    @Test func transactionsEndAtTheDrift() throws {
        var model = RollupModel()
        model.configuration.sequencingWindow = 10_000
        var dice = Dice(1)
        let transaction = randomTransaction(&dice).encoded
        // L1 stands still for long: block 101 is 2,400 s after the genesis.
        let header = BlockHeader(
            parentHash: model.l1[0].hash, number: 101, timestamp: 3_400, baseFee: 7)
        model.l1.append(L1Block(header: header, hash: header.hash, transactions: [], receipts: []))
        for number in 1...900 { try model.sequence(origin: 100, number == 900 ? [transaction] : []) }
        #expect(model.blocks[900].timestamp == 2_800)
        // Later blocks must be empty until L1's next block can be the origin.
        for _ in 901...1_000 { try model.sequence(origin: 100) }
        var full = model
        try full.sequence(origin: 100, [transaction])
        try model.publish([.span(try model.span(1...1_000))])
        try Self.expectDerived(model)
        try full.publish([.span(try full.span(1...1_001))])
        var driver = ModelDriver(full)
        try driver.run(full)
        #expect(driver.blocks == Array(full.blocks[...1_000]))
    }

    @Test func reorganisationsAreNoticed() throws {
        let model = try Self.started()
        var driver = ModelDriver(model)
        try driver.run(model)
        var other = model.l1[3]
        other.header.number = 104
        let error = DerivationError.reorganised(expectedParent: model.l1[3].reference.id)
        #expect(error.severity == .reset)
        #expect(throws: error) { try driver.pipeline.provide(other) }
        var wrongBase = DerivationPipeline(
            model.configuration, DerivationStart(genesis: model.configuration.genesis))
        #expect(throws: DerivationError.wrongBase(expected: model.configuration.genesis.l1)) {
            try wrongBase.provide(model.l1[1])
        }
    }

    /// Derivation that begins again in the middle goes on as if it had not stopped.
    @Test(arguments: [1, 4, 5, 9, 16]) func resetsGoOn(at safe: Int) throws {
        var model = try Self.started()
        try model.publish([.span(try model.span(1...10))])
        try model.publish([.span(try model.span(11...18))])
        var search = SyncStart(from: model.blocks[safe], isDerivedFromCanonical: true, model.configuration)
        while case .needsL2Block(let number) = search.action {
            try search.provide(l2Block: model.blocks[Int(number)])
        }
        guard case .found(let safeHead, let baseBlock) = search.action else {
            Issue.record("nothing found")
            return
        }
        #expect(safeHead == model.blocks[safe])
        let config = model.configuration.genesis.systemConfig
        var driver = ModelDriver(model)
        driver.pipeline.reset(
            DerivationStart(
                safeHead: safeHead, safeHeadConfig: config, base: baseBlock.l1Origin, baseConfig: config))
        driver.blocks = Array(model.blocks[...safe])
        try driver.run(model)
        #expect(driver.blocks == model.blocks)
    }

    /// After L1 has lost blocks, derivation finds where to begin again and gives what a new one gives.
    @Test(arguments: 1...10, [true, false]) func reorganisationsAreFollowed(depth: Int, keepsOrigins: Bool) throws {
        var model = RollupModel()
        try model.grow(25)
        var driver = ModelDriver(model)
        try driver.run(model)
        let old = driver.blocks
        model.loseL1(depth)
        try model.grow(depth + 2)
        // The driver gives the block after the one that L1 has lost.
        let next = try #require(driver.pipeline.reading).number + 1
        #expect(throws: DerivationError.self) { try driver.pipeline.provide(model.l1[Int(next - 100)]) }
        var start = old.count - 1
        if keepsOrigins {
            // The last block that came from an L1 block that is still there.
            start =
                driver.derived.lastIndex { model.l1[Int($0.derivedFrom.number - 100)].hash == $0.derivedFrom.hash }! + 1
        }
        var search = SyncStart(from: old[start], isDerivedFromCanonical: keepsOrigins, model.configuration)
        var found: DerivationStart?
        while found == nil {
            switch search.action {
            case .needsL1Hash(let number): try search.provide(l1Hash: model.l1[Int(number - 100)].hash)
            case .needsL2Block(let number): try search.provide(l2Block: old[Int(number)])
            case .found(let safeHead, let baseBlock):
                let config = model.configuration.genesis.systemConfig
                found = DerivationStart(
                    safeHead: safeHead, safeHeadConfig: config, base: baseBlock.l1Origin, baseConfig: config)
            }
        }
        let begin = try #require(found)
        driver.pipeline.reset(begin)
        driver.blocks = Array(old[...Int(begin.safeHead.number)])
        driver.derived = []
        try driver.run(model)
        var fresh = ModelDriver(model)
        try fresh.run(model)
        #expect(driver.blocks == fresh.blocks)
        #expect(fresh.blocks.count > old.count)
        #expect(fresh.blocks == Array(model.blocks[..<fresh.blocks.count]))
    }

    @Test func malformedDepositsStopDerivation() throws {
        var model = RollupModel()
        model.addL1(logs: [Log(address: model.configuration.depositContract, topics: [DepositLog.topic], data: [])])
        var driver = ModelDriver(model)
        let error = DerivationError.malformedDeposit(model.l1[1].reference.id, .topics)
        #expect(throws: error) { try driver.run(model) }
        #expect(error.severity == .fatal)
    }
}

@Suite struct SyncStartTests {
    @Test func theSearchGoesBackAWindowFromTheLastCanonicalOrigin() throws {
        var model = RollupModel()
        for _ in 0..<30 { model.addL1() }
        try model.sequenceAll()
        let head = model.blocks[model.blocks.count - 1]
        var search = SyncStart(from: head, isDerivedFromCanonical: false, model.configuration)
        var hashes = 0
        search: while true {
            switch search.action {
            case .needsL1Hash(let number):
                hashes += 1
                // L1 has lost the blocks from 125 on.
                try search.provide(l1Hash: number < 125 ? model.l1[Int(number - 100)].hash : nil)
            case .needsL2Block(let number): try search.provide(l2Block: model.blocks[Int(number)])
            case .found(let safeHead, let baseBlock):
                // The last block of the epoch before the one more than ten before 124.
                #expect(safeHead.l1Origin.number == 112)
                #expect(model.blocks[Int(safeHead.number) + 1].l1Origin.number == 113)
                #expect(baseBlock.l1Origin.number == 100)
                break search
            }
        }
        #expect(hashes > 1)
    }

    @Test func anotherL1IsAnError() throws {
        let model = RollupModel()
        var search = SyncStart(
            from: model.configuration.genesis.reference, isDerivedFromCanonical: false, model.configuration)
        let error = DerivationError.genesisNotOnL1(model.configuration.genesis.l1)
        #expect(throws: error) { try search.provide(l1Hash: nil) }
        #expect(error.severity == .fatal)
    }
}
