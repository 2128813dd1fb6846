import Derivation
import EVM
import Primitives
import StateTransition

private let chainID: UInt64 = 10

/// Frames and blobs decode from their encoding; whatever decodes encodes to the same bytes.
let frameFuzzer = Fuzzer(name: "frames") { random in
    let frames = (0...random.below(3)).map { number in
        Frame(
            channel: ChannelID(high: 0, low: random.next()), number: UInt16(number),
            data: random.bytes(random.pick([0, 1, 30, 400])), isLast: random.oneIn(2))
    }
    let bytes = Frame.encodeAll(frames)
    guard try Frame.decodeAll(bytes) == frames else {
        throw Finding("\(Hex.encode(bytes)) decodes to other frames")
    }
    let changed = random.mutated(bytes)
    if let decoded = try? Frame.decodeAll(changed), Frame.encodeAll(decoded) != changed {
        throw Finding("\(Hex.encode(changed)) encodes to other bytes")
    }
    guard random.oneIn(64) else { return }
    var blob = try BlobEncoding.encode(bytes)
    guard try BlobEncoding.decode(blob) == bytes else { throw Finding("\(Hex.encode(bytes)) is another in a blob") }
    for _ in 0...random.below(3) { blob[random.below(600)] = UInt8(random.below(80)) }
    if let data = try? BlobEncoding.decode(blob), try BlobEncoding.encode(data) != blob {
        throw Finding("a blob of \(Hex.encode(data)) has two encodings")
    }
}

/// Batches decode from their encoding; whatever decodes does so again when it is encoded.
let batchFuzzer = Fuzzer(name: "batches") { random in
    let batch = random.oneIn(2) ? Batch.singular(randomSingularBatch(&random)) : try randomSpanBatch(&random)
    let bytes = try batch.encoded(chainID: chainID)
    guard try Batch(decoding: bytes[...], chainID: chainID) == batch else {
        throw Finding("\(Hex.encode(bytes)) decodes to another batch")
    }
    let changed = random.mutated(bytes)
    guard let decoded = try? Batch(decoding: changed[...], chainID: chainID) else { return }
    let again = try decoded.encoded(chainID: chainID)
    guard try Batch(decoding: again[...], chainID: chainID) == decoded else {
        throw Finding("\(Hex.encode(changed)) decodes to a batch that its encoding does not")
    }
}

/// No stream makes a decoder trap, hang, or write more than it may; what a shorter limit gives is a beginning.
let decompressionFuzzer = Fuzzer(name: "decompression") { random in
    let count = random.pick([1, 10, 100, 1_000])
    let streams: [[UInt8]] = [
        [0x78, 0x9C] + random.bytes(count), random.mutated(stored(random.bytes(count))), random.bytes(count),
        [0x0B] + random.bytes(count),
    ]
    let stream = random.pick(streams)
    let isZlib = random.oneIn(2)
    func decompress(_ limit: Int) -> [UInt8] {
        isZlib
            ? Inflate.decompress(zlib: stream[...], limit: limit).bytes
            : Brotli.decompress(stream[...], limit: limit).bytes
    }
    let long = decompress(100_000)
    let short = decompress(long.count / 2)
    guard long.count <= 100_000, short == Array(long[..<(long.count / 2)]) else {
        throw Finding("\(Hex.encode(stream)) decompresses to one thing and another (zlib: \(isZlib))")
    }
}

/// Whatever the batcher publishes, derivation goes on to the end of L1, and its blocks follow each other.
let pipelineFuzzer = Fuzzer(name: "pipeline") { random in
    let inbox = Address(truncating: 0xFF)
    let batcher = Address(truncating: 1)
    var header = BlockHeader(number: 100, timestamp: 1_000, baseFee: 7)
    let genesis = RollupConfiguration.Genesis(
        l1: BlockID(number: 100, hash: header.hash), l2: BlockID(number: 0, hash: Hash256()), l2Time: 1_000,
        systemConfig: SystemConfig(batcher: batcher, gasLimit: 30_000_000))
    guard
        let configuration = RollupConfiguration(
            genesis: genesis, blockTime: 2, sequencingWindow: 3, l1ChainID: 1, l2ChainID: chainID, batchInbox: inbox,
            depositContract: Address(truncating: 2), systemConfigContract: Address(truncating: 3),
            lifecycleContract: Address(truncating: 4))
    else { return }
    // In which L1 block the rollup is closed; in two of three cases there is one.
    let closing = 101 + UInt64(random.below(18))
    let drain = UInt64(random.below(5))
    var pipeline = DerivationPipeline(configuration, DerivationStart(genesis: genesis))
    var blocks = [genesis.reference]
    var l1Count = 0
    var steps = 0
    while true {
        steps += 1
        guard steps < 10_000 else { throw Finding("derivation does not end") }
        switch try pipeline.step() {
        case .needsL1Block(let number, _):
            l1Count += 1
            if l1Count > 12 { return }
            if l1Count > 1 {
                header = BlockHeader(
                    parentHash: header.hash, number: number, timestamp: header.timestamp + 12, baseFee: 7)
            }
            let data = try randomBatcherData(&random, blocks[blocks.count - 1])
            let transaction = Transaction(
                kind: .deposit, to: inbox, input: data, deposit: Deposit(sourceHash: Hash256(), from: batcher))
            let log = Log(
                address: Address(truncating: 4), topics: [RollupClosing.topic, Hash256(UInt256(closing))],
                data: UInt256(closing + drain).bytes + UInt256(1).bytes)
            let receipt = Receipt(
                kind: .legacy, outcome: .status(true), cumulativeGasUsed: 0, bloom: LogsBloom(),
                logs: number == closing ? [log] : [])
            if number > closing + drain { throw Finding("L1 is read beyond the rollup's end") }
            try pipeline.provide(
                L1Block(header: header, hash: header.hash, transactions: [transaction], receipts: [receipt]))
        case .needsL2Block(let number): try pipeline.provide(l2Block: blocks[Int(number)])
        case .closed:
            guard let last = blocks.last, last.l1Origin.number == closing, last.sequenceNumber == 4 else {
                throw Finding("the rollup ends with another block than its last")
            }
            return
        case .needsBlobs, .needsAltDAData: throw Finding("derivation asks for what nobody published")
        case .attributes(let derived):
            if !derived.isDepositsOnly && random.oneIn(4) {
                try pipeline.reject()
                continue
            }
            let parent = blocks[blocks.count - 1]
            guard derived.parent == parent, derived.attributes.timestamp == parent.timestamp + 2 else {
                throw Finding("block \(parent.number + 1) does not follow the one before")
            }
            let block = L2BlockReference(
                number: parent.number + 1, hash: random.hash(), parentHash: parent.hash,
                timestamp: derived.attributes.timestamp, l1Origin: derived.l1Origin,
                sequenceNumber: derived.sequenceNumber)
            blocks.append(block)
            try pipeline.accept(block)
        }
    }
}

