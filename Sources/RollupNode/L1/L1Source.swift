public import Derivation
public import Layers
public import Primitives
import Synchronization

/// L1 as a rollup's node follows it: its blocks, some of them read ahead, and which are the newest, safe and final.
public final class L1Source: Sendable {
    /// Blocks that are asked for ahead of those who want them.
    private static let lookahead: UInt64 = 8

    public let settlement: any SettlementLayer
    /// The newest, safe and final blocks, as `watch` sees them.
    public let status = Latest<L1Status>()
    /// Since when L1 has not answered; nil where it does.
    public var silentSince: ContinuousClock.Instant? { silence.withLock { $0 } }
    private let silence = Mutex<ContinuousClock.Instant?>(nil)
    private let ahead = Mutex<[UInt64: Task<Result<L1Block, LayerError>, Never>]>([:])

    public init(_ settlement: any SettlementLayer) { self.settlement = settlement }

    public func close() async {
        forget()
        await settlement.close()
    }

    // MARK: Blocks

    /// The block with a number, with its transactions and receipts.
    ///
    /// - Throws: of severity retry where L1 has not got that far.
    public func block(_ number: UInt64) async throws(LayerError) -> L1Block {
        let head = status.value?.head.number ?? number
        let task = ahead.withLock { ahead in
            let task = ahead.removeValue(forKey: number)
            // What was passed by is not wanted any more.
            for old in ahead.keys where old < number || old > number + Self.lookahead {
                ahead.removeValue(forKey: old)?.cancel()
            }
            if number < head {
                for next in (number + 1)...min(head, number + Self.lookahead) where ahead[next] == nil {
                    ahead[next] = Task { await self.fetch(next) }
                }
            }
            return task
        }
        if case .success(let block)? = await task?.value { return block }
        return try await fetch(number).get()
    }

    /// Forgets what was asked for ahead: after a reorganisation.
    public func forget() {
        ahead.withLock { ahead in
            for task in ahead.values { task.cancel() }
            ahead = [:]
        }
    }

    private func fetch(_ number: UInt64) async -> Result<L1Block, LayerError> {
        do throws(LayerError) {
            if let block = try await settlement.block(number) { return .success(block) }
            return .failure(LayerError(.settlement, .retry, "L1 block \(number) is not known to the endpoint"))
        } catch {
            return .failure(error)
        }
    }

    /// The hash of the block with a number; nil where L1 has not got that far.
    public func hash(of number: UInt64) async throws(LayerError) -> Hash256? {
        try await settlement.hash(of: number)
    }

    /// Whether L1 has a block, by anybody's word.
    public func has(_ block: BlockID) async throws(LayerError) -> Bool { try await settlement.has(block) }

    // MARK: The newest blocks

    /// Asks for the newest, safe and final blocks.
    @discardableResult
    public func refresh() async throws(LayerError) -> L1Status {
        guard let head = try await settlement.reference(.latest) else {
            throw LayerError(.settlement, .retry, "L1 has no blocks")
        }
        var status = L1Status(head: head, safe: status.value?.safe, finalized: status.value?.finalized)
        // These change with the head at the earliest.
        if head != self.status.value?.head || status.finalized == nil {
            status.safe = try await settlement.reference(.safe)
            status.finalized = try await settlement.reference(.finalized)
        }
        if status != self.status.value { self.status.set(status) }
        return status
    }

    /// Asks for the newest blocks again and again, until it is cancelled.
    ///
    /// - Parameter report: is told of a failure, once, and nil when it is over.
    public func watch(every interval: Duration, report: @Sendable (LayerError?) -> Void) async {
        var hasFailed = false
        while !Task.isCancelled {
            do throws(LayerError) {
                try await refresh()
                if hasFailed { report(nil) }
                hasFailed = false
                silence.withLock { $0 = nil }
            } catch {
                silence.withLock { $0 = $0 ?? .now }
                if !hasFailed && !Task.isCancelled { report(error) }
                hasFailed = true
            }
            try? await Task.sleep(for: interval)
        }
    }
}
