public import Derivation
public import EthereumClient
public import Primitives
import StateTransition
import Synchronization

/// L1 as a rollup's node reads it: blocks with their receipts, blobs, and which blocks are the newest, safe and final.
///
/// What is read is checked against the hashes that it was asked for by; which block is the head is the endpoint's word.
public final class L1Source: Sendable {
    /// Blocks that are asked for ahead of those who want them.
    private static let lookahead: UInt64 = 8

    public let client: EthereumClient
    private let beacon: BeaconClient?
    /// The newest, safe and final blocks, as `watch` sees them.
    public let status = Latest<L1Status>()
    private let ahead = Mutex<[UInt64: Task<Result<L1Block, EthereumClientError>, Never>]>([:])

    /// - Parameter beacon: where blobs are to be had; without it a rollup that has published any cannot be derived.
    public init(client: EthereumClient, beacon: BeaconClient?) {
        self.client = client
        self.beacon = beacon
    }

    public func close() async {
        forget()
        await client.close()
        await beacon?.close()
    }

    // MARK: Blocks

    /// The block with a number, with its transactions and receipts.
    ///
    /// - Throws: `notFound` where L1 has not got that far.
    public func block(_ number: UInt64) async throws(EthereumClientError) -> L1Block {
        let head = status.value?.head.number ?? number
        let task = ahead.withLock { ahead in
            let task = ahead.removeValue(forKey: number)
            // What was passed by is not wanted any more.
            for old in ahead.keys where old < number || old > number + Self.lookahead {
                ahead.removeValue(forKey: old)?.cancel()
            }
            if number < head {
                for next in (number + 1)...min(head, number + Self.lookahead) where ahead[next] == nil {
                    ahead[next] = Task { await self.fetch(.number(next)) }
                }
            }
            return task
        }
        if case .success(let block)? = await task?.value { return block }
        return try await fetch(.number(number)).get()
    }

    /// The block with a hash, with its transactions and receipts.
    public func block(_ hash: Hash256) async throws(EthereumClientError) -> L1Block {
        try await fetch(.hash(hash)).get()
    }

    /// Forgets what was asked for ahead: after a reorganisation.
    public func forget() {
        ahead.withLock { ahead in
            for task in ahead.values { task.cancel() }
            ahead = [:]
        }
    }

    private func fetch(_ name: BlockName) async -> Result<L1Block, EthereumClientError> {
        do throws(EthereumClientError) {
            let block = try await client.block(name)
            let receipts = try await client.receipts(of: HashedHeader(block.header))
            return .success(
                L1Block(
                    header: block.header, hash: block.hash, transactions: block.transactions, receipts: receipts))
        } catch {
            return .failure(error)
        }
    }

    /// The hash of the block with a number; nil where L1 has not got that far.
    public func hash(of number: UInt64) async throws(EthereumClientError) -> Hash256? {
        do throws(EthereumClientError) {
            return try await client.header(.number(number)).hash
        } catch {
            if case .notFound = error { return nil }
            throw error
        }
    }

    /// The blobs of a block, in the order of their references.
    ///
    /// - Throws: `endpoint` where no beacon API was named.
    public func blobs(
        _ references: [BlobReference], of block: L1BlockReference
    ) async throws(EthereumClientError) -> [[UInt8]] {
        guard let beacon else {
            throw .endpoint(
                "the rollup's data lie in blobs of L1: name a beacon API that has them with --l1-beacon URL")
        }
        return try await beacon.blobs(references.map { $0.versionedHash }, inBlockAt: block.timestamp)
    }

    // MARK: The newest blocks

    /// Asks for the newest, safe and final blocks.
    @discardableResult
    public func refresh() async throws(EthereumClientError) -> L1Status {
        let head = try await reference(.latest)
        var status = L1Status(head: head, safe: status.value?.safe, finalized: status.value?.finalized)
        // These change with the head at the earliest.
        if head != self.status.value?.head || status.finalized == nil {
            status.safe = try await namedReference(.safe)
            status.finalized = try await namedReference(.finalized)
        }
        if status != self.status.value { self.status.set(status) }
        return status
    }

    /// Asks for the newest blocks again and again, until it is cancelled.
    ///
    /// - Parameter report: is told of a failure, once, and nil when it is over.
    public func watch(every interval: Duration, report: @Sendable (EthereumClientError?) -> Void) async {
        var hasFailed = false
        while !Task.isCancelled {
            do throws(EthereumClientError) {
                try await refresh()
                if hasFailed { report(nil) }
                hasFailed = false
            } catch {
                if !hasFailed && !Task.isCancelled { report(error) }
                hasFailed = true
            }
            try? await Task.sleep(for: interval)
        }
    }

    private func reference(_ name: BlockName) async throws(EthereumClientError) -> L1BlockReference {
        let header = try await client.header(name)
        return L1BlockReference(
            number: header.header.number, hash: header.hash, parentHash: header.header.parentHash,
            timestamp: header.header.timestamp)
    }

    /// The same; nil where there is no such block yet.
    private func namedReference(_ name: BlockName) async throws(EthereumClientError) -> L1BlockReference? {
        do throws(EthereumClientError) {
            return try await reference(name)
        } catch {
            switch error {
            case .notFound, .refused: return nil
            default: throw error
            }
        }
    }
}