/// Frames that hold a channel, or were to, of batches that may fit on `head`.
private func randomBatcherData(_ random: inout SplitMix, _ head: L2BlockReference) throws -> [UInt8] {
    var batches: [[UInt8]] = []
    for index in 0..<random.below(4) {
        var batch = randomSingularBatch(&random)
        batch.parentHash = head.hash
        batch.epoch = head.l1Origin
        batch.timestamp = head.timestamp + 2 + 2 * UInt64(random.oneIn(3) ? index : 0)
        batches.append(
            try random.oneIn(3) ? randomSpanBatch(&random).encoded(chainID: chainID) : batch.encoded)
    }
    var data = stored(ChannelReader.encode(batches))
    if random.oneIn(3) { data = random.mutated(data) }
    let frames = Frame.split(data, channel: ChannelID(high: 0, low: random.next()), largestFrame: 300) ?? []
    let bytes = Frame.encodeAll(frames)
    return random.oneIn(4) ? random.mutated(bytes) : bytes
}

private func randomSingularBatch(_ random: inout SplitMix) -> SingularBatch {
    SingularBatch(
        parentHash: random.hash(), epoch: BlockID(number: random.number(), hash: random.hash()),
        timestamp: random.number(), transactions: (0..<random.below(3)).map { _ in carriedTransaction(&random) })
}

private func randomSpanBatch(_ random: inout SplitMix) throws -> Batch {
    var origin = BlockID(number: 100 + UInt64(random.below(3)), hash: random.hash())
    var sequenceNumber: UInt64 = UInt64(random.below(3))
    var blocks: [SpanBatch.Block] = []
    for index in 0...random.below(9) {
        if index > 0 {
            sequenceNumber += 1
            if random.oneIn(3) {
                origin = BlockID(number: origin.number + 1, hash: random.hash())
                sequenceNumber = 0
            }
        }
        blocks.append(
            SpanBatch.Block(
                timestamp: 1_002 + 2 * UInt64(index), parentHash: Hash256(), l1Origin: origin,
                sequenceNumber: sequenceNumber,
                transactions: (0..<random.below(3)).map { _ in carriedTransaction(&random) }))
    }
    guard
        let configuration = RollupConfiguration(
            genesis: .init(
                l1: origin, l2: origin, l2Time: 1_000, systemConfig: SystemConfig(batcher: Address(), gasLimit: 0)),
            blockTime: 2, sequencingWindow: 3, l1ChainID: 1, l2ChainID: chainID, batchInbox: Address(),
            depositContract: Address(), systemConfigContract: Address())
    else { throw Finding("no configuration") }
    return .span(try SpanBatch(blocks, configuration))
}

/// A transaction of a type that batches carry, on the rollup's chain.
private func carriedTransaction(_ random: inout SplitMix) -> [UInt8] {
    while true {
        var transaction = randomTransaction(&random)
        switch transaction.kind {
        case .blob, .deposit: continue
        case .legacy:
            if transaction.signature.v >= 35 {
                transaction.chainID = chainID
                transaction.signature.v = 35 + 2 * chainID + transaction.signature.v % 2
            }
        default: transaction.chainID = chainID
        }
        if transaction.kind == .setCode && transaction.to == nil { transaction.to = random.address() }
        return transaction.encoded
    }
}

/// The zlib form of bytes that are not compressed.
private func stored(_ data: [UInt8]) -> [UInt8] {
    let count = UInt16(truncatingIfNeeded: min(data.count, 65_535))
    return [0x78, 0x01, 1, UInt8(count & 0xFF), UInt8(count >> 8), UInt8(~count & 0xFF), UInt8(~count >> 8)]
        + data.prefix(65_535)
}
