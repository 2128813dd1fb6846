import Cryptography
import Derivation
import Primitives

/// Blocks come in, and leave as channels.
extension Batcher {
    mutating func take(_ blocks: [UnsafeBlock]) {
        guard case .running = phase else { return }
        loadingUntil = nil
        for block in blocks {
            guard let base = known.first, let last = known.last else { return }
            let id = block.reference.id
            if (base.number...last.number).contains(id.number) {
                if known[Int(id.number - base.number)] != id { return reset(.reorganised) }
            } else if id.number == last.number &+ 1 {
                if block.reference.parentHash != last.hash { return reset(.reorganised) }
                // Those after the last ordinary block are derived from no batch.
                if let closing, block.reference.l1Origin.number == closing.closingBlock,
                    block.reference.sequenceNumber > 0
                {
                    lastOrdinary = id.number - 1
                    return
                }
                if builder.isEmpty { builderOpened = (l1?.head.number ?? 0, now) }
                builder.append(block)
                known.append(id)
            }
        }
    }

    /// Asks for blocks that the unsafe chain has.
    mutating func load() {
        if let loadingUntil, now < loadingUntil { return }
        guard let last = known.last?.number, let unsafe = rollup?.unsafeHead.number,
            case let head = min(unsafe, lastOrdinary ?? .max), head > last,
            builder.heldBytes < settings.heldByteLimit
        else { return }
        loadingUntil = now &+ settings.loadTimeout
        actions.append(.loadBlocks(from: last &+ 1, count: Int(min(head - last, UInt64(settings.loadCount)))))
    }

    /// Closes channels that are full or due.
    mutating func closeChannels() throws(PublishingError) {
        guard let l1 else { return }
        while let first = builder.blocks.first,
            channels.count(where: { !$0.isSent }) < settings.waitingChannelLimit
        {
            let carrier = nextCarrier(size: nil)
            let capacity = settings.capacity(carrier)
            let windowEnd = first.reference.l1Origin.number &+ configuration.sequencingWindow
            let isDue =
                l1.head.number >= builderOpened.l1 &+ settings.channelDuration
                || now - builderOpened.time >= settings.channelTime
                || l1.head.number &+ settings.safetyMargin >= windowEnd || closing != nil
            guard isDue || builder.seemsFull(capacity) else { return }
            let isHurried = lastFull.map { now - $0 < settings.unhurried } ?? false
            let product = try builder.close(
                capacity: capacity, quality: isHurried ? settings.hurriedQuality : settings.quality, mustClose: isDue)
            guard let product else { return }
            if !isDue { lastFull = now }
            builderOpened = (l1.head.number, now)
            let chosen = nextCarrier(size: product.data.count)
            let seed =
                product.last.hash.bytes + product.first.parentHash.bytes + [UInt8(truncatingIfNeeded: nextSerial)]
            let word = UInt256(Keccak256.hash(seed))
            var channel = ClosedChannel(
                serial: nextSerial, id: ChannelID(high: word.limb3, low: word.limb2), data: product.data,
                first: product.first, last: product.last, carrier: chosen)
            nextSerial += 1
            try channel.cut(chosen, settings)
            channels.append(channel)
            prepare(channel)
            actions.append(
                .report(
                    .closedChannel(
                        first: product.first.number, last: product.last.number,
                        transactions: product.transactionCount, uncompressed: product.uncompressedCount,
                        compressed: product.data.count, chosen)))
        }
    }

    /// What carries the next channel.
    ///
    /// - Parameter size: bytes that it has; nil before it is made.
    func nextCarrier(size: Int?) -> DataCarrier {
        switch choice {
        case .calldata: .calldata
        case .blobs: .blobs
        case .altDA where provider.isAvailable(now): .altDA
        case .altDA, .automatic: cheapest(size ?? settings.capacity(.blobs))
        }
    }

    private func cheapest(_ size: Int) -> DataCarrier {
        guard let prices = l1?.prices else { return .blobs }
        return prices.cheapest(
            size, largestCalldata: settings.largestCalldata, blobsPerTransaction: settings.blobsPerTransaction)
    }

    /// Lets the proofs of a channel's blobs be worked out before they can be sent.
    private mutating func prepare(_ channel: ClosedChannel) {
        var blobs: [[UInt8]] = []
        for case .blobs(let more) in channel.payloads { blobs += more }
        if !blobs.isEmpty { actions.append(.prepare(blobs: blobs)) }
    }

    // MARK: The alt-DA server

    /// Gives channels to the server, and takes those back that it does not answer for; gives them again where the rollup's
    /// node does not get past the L1 blocks that have their commitments.
    mutating func store() throws(PublishingError) {
        for index in channels.indices where channels[index].carrier == .altDA && channels[index].isSent {
            guard let end = inclusion(of: channels[index]).last, let rollup, rollup.derived < end else {
                channels[index].storedAt = nil
                continue
            }
            let since = channels[index].storedAt ?? now
            channels[index].storedAt = since
            guard now - since >= settings.storeAgainAfter else { continue }
            channels[index].storedAt = now
            actions.append(.store(request: nextSerial, data: try channels[index].altDAData()))
            actions.append(
                .report(.storedAgain(first: channels[index].first.number, last: channels[index].last.number)))
            nextSerial += 1
        }
        for index in channels.indices where channels[index].carrier == .altDA && channels[index].payloads.isEmpty {
            if let request = channels[index].request {
                guard now >= request.deadline else { continue }
                providerFailed()
            } else if provider.isAvailable(now) {
                channels[index].request = (nextSerial, now &+ settings.storeTimeout)
                actions.append(.store(request: nextSerial, data: try channels[index].altDAData()))
                nextSerial += 1
                continue
            }
            try channels[index].cut(cheapest(channels[index].data.count), settings)
            prepare(channels[index])
        }
    }

    mutating func stored(_ request: UInt64, _ commitment: AltDACommitment) {
        guard let index = channels.firstIndex(where: { $0.request?.id == request }),
            channels[index].payloads.isEmpty
        else { return }
        let data = (try? channels[index].altDAData()) ?? []
        if commitment.contentHash == nil, !(commitment.layer.map { settings.altDALayers.contains($0) } ?? false) {
            actions.append(.report(.uncheckable(commitment)))
            return storeFailed(request)
        }
        guard commitment.matches(data), commitment.allows(count: data.count),
            commitment.batcherData.count <= settings.largestCalldata
        else { return storeFailed(request) }
        if provider.failures > 0 { actions.append(.report(.providerIsBack)) }
        provider.succeeded()
        channels[index].request = nil
        channels[index].payloads = [.calldata(commitment.batcherData)]
    }

    mutating func storeFailed(_ request: UInt64) {
        guard let index = channels.firstIndex(where: { $0.request?.id == request }) else { return }
        providerFailed()
        // What is due now is taken back in the same round.
        channels[index].request?.deadline = 0
    }

    private mutating func providerFailed() {
        provider.failed(now, settings)
        actions.append(.report(.providerFailed(nextAttempt: provider.retryAt)))
    }
}
