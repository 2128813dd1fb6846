import EVM
import Derivation
import Foundation
import Primitives
import StateTransition
import Testing

private let chainID: UInt64 = 10

let testConfiguration = RollupConfiguration(
    genesis: .init(
        l1: BlockID(number: 100, hash: Hash256(UInt256(limbs: 1, 0, 0, 0))),
        l2: BlockID(number: 0, hash: Hash256(UInt256(limbs: 2, 0, 0, 0))), l2Time: 1_000,
        systemConfig: SystemConfig(batcher: Address(truncating: 7), gasLimit: 30_000_000)),
    blockTime: 2, sequencingWindow: 10, l1ChainID: 900, l2ChainID: chainID,
    batchInbox: Address(truncating: 0xFF), depositContract: Address(truncating: 0xD0),
    systemConfigContract: Address(truncating: 0x5C))!

/// A transaction of any type that batches carry, with signature values that need not mean anything.
func randomTransaction(_ dice: inout Dice) -> Transaction {
    let kinds: [Transaction.Kind] = [.legacy, .legacy, .accessList, .dynamicFee, .setCode]
    let kind = kinds[dice.number(below: kinds.count)]
    let parity = dice.next() & 1
    let isProtected = kind != .legacy || dice.next() & 1 == 0
    var transaction = Transaction(
        kind: kind, chainID: isProtected ? chainID : nil, nonce: dice.next() >> UInt64(dice.number(below: 64)),
        maxFeePerGas: dice.word() >> UInt64(dice.number(below: 256)),
        gasLimit: dice.next() >> UInt64(dice.number(below: 64)),
        to: kind == .setCode || dice.next() & 1 == 0 ? dice.address() : nil,
        value: dice.word() >> UInt64(dice.number(below: 256)), input: dice.bytes(dice.number(below: 90)))
    transaction.maxPriorityFeePerGas =
        kind == .legacy || kind == .accessList ? transaction.maxFeePerGas : UInt256(dice.next() & 0xFFFF)
    if kind != .legacy && dice.next() & 1 == 0 {
        transaction.accessList = [AccessListEntry(address: dice.address(), slots: [dice.word(), 0])]
    }
    if kind == .setCode {
        transaction.authorizations = [
            Authorization(chainID: 0, address: dice.address(), nonce: 5, yParity: 1, r: dice.word(), s: dice.word())
        ]
    }
    transaction.signature = Signature(
        v: kind != .legacy ? parity : isProtected ? 35 + 2 * chainID + parity : 27 + parity, r: dice.word(),
        s: dice.word() >> 1)
    return transaction
}

/// Blocks that follow each other, the first with sequence number `first`.
func randomBlocks(_ dice: inout Dice, count: Int, first: UInt64 = 0) -> [SpanBatch.Block] {
    var blocks: [SpanBatch.Block] = []
    var origin = BlockID(number: 100, hash: dice.hash())
    var sequenceNumber = first
    for index in 0..<count {
        if index > 0 {
            sequenceNumber += 1
            if dice.next() % 3 == 0 {
                origin = BlockID(number: origin.number + 1, hash: dice.hash())
                sequenceNumber = 0
            }
        }
        blocks.append(
            SpanBatch.Block(
                timestamp: 1_002 + 2 * UInt64(index), parentHash: dice.hash(), l1Origin: origin,
                sequenceNumber: sequenceNumber,
                transactions: (0..<dice.number(below: 4)).map { _ in randomTransaction(&dice).encoded }))
    }
    return blocks
}

private func expectNext(_ reader: inout ChannelReader, _ expected: Batch?) throws {
    let next = try reader.next()
    #expect(next == expected)
}

@Suite struct BatchCodingTests {
    @Test(arguments: 0..<20) func singularBatchesRoundTrip(seed: UInt64) throws {
        var dice = Dice(seed)
        let batch = SingularBatch(
            parentHash: dice.hash(), epoch: BlockID(number: dice.next(), hash: dice.hash()), timestamp: dice.next(),
            transactions: (0..<dice.number(below: 5)).map { _ in randomTransaction(&dice).encoded })
        #expect(try Batch(decoding: batch.encoded[...], chainID: chainID) == .singular(batch))
        // What follows a batch is ignored.
        #expect(try Batch(decoding: (batch.encoded + [1, 2])[...], chainID: chainID) == .singular(batch))
    }

