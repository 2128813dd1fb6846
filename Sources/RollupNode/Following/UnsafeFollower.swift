import Blockchain
import Derivation
public import EthereumClient
import JSONRPC
import Primitives
import StateTransition
import Storage

/// Takes a rollup's newest blocks from its sequencer, before they are on L1: each is executed and verified, and gives way
/// where L1 says something else.
public final class UnsafeFollower: Sendable {
    /// Blocks asked for at a time, and how far back a fork is looked for.
    private static let reach: UInt64 = 64

    private let chain: RollupChain
    private let sequencer: EthereumClient

    /// - Parameter sequencer: a node that has the blocks, and answers `debug_getRawBlock`.
    public init(_ chain: RollupChain, sequencer: EthereumClient) {
        self.chain = chain
        self.sequencer = sequencer
    }

    /// Why the sequencer's blocks are not taken.
    enum Failure: Error, Sendable {
        case source(EthereumClientError)
        case chain(ChainError)
        /// The sequencer's chain is another than the one that L1 gives.
        case fork(number: UInt64)

        var message: String {
            switch self {
            case .source(let error): error.message
            case .chain(let error): error.message
            case .fork(let number):
                "the sequencer has another block \(number) than L1 gives: its blocks are not followed until they agree"
            }
        }
    }

    /// Follows until it is cancelled.
    ///
    /// - Parameter report: is told of trouble, once, and nil when it is over.
    public func run(every interval: Duration, report: @Sendable (String?) -> Void) async {
        var patience = Patience()
        var hasReported = false
        while !Task.isCancelled {
            do throws(Failure) {
                let isBehind = try await advance()
                if hasReported { report(nil) }
                (hasReported, patience) = (false, Patience())
                if !isBehind { try? await Task.sleep(for: interval) }
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
    /// - Returns: whether there are more.
    func advance() async throws(Failure) -> Bool {
        let newest = try await asking { () async throws(EthereumClientError) in
            try await sequencer.call("eth_blockNumber") { reader in try reader.readQuantity() }
        }
        let database = chain.chain.database
        let head = database.head
        guard newest > head.number else { return false }
        var blocks: [Block] = []
        for number in (head.number + 1)...min(newest, head.number + Self.reach) {
            blocks.append(try await block(number))
        }
        // Back to where the chains part.
        while let first = blocks.first, try await !isKnown(first.header.parentHash) {
            let number = first.header.number - 1
            guard number > (database.safe?.number ?? 0), head.number - number < Self.reach else {
                throw .fork(number: number)
            }
            blocks.insert(try await block(number), at: 0)
        }
        guard let last = blocks.last else { return false }
        let made = blocks
        let before = database.head
        try await chaining { [chain] () throws(ChainError) in
            for block in made { try chain.chain.insert(block) }
            // Derivation may have moved the head meanwhile: what it says counts.
            guard chain.chain.database.head == before else { return }
            try chain.chain.setHead(last.header.hash)
        }
        return last.header.number < newest
    }

    private func isKnown(_ hash: Hash256) async throws(Failure) -> Bool {
        try await chaining { [chain] () throws(ChainError) in
            guard let block = try chain.chain.view().reference(hash) else { return false }
            return try chain.chain.view().isCanonical(block)
        }
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

    private func chaining<Result: Sendable>(
        _ body: @escaping @Sendable () throws(ChainError) -> Result
    ) async throws(Failure) -> Result {
        do throws(ChainError) { return try await chain.run(body) } catch { throw .chain(error) }
    }
}
