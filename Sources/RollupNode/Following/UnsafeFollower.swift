import Derivation
public import EthereumClient
import JSONRPC
public import Layers
import Primitives
import StateTransition

/// Takes a rollup's newest blocks from its sequencer, before they are on L1: each is executed and verified, and gives way
/// where L1 says something else.
public final class UnsafeFollower: Sendable {
    /// Blocks asked for at a time, and how far back a fork is looked for.
    static let reach: UInt64 = 64
    /// From one question to the next while the blocks come by a stream.
    private static let streamingInterval = Duration.seconds(2)

    private let execution: any ExecutionLayer
    private let sequencer: EthereumClient

    /// - Parameter sequencer: a node that has the blocks, and answers `debug_getRawBlock`.
    public init(_ execution: any ExecutionLayer, sequencer: EthereumClient) {
        self.execution = execution
        self.sequencer = sequencer
    }

    /// Why the sequencer's blocks are not taken.
    enum Failure: Error, Sendable {
        case source(EthereumClientError)
        case execution(LayerError)
        /// The sequencer's chain is another than the one that L1 gives.
        case fork(number: UInt64)

        var message: String {
            switch self {
            case .source(let error): error.message
            case .execution(let error): error.message
            case .fork(let number):
                "the sequencer has another block \(number) than L1 gives: its blocks are not followed until they agree"
            }
        }
    }

    /// Follows until it is cancelled.
    ///
    /// - Parameters:
    ///   - isStreaming: whether the blocks come by a stream as well at the moment: the sequencer is asked seldom then.
    ///   - isEnded: whether the rollup has its last block: nothing is asked for then.
    ///   - report: is told of trouble, once, and nil when it is over.
    public func run(
        every interval: Duration, isStreaming: @Sendable () -> Bool = { false },
        isEnded: @Sendable () -> Bool = { false }, report: @Sendable (String?) -> Void
    ) async {
        var patience = Patience()
        var hasReported = false
        while !Task.isCancelled {
            if isEnded() {
                try? await Task.sleep(for: interval)
                continue
            }
            do throws(Failure) {
                // The stream is about to bring the newest.
                let isBehind = try await advance(leaving: isStreaming() ? 1 : 0)
                if hasReported { report(nil) }
                (hasReported, patience) = (false, Patience())
                if isBehind { continue }
                var waited = Duration.zero
                repeat {
                    try? await Task.sleep(for: interval)
                    waited += interval
                } while isStreaming() && waited < Self.streamingInterval && !Task.isCancelled
            } catch {
                if Task.isCancelled { break }
                if !hasReported && patience.isNoteworthy {
                    report(error.message)
                    hasReported = true
                }
                try? await Task.sleep(for: patience.next())
            }
        }
    }

    /// Takes some of the blocks that the chain has not got.
    ///
    /// - Parameter count: the newest that are not wanted yet.
    /// - Returns: whether there are more.
    func advance(leaving count: UInt64 = 0) async throws(Failure) -> Bool {
        let newest = try await asking { () async throws(EthereumClientError) in
            try await sequencer.call("eth_blockNumber") { reader in try reader.readQuantity() }
        }
        let heads = try await executing { () async throws(LayerError) in try await execution.heads() }
        let head = heads.head
        guard newest > head.number, newest - head.number > count else { return false }
        var blocks: [Block] = []
        for number in (head.number + 1)...min(newest, head.number + Self.reach) {
            blocks.append(try await block(number))
        }
        // Back to where the chains part.
        while let first = blocks.first {
            let parent = BlockID(number: first.header.number - 1, hash: first.header.parentHash)
            if try await executing({ () async throws(LayerError) in try await execution.contains(parent) }) { break }
            let number = parent.number
            guard number > (heads.safe?.number ?? 0), head.number - number < Self.reach else {
                throw .fork(number: number)
            }
            blocks.insert(try await block(number), at: 0)
        }
        guard let last = blocks.last else { return false }
        let made = blocks
        try await executing { () async throws(LayerError) in
            // Derivation may move the head meanwhile: what it says counts.
            try await execution.insert(made, movingHeadFrom: head)
        }
        return last.header.number < newest
    }

    private func block(_ number: UInt64) async throws(Failure) -> Block {
        try await asking { () async throws(EthereumClientError) in
            let bytes = try await sequencer.call(
                "debug_getRawBlock", { $0.quantity(number) }, read: { reader in try reader.readData() })
            guard let block = try? Block(decoding: bytes), block.header.number == number else {
                throw .malformed("block \(number) of the sequencer")
            }
            return block
        }
    }

    private func asking<Result>(
        _ body: () async throws(EthereumClientError) -> Result
    ) async throws(Failure) -> Result {
        do throws(EthereumClientError) { return try await body() } catch { throw .source(error) }
    }

    private func executing<Result>(
        _ body: () async throws(LayerError) -> Result
    ) async throws(Failure) -> Result {
        do throws(LayerError) { return try await body() } catch { throw .execution(error) }
    }
}
