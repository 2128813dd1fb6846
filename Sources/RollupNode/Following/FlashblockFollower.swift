import Blockchain
import Derivation
import Dispatch
import EVM
import EthereumRPC
import JSONRPC
import NIOCore
import Primitives
import StateTransition
import Storage
import Synchronization

/// Follows a rollup's blocks while its sequencer makes them: what its Flashblocks stream says a block got is executed at
/// once, as the block that is open, and shows under `pending`. The block is the head as soon as its last message has come,
/// where what was executed has the hash that the message names; nothing is executed twice.
///
/// Nothing that the stream says is believed. What is missing, comes twice or is wrong gives the block up, and it is taken
/// from the sequencer when it is sealed, as without a stream. Where L1 says something else the block is given up as well.
final class FlashblockFollower: Sendable {
    private struct State {
        var order = FlashblockOrder()
        /// The block that is coming.
        var block: OpenBlock?
        /// When the stream last was of use.
        var lastProgress: ContinuousClock.Instant?
    }

    /// Why a message is of no use.
    enum Failure: Error, Sendable {
        case message(JSONError)
        case order(FlashblockError)
        case chain(ChainError)
        case block(String)

        var message: String {
            switch self {
            case .message(let error): "a message cannot be read: \(error)"
            case .order(let error): "a message does not go with those before it: \(error)"
            case .chain(let error): error.message
            case .block(let why): why
            }
        }
    }

    /// What is left to do after a message.
    private enum Next: Sendable {
        case nothing
        case begin(FlashblockPayload.Base, transactions: [[UInt8]])
        case seal(OpenBlock, Hash256)
    }

    /// What came of the messages of one connection.
    private struct Session {
        var hasSealed = false
        /// Blocks that came to nothing, one after another.
        var failures = 0
        var lastFailure: Failure?
    }

    /// Blocks that come to nothing before the stream is left alone for a while.
    private static let patience = 3

    private let chain: RollupChain
    private let feed: WebSocketFeed
    private let blocks: UnsafeFollower
    private let isEnded: @Sendable () -> Bool
    /// Executes what comes, away from the threads that others wait for.
    private let queue = DispatchQueue(label: "mayfly.flashblocks", qos: .userInitiated)
    private let state = Mutex(State())

    /// - Parameters:
    ///   - blocks: takes the sequencer's sealed blocks.
    ///   - isEnded: whether the rollup has its last block: none is followed then.
    init(
        _ chain: RollupChain, feed: WebSocketFeed, blocks: UnsafeFollower,
        isEnded: @escaping @Sendable () -> Bool = { false }
    ) {
        self.isEnded = isEnded
        self.chain = chain
        self.feed = feed
        self.blocks = blocks
    }

    /// Whether the stream gives the blocks at the moment.
    var isOfUse: Bool {
        let patience = Duration.seconds(2 * chain.configuration.blockTime + 1)
        return state.withLock { $0.lastProgress.map { ContinuousClock.now - $0 < patience } ?? false }
    }

    /// Follows until it is cancelled; opens the stream again where it ends.
    ///
    /// - Parameter report: is told of trouble, once, and nil when it is over.
    func run(report: @Sendable (String?) -> Void) async {
        var patience = Patience()
        var hasReported = false
        while !Task.isCancelled {
            var session = Session()
            var trouble: String?
            do throws(WebSocketFeedError) {
                try await feed.listen { message in
                    let goesOn = await take(message, &session)
                    if session.hasSealed && hasReported {
                        report(nil)
                        hasReported = false
                    }
                    return goesOn
                }
                trouble = session.lastFailure?.message
            } catch {
                trouble = error.message
            }
            giveUp()
            if Task.isCancelled { break }
            if session.hasSealed { patience = Patience() }
            if let trouble, !hasReported, patience.isNoteworthy {
                report("\(feed.address) \(trouble)")
                hasReported = true
            }
            try? await Task.sleep(for: patience.next())
        }
    }

    /// - Returns: whether to go on with the stream.
    private func take(_ message: ByteBuffer, _ session: inout Session) async -> Bool {
        do throws(Failure) {
            switch try await onQueue({ () throws(Failure) in try self.apply(message) }) {
            case .nothing: break
            case .begin(let base, let transactions):
                guard !isEnded(), await catchUp(to: base) else {
                    giveUp()
                    break
                }
                try await onQueue { () throws(Failure) in try self.open(base, transactions) }
            case .seal(let block, let hash):
                try await seal(block, hash)
                session.hasSealed = true
                session.failures = 0
            }
        } catch {
            giveUp()
            // The chain went another way: no fault of the stream.
            if case .chain(.blockClosed) = error { return true }
            session.failures += 1
            session.lastFailure = error
        }
        return session.failures < Self.patience
    }

    /// Takes nothing more of the block that is coming.
    private func giveUp() {
        let block = state.withLock { state in
            state.order.passOver()
            state.lastProgress = nil
            return state.block.take()
        }
        if let block { chain.chain.abandon(block) }
    }

