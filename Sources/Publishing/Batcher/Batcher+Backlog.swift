import Derivation

/// How far publishing is behind, and what follows for the sequencer.
extension Batcher {
    /// Bytes, compressed, of blocks that no L1 block has yet, as far as can be known.
    public var backlog: Int {
        var bytes = builder.estimatedSize
        for channel in channels {
            let isIncluded =
                channel.isSent && window.allSatisfy { $0.channel != channel.serial || $0.included != nil }
            if !isIncluded { bytes += channel.data.count }
        }
        if let last = known.last?.number, let head = rollup?.unsafeHead.number, head > last, !builder.isEmpty {
            let perBlock = builder.estimatedSize / builder.blocks.count
            bytes += perBlock * Int(min(head - last, 1_000_000))
        }
        return bytes
    }

    /// Says what the sequencer may make where that has changed by more than a tenth.
    mutating func limitData() {
        let backlog = backlog
        var wanted: Int?
        if backlog > settings.throttleStart {
            let span = settings.throttledBlockMaximum - settings.throttledBlockMinimum
            let over = min(backlog, settings.throttleEnd) - settings.throttleStart
            wanted =
                settings.throttledBlockMaximum
                - Int(Double(span) * Double(over) / Double(settings.throttleEnd - settings.throttleStart))
        }
        switch (wanted, dataLimit) {
        case (nil, nil): return
        case (let wanted?, let current?) where abs(wanted - current) <= current / 10: return
        default:
            dataLimit = wanted
            actions.append(.limitBlockData(bytes: wanted))
        }
    }

    /// Says once where little is left of the sequencing window of the oldest block that is not safe.
    mutating func watchWindow() {
        guard let l1, let oldest = channels.first?.first ?? builder.blocks.first?.reference else {
            isWindowShort = false
            return
        }
        let (end, overflow) = oldest.l1Origin.number.addingReportingOverflow(configuration.sequencingWindow)
        let left = overflow ? .max : end > l1.head.number ? end - l1.head.number : 0
        let isShort = left < configuration.sequencingWindow / 4
        if isShort && !isWindowShort { actions.append(.report(.windowEnds(block: oldest.number, left: left))) }
        isWindowShort = isShort
    }

    /// What a person may want to see.
    public struct Status: Equatable, Sendable {
        public enum Phase: String, Sendable {
            /// Waits until no transaction is under way.
            case settling
            case running
            /// Something is wrong that waiting does not mend.
            case stopped
            /// The rollup has ended.
            case ended
        }

        public var phase: Phase
        public var choice: DataChoice
        /// What carries the channels that are closed now.
        public var carrier: DataCarrier
        /// The last block that is in a channel or waits for one.
        public var lastBlock: UInt64?
        /// Transactions that no L1 block has yet.
        public var inFlight: Int
        public var backlogBytes: Int
        public var nextNonce: UInt64
    }

    public var status: Status {
        let phase: Status.Phase =
            switch self.phase {
            case .settling: .settling
            case .running: .running
            case .stopped: .stopped
            case .ended: .ended
            }
        return Status(
            phase: phase, choice: choice, carrier: nextCarrier(size: nil), lastBlock: known.last?.number,
            inFlight: window.count { $0.passedAt == nil }, backlogBytes: backlog, nextNonce: nextNonce)
    }
}
