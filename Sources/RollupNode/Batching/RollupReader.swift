import Derivation
public import EthereumClient
import JSONRPC
import Primitives
import Publishing
import StateTransition

/// What a batcher reads of its rollup, from a node that answers `optimism_syncStatus` and `debug_getRawBlock`.
public struct RollupReader: Sendable {
    /// Bytes of transactions that one answer's blocks have, about: the rest is asked for the next time.
    private static let byteLimit = 8 << 20
    /// How long a node must have said the same for the L1 block that it reads to count as read.
    private static let quietTime = Duration.seconds(4)

    private let client: EthereumClient
    private var last: SyncStatus?
    private var since = ContinuousClock.now

    public init(_ client: EthereumClient) { self.client = client }

    /// The part of `optimism_syncStatus` that matters.
    struct SyncStatus: Equatable, Sendable {
        var currentL1 = BlockID(number: 0, hash: Hash256())
        var headL1 = BlockID(number: 0, hash: Hash256())
        var safe = BlockID(number: 0, hash: Hash256())
        var unsafe = BlockID(number: 0, hash: Hash256())
    }

    /// How far the rollup is.
    ///
    /// The L1 block that a node reads may not be read to its end, so that the one before it counts; but for a node that has
    /// read all of L1 and says so for a while.
    mutating func view() async throws(EthereumClientError) -> RollupView {
        let status = try await client.call("optimism_syncStatus") { reader in try reader.readSyncStatus() }
        var quiet = status
        quiet.unsafe = last?.unsafe ?? quiet.unsafe
        if quiet != last { since = .now }
        last = status
        let isAtHead = status.currentL1 == status.headL1 && ContinuousClock.now - since > Self.quietTime
        let number = status.currentL1.number
        return RollupView(
            derived: isAtHead || number == 0 ? number : number - 1, safeHead: status.safe, unsafeHead: status.unsafe)
    }

    /// Blocks of the unsafe chain, in order; fewer than asked for where they are large or not there.
    func blocks(from number: UInt64, count: Int) async throws(EthereumClientError) -> [UnsafeBlock] {
        var blocks: [UnsafeBlock] = []
        var bytes = 0
        while blocks.count < count, bytes < Self.byteLimit {
            let next = number + UInt64(blocks.count)
            let raw: [UInt8]
            do throws(EthereumClientError) {
                raw = try await client.call(
                    "debug_getRawBlock", { $0.quantity(next) }, read: { reader in try reader.readData() })
            } catch {
                if case .refused = error, !blocks.isEmpty { return blocks }
                throw error
            }
            guard let block = try? Block(decoding: raw), block.header.number == next,
                let made = UnsafeBlock(block, hash: block.header.hash)
            else { throw .malformed("block \(next) of the rollup") }
            blocks.append(made)
            bytes += raw.count
        }
        return blocks
    }

    /// Tells the sequencer how many bytes of data a block may have; zero for as many as it likes. Where its node does not
    /// serve that here, as it should not to everybody, it holds back by itself.
    func limitData(block bytes: Int) async throws(EthereumClientError) {
        do throws(EthereumClientError) {
            try await client.call(
                "miner_setMaxDASize",
                { json in
                    json.quantity(0 as UInt64)
                    json.quantity(UInt64(bytes))
                }, read: { reader in try reader.skipValue() })
        } catch {
            // "The method does not exist" (JSON-RPC 2.0, section 5.1).
            if case .refused(-32_601, _, _) = error { return }
            throw error
        }
    }
}

extension JSONReader {
    fileprivate mutating func readSyncStatus() throws -> RollupReader.SyncStatus {
        var status = RollupReader.SyncStatus()
        var found = 0
        try beginObject()
        while let key = try nextKey() {
            if try readNull() { continue }
            switch key {
            case "current_l1": status.currentL1 = try readBlockID()
            case "head_l1": status.headL1 = try readBlockID()
            case "safe_l2": status.safe = try readBlockID()
            case "unsafe_l2": status.unsafe = try readBlockID()
            default:
                try skipValue()
                continue
            }
            found += 1
        }
        guard found == 4 else { throw EthereumClientError.malformed("a sync status that lacks blocks") }
        return status
    }

    private mutating func readBlockID() throws -> BlockID {
        var block = BlockID(number: 0, hash: Hash256())
        try beginObject()
        while let key = try nextKey() {
            switch key {
            case "number": block.number = try readUInt64()
            case "hash": block.hash = try readHash()
            default: try skipValue()
            }
        }
        return block
    }
}