    @Test(arguments: 1..<40) func spanBatchesRoundTrip(seed: UInt64) throws {
        var dice = Dice(seed)
        let blocks = randomBlocks(&dice, count: 1 + dice.number(below: 40), first: seed % 2)
        let batch = try SpanBatch(blocks, testConfiguration)
        let encoded = try batch.encoded(chainID: chainID)
        guard case .span(let decoded) = try Batch(decoding: encoded[...], chainID: chainID) else {
            Issue.record("not a span batch")
            return
        }
        #expect(decoded == batch)
        #expect(decoded.transactions == blocks.flatMap(\.transactions))
        #expect(decoded.firstOriginNumber == blocks[0].l1Origin.number)
        #expect(decoded.lastOriginNumber == blocks[blocks.count - 1].l1Origin.number)
        for (index, block) in blocks.enumerated() {
            #expect(decoded.changesOrigin(index) == (block.sequenceNumber == 0))
            #expect(decoded.timestamp(index, testConfiguration) == block.timestamp)
        }
    }

    @Test func everyCutOfASpanBatchIsRefused() throws {
        var dice = Dice(77)
        let encoded = try SpanBatch(randomBlocks(&dice, count: 6), testConfiguration).encoded(chainID: chainID)
        for count in 1..<encoded.count {
            #expect(throws: BatchError.self) { try Batch(decoding: encoded[..<count], chainID: chainID) }
        }
    }

    @Test func foreignTransactionsMakeNoSpanBatch() throws {
        var dice = Dice(5)
        var blocks = randomBlocks(&dice, count: 1)
        let blob = Transaction(kind: .blob, chainID: chainID, to: dice.address())
        let deposit = Transaction(kind: .deposit, deposit: Deposit(sourceHash: dice.hash(), from: dice.address()))
        let foreign = Transaction(kind: .dynamicFee, chainID: 11)
        for transaction in [blob.encoded, deposit.encoded, foreign.encoded, [], [0xC0], [2]] {
            blocks[0].transactions = [transaction]
            #expect(throws: BatchError.transaction(index: 0)) {
                try SpanBatch(blocks, testConfiguration).encoded(chainID: chainID)
            }
        }
    }

    @Test func blocksThatDoNotFollowMakeNoSpanBatch() throws {
        var dice = Dice(6)
        let blocks = randomBlocks(&dice, count: 3)
        #expect(throws: SpanBatch.BlocksError.noBlocks) { try SpanBatch([], testConfiguration) }
        var early = blocks
        early[0].timestamp = 999
        #expect(throws: SpanBatch.BlocksError.beforeGenesis) { try SpanBatch(early, testConfiguration) }
        var gap = blocks
        gap[2].timestamp += 2
        #expect(throws: SpanBatch.BlocksError.timestamp(index: 2)) { try SpanBatch(gap, testConfiguration) }
        var jump = blocks
        jump[2].l1Origin.number += 5
        #expect(throws: SpanBatch.BlocksError.origin(index: 2)) { try SpanBatch(jump, testConfiguration) }
    }

    @Test func sizesAreLimited() throws {
        var prefix: [UInt8] = [1, 0, 0] + [UInt8](repeating: 9, count: 40)
        #expect(throws: BatchError.noBlocks) { try Batch(decoding: (prefix + [0])[...], chainID: chainID) }
        // 10,000,001 blocks.
        #expect(throws: BatchError.tooManyElements) {
            try Batch(decoding: (prefix + [0x81, 0xAD, 0xE2, 0x04])[...], chainID: chainID)
        }
        // One block, its bit, and a count of 10,000,001.
        prefix += [1, 1, 0x81, 0xAD, 0xE2, 0x04]
        #expect(throws: BatchError.tooManyElements) { try Batch(decoding: prefix[...], chainID: chainID) }
        // A bit that belongs to no block.
        let stray: [UInt8] = [1, 0, 0] + [UInt8](repeating: 9, count: 40) + [1, 2, 0]
        #expect(throws: BatchError.truncated) { try Batch(decoding: stray[...], chainID: chainID) }
        #expect(throws: BatchError.empty) { try Batch(decoding: [], chainID: chainID) }
        #expect(throws: BatchError.unknownVersion(2)) { try Batch(decoding: [2], chainID: chainID) }
    }

    @Test func channelsOfBatchesAreReadInOrder() throws {
        var dice = Dice(8)
        let span = try SpanBatch(randomBlocks(&dice, count: 5), testConfiguration)
        let singular = SingularBatch(
            parentHash: dice.hash(), epoch: BlockID(number: 3, hash: dice.hash()), timestamp: 5, transactions: [])
        let data = ChannelReader.encode([singular.encoded, try span.encoded(chainID: chainID), singular.encoded])
        var reader = ChannelReader(decompressed: data, chainID: chainID)
        try expectNext(&reader, .singular(singular))
        try expectNext(&reader, .span(span))
        try expectNext(&reader, .singular(singular))
        try expectNext(&reader, nil)
        var list = ChannelReader(decompressed: [0xC0], chainID: chainID)
        #expect(throws: BatchError.rlp(.expectedBytes)) { try list.next() }
    }
}