    private func onQueue<Result: Sendable>(
        _ body: @escaping @Sendable () throws(Failure) -> Result
    ) async throws(Failure) -> Result {
        let result: Swift.Result<Result, Failure> = await withCheckedContinuation { continuation in
            queue.async { continuation.resume(returning: Swift.Result { () throws(Failure) in try body() }) }
        }
        return try result.get()
    }

    // MARK: The thread that executes

    /// Reads a message, and adds what it brings to the block that is open.
    private func apply(_ message: ByteBuffer) throws(Failure) -> Next {
        let payload: FlashblockPayload
        do {
            payload = try message.withUnsafeReadableBytes { bytes in
                var reader = JSONReader(bytes)
                return try FlashblockPayload(reading: &reader)
            }
        } catch let error as JSONError {
            throw .message(error)
        } catch {
            throw .block("\(error)")
        }
        let (step, block) = state.withLock { state in
            (Result { () throws(FlashblockError) in try state.order.add(payload) }, state.block)
        }
        switch step {
        case .failure(let error): throw .order(error)
        case .success(.pass): return .nothing
        case .success(.begin(let base, let transactions)): return .begin(base, transactions: transactions)
        case .success(.extend(let transactions)):
            if let block { try extend(block, transactions) }
            return .nothing
        case .success(.end(let hash, let transactions)):
            guard let block else { return .nothing }
            try extend(block, transactions)
            return .seal(block, hash)
        }
    }

    private func extend(_ block: OpenBlock, _ transactions: [[UInt8]]) throws(Failure) {
        // A message that brings nothing is not kept: there may be any number of them.
        if !transactions.isEmpty {
            do throws(ChainError) { _ = try chain.chain.extend(block, with: transactions) } catch {
                throw .chain(error)
            }
        }
        state.withLock { $0.lastProgress = .now }
    }

    private func open(_ base: FlashblockPayload.Base, _ encoded: [[UInt8]]) throws(Failure) {
        let attributes = try BlockAttributes(base, encoded)
        let block: OpenBlock
        do throws(ChainError) {
            let parent = try chain.chain.view().headHeader
            // How much work a block may be is not for the stream to say; where L1 changes the limit, the sealed block comes.
            guard base.gasLimit == parent.gasLimit else { throw .attributes("another gas limit than before") }
            guard base.timestamp == parent.timestamp &+ chain.configuration.blockTime else {
                throw .attributes("timestamp \(base.timestamp) is not a block's time after the parent's")
            }
            block = try chain.chain.open(
                attributes, on: BlockReference(number: base.number &- 1, hash: base.parentHash)
            ) { (block, _) throws(ChainError) in
                guard FlashblockPayload.Base(block.header) == base else {
                    throw .attributes("the header is not what follows from the parent's")
                }
            }
        } catch {
            throw .chain(error)
        }
        state.withLock { state in
            state.block = block
            state.lastProgress = .now
        }
    }

    // MARK: The chain

    /// Takes the sealed blocks that are missing before a block that begins.
    ///
    /// - Returns: whether the block's parent is the head.
    private func catchUp(to base: FlashblockPayload.Base) async -> Bool {
        for _ in 0..<2 {
            let head = chain.chain.database.head
            if head.hash == base.parentHash { return true }
            guard base.number > head.number, base.number - head.number <= UnsafeFollower.reach else { return false }
            do throws(UnsafeFollower.Failure) { _ = try await blocks.advance() } catch { return false }
        }
        return chain.chain.database.head.hash == base.parentHash
    }

    /// Makes the block the head, where it is the one that the stream says.
    private func seal(_ block: OpenBlock, _ hash: Hash256) async throws(Failure) {
        do throws(ChainError) {
            // With the other changes of the head that follow somebody, one at a time.
            _ = try await chain.run { [chain] () throws(ChainError) in try chain.chain.seal(block, expecting: hash) }
        } catch {
            throw .chain(error)
        }
        state.withLock { state in
            state.block = nil
            state.lastProgress = .now
        }
    }
}

extension BlockAttributes {
    /// What the first message about a block says of it.
    fileprivate init(
        _ base: FlashblockPayload.Base, _ encoded: [[UInt8]]
    ) throws(FlashblockFollower.Failure) {
        guard let extra = RollupExtraData(base.extraData, upgrade: .jovian) else {
            throw .block("the extra data of block \(base.number) are not those of a rollup's block")
        }
        self.init(
            timestamp: base.timestamp, randomness: base.randomness, feeRecipient: base.feeRecipient, withdrawals: [],
            parentBeaconBlockRoot: base.parentBeaconBlockRoot, gasLimit: base.gasLimit)
        for bytes in encoded {
            do throws(TransactionDecodingError) {
                transactions.append(try Transaction(decoding: bytes))
            } catch {
                throw .block("a transaction of block \(base.number) cannot be decoded: \(error)")
            }
        }
        baseFeeParameters = Array(extra.encoded[1..<9])
        minimumBaseFee = extra.minimumBaseFee
    }
}
