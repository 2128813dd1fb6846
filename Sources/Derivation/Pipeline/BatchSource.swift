import Primitives

/// Takes the batches out of one L1 block after another: retrieval of data, frames, channels and their batches.
struct BatchSource: Sendable {
    let chainID: UInt64
    let allowsAltDA: Bool
    /// The L1 block whose data are read.
    private var origin: L1BlockReference?
    private var sources: ArraySlice<BatcherData> = []
    /// Data that have come, one item for a batcher transaction or blob.
    private var loaded: ArraySlice<[UInt8]> = []
    private var pending: DerivationAction?
    private var frames = FrameQueue()
    private var assembler = ChannelAssembler()
    private var reader: ChannelReader?

    init(_ configuration: RollupConfiguration) {
        chainID = configuration.l2ChainID
        allowsAltDA = configuration.allowsAltDA
    }

    /// Goes on with the data of the next L1 block.
    mutating func begin(_ block: L1BlockReference, _ data: [BatcherData]) {
        origin = block
        sources = data[...]
        loaded = []
    }

    /// Forgets the channel that is read, and the one that is put together.
    mutating func flushChannel() {
        reader = nil
        assembler.reset()
    }

    mutating func next() -> Pulled<Batch> {
        while true {
            if var open = reader {
                // A malformed batch ends its channel.
                let batch = (try? open.next()) ?? nil
                reader = batch == nil ? nil : open
                if let batch { return .value(batch) }
                continue
            }
            if let frame = frames.next() {
                if let channel = assembler.add(frame, origin: origin?.number ?? 0) {
                    reader = ChannelReader(compressed: channel, chainID: chainID)
                }
                continue
            }
            if let pending { return .needs(pending) }
            if let data = loaded.popFirst() {
                load(data)
            } else if let source = sources.popFirst() {
                request(source)
            } else {
                return .exhausted
            }
        }
    }

    private mutating func request(_ source: BatcherData) {
        guard let origin else { return }
        switch source {
        case .calldata(let data): loaded = [data]
        case .blobs(let references): if !references.isEmpty { pending = .needsBlobs(references, origin) }
        }
    }

    private mutating func load(_ data: [UInt8]) {
        if allowsAltDA, data.first == AltDACommitment.version {
            guard let origin, let commitment = AltDACommitment(batcherData: data) else { return }
            pending = .needsAltDAData(commitment, origin)
        } else if let read = try? Frame.decodeAll(data) {
            frames.load(read)
        }
    }

    /// Takes the blobs that were asked for; those without valid data are passed over.
    mutating func provide(blobs: [[UInt8]]) throws(DerivationError) {
        guard case .needsBlobs(let references, _) = pending else { throw .unexpectedInput }
        guard blobs.count == references.count, blobs.allSatisfy({ $0.count == BlobEncoding.blobSize }) else {
            throw .wrongBlobs
        }
        pending = nil
        loaded = blobs.compactMap { try? BlobEncoding.decode($0) }[...]
    }

    /// Takes the data that were asked for; nil where they are not to be had any more.
    mutating func provide(altDAData data: [UInt8]?) throws(DerivationError) {
        guard case .needsAltDAData(let commitment, _) = pending else { throw .unexpectedInput }
        if let data, !commitment.matches(data) { throw .wrongAltDAData }
        pending = nil
        // What lies elsewhere are frames: it names no further place.
        guard let data, commitment.allows(count: data.count), let read = try? Frame.decodeAll(data) else { return }
        frames.load(read)
    }
}