@Suite(.enabled(if: OPStackVectors.isThere, "MAYFLY_VECTORS names no folder")) struct RecordedBatchTests {
    private static func check(_ reader: ChannelReader, _ expected: [String: Any]) throws {
        var reader = reader
        guard case .span(let batch) = try reader.next() else {
            Issue.record("not a span batch")
            return
        }
        let span = try expected.object("span")
        #expect(batch.relativeTimestamp == (try span.number("rel_timestamp")))
        #expect(batch.lastOriginNumber == (try span.number("l1_origin_num")))
        #expect(batch.parentCheck.bytes == (try span.bytes("parent_check")))
        #expect(batch.originCheck.bytes == (try span.bytes("l1_origin_check")))
        #expect(UInt64(batch.blockCount) == (try span.number("block_count")))
        let bits = (0..<batch.blockCount).map { batch.changesOrigin($0) ? "1" : "0" }.joined()
        #expect(bits == (try span.text("origin_bits")))
        let counts = try #require(span["block_tx_counts"] as? [NSNumber]).map(\.uint32Value)
        #expect(batch.transactionCounts == counts)
        let encoded = try batch.encoded(chainID: chainID)
        #expect(try Batch(decoding: encoded[...], chainID: chainID) == .span(batch))
        for transaction in batch.transactions {
            let decoded = try Transaction(decoding: transaction)
            #expect(throws: Never.self) { try decoded.sender(revision: .osaka, chainID: chainID) }
        }
        try expectNext(&reader, nil)
    }

    @Test func recordedSpanBatchIsDecoded() throws {
        let text = String(decoding: try OPStackVectors.data("derive/batch.hex"), as: UTF8.self)
        let compressed = try Hex.decode(text.trimmingCharacters(in: .whitespacesAndNewlines))
        let expected = try OPStackVectors.object("derive/expected.json").object("batch.hex")
        let decompressed = Inflate.decompress(zlib: compressed[...], limit: 100_000_000)
        #expect(UInt64(decompressed.bytes.count) == (try expected.number("decompressed_len")))
        try Self.check(try #require(ChannelReader(compressed: compressed, chainID: chainID)), expected)
    }

    @Test func recordedBatcherTransactionIsDecoded() throws {
        let transaction = try Transaction(decoding: try OPStackVectors.data("derive/raw_batcher_tx.bin"))
        let frames = try Frame.decodeAll(transaction.input)
        #expect(frames.count == 1)
        let frame = try #require(frames.first)
        #expect(frame.isLast)
        #expect(Frame.encodeAll(frames) == transaction.input)
        let expected = try OPStackVectors.object("derive/expected.json").object("raw_batcher_tx.bin")
        let batch = try #require(try expected.objects("batches").first)
        try Self.check(try #require(ChannelReader(compressed: frame.data, chainID: chainID)), batch)
    }

    @Test func recordedBrotliFramesAreDecoded() throws {
        let recorded = try OPStackVectors.constants().object("frames_brotli_single_batch")
        let texts = try #require(recorded["frames"] as? [String])
        let frames = try Frame.decodeAll([0] + texts.flatMap { try Hex.decode($0) })
        var channel = Channel(id: frames[0].channel, openBlock: 1)
        for frame in frames { _ = channel.append(frame) }
        #expect(channel.isComplete)
        // The recorded channel lacks the byte that names the compression, and its batch is no RLP string.
        let decompressed = Brotli.decompress(channel.data[...], limit: 10_000)
        #expect(decompressed.error == nil)
        guard case .singular(let batch) = try Batch(decoding: decompressed.bytes[...], chainID: chainID) else {
            Issue.record("not a singular batch")
            return
        }
        #expect(batch.parentHash.isZero)
        #expect(batch.epoch == BlockID(number: 1, hash: Hash256()))
        #expect(batch.timestamp == 1)
        #expect(try batch.transactions.map { try Transaction(decoding: $0).kind } == [.dynamicFee, .dynamicFee])
    }
}
