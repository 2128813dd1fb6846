import Blockchain
public import Derivation
public import EthereumClient
public import JSONRPC
import Layers
import Primitives

/// One node of a rollup: follows L1 and derives, serves what it knows, and takes the sequencer's newest blocks.
public final class RollupNode: Sendable {
    /// What the node is told of.
    public enum Notice: Sendable, Equatable {
        /// Something does not work at the moment, and is tried again.
        case trouble(String)
        /// It works again.
        case recovered(String)
        /// Something happened that who runs the node has to know.
        case happened(String)
    }

    public let chain: RollupChain
    public let l1: L1Source
    public let verifier: Verifier
    public let log: SafeHeadLog
    private let data: DataLayers
    let sequencer: EthereumClient?
    private let meeting: L1Meeting
    private let blobs: BlobScheduleWatch?
    /// The sequencer's stream of the block that it makes.
    private let flashblocks: WebSocketFeed?
    /// Makes the rollup's blocks, where this node is its sequencer.
    private let sequencing: Sequencer?
    private let lifecycle: LifecycleMethods.Source?

    /// - Parameters:
    ///   - directory: where the record of safe heads is kept; that of the chain.
    ///   - data: where the rollup's data may be.
    ///   - sequencer: whose newest blocks are taken; nil for none.
    ///   - flashblocks: where the sequencer tells of blocks while it makes them; nil for nowhere. Needs `sequencer`.
    ///   - followsLostFinality: whether to go on where L1 takes back what it had called final: an L1 for development may.
    ///   - introduction: where L1 may not be there yet; nil where the configuration is complete.
    ///   - blobs: looks whether L1 changes unnoticed; nil where that is known.
    ///   - lifecycle: asks L1 about the rollup's end; nil where nobody does.
    ///   - sequencing: how this node makes the rollup's blocks; nil where another one does.
    public init(
        _ chain: RollupChain, l1: L1Source, directory: String, data: DataLayers, sequencer: EthereumClient? = nil,
        flashblocks: WebSocketAddress? = nil, sequencing: Sequencer.Settings? = nil, followsLostFinality: Bool = false,
        blobs: BlobScheduleWatch? = nil, lifecycle: LifecycleMethods.Source? = nil,
        introduction: L1Meeting.Introduction? = nil
    ) throws {
        self.blobs = blobs
        self.lifecycle = lifecycle
        self.sequencing = try sequencing.map { settings in
            try Sequencer(chain, l1: l1, directory: directory, settings: settings)
        }
        self.chain = chain
        self.l1 = l1
        log = try SafeHeadLog(path: directory + "/safe-heads")
        self.data = data
        verifier = Verifier(
            chain, chain.configuration, l1: l1, log: log, data: data, followsLostFinality: followsLostFinality)
        self.sequencer = sequencer
        self.flashblocks = flashblocks.map { WebSocketFeed($0) }
        meeting = L1Meeting(introduction)
    }

    /// What the node waits for before it can do its work; nil for nothing.
    public var waitsFor: String? { meeting.waitsFor(l1, verifier) }

    /// What this node's blocks have that is not safe; nil where it makes none.
    public var unpublished: UnpublishedData? { sequencing?.unpublished }

    /// Adds the methods that a rollup's node has besides those of its chain.
    public func addMethods(to methods: inout Methods, version: String) {
        OptimismMethods(
            chain, chain.configuration, l1: l1, log: log, status: verifier.status, version: version
        ).add(to: &methods)
        LifecycleMethods(chain.configuration, l1: l1, status: verifier.status, source: lifecycle).add(to: &methods)
        forwardTransactions(of: &methods)
    }

    /// Works until it is cancelled.
    ///
    /// - Parameters:
    ///   - interval: from one question for L1's newest block to the next.
    ///   - report: is told of trouble, and when it is over.
    /// - Throws: what only a person can mend.
    public func run(
        every interval: Duration, report: @escaping @Sendable (Notice) -> Void
    ) async throws(DerivationFailure) {
        let isThere = try await meeting.wait(report) { completed in
            chain.complete(completed)
            await verifier.complete(completed)
        }
        guard isThere else { return }
        var parts = NodeParts(l1, verifier, blobs, every: interval, report: report)
        parts.add { [chain, l1, verifier] in
            await PromiseWatch(chain: chain, l1: l1, status: verifier.status).run(
                dropped: { report(.happened($0)) }, window: { report(Self.notice("the sequencing window", $0)) })
            // It ends where nobody derives any more, and takes nothing with it.
            while !Task.isCancelled { try? await Task.sleep(for: .seconds(3_600)) }
        }
        if let follower = sequencer.map({ UnsafeFollower(chain, sequencer: $0) }) {
            let isEnded: @Sendable () -> Bool = { [verifier] in verifier.status.value?.isClosed ?? false }
            let stream = flashblocks.map {
                FlashblockFollower(chain, feed: $0, blocks: follower, isEnded: isEnded)
            }
            parts.add {
                await follower.run(
                    every: .milliseconds(100), isStreaming: { stream?.isOfUse ?? false }, isEnded: isEnded
                ) {
                    report(Self.notice("the sequencer", $0))
                }
            }
            if let stream {
                parts.add { await stream.run { report(Self.notice("the sequencer's stream", $0)) } }
            }
        }
        if let sequencing {
            parts.add {
                await self.waitForChain()
                if Task.isCancelled { return }
                await sequencing.run(heldBack: { report(Self.notice("publishing", $0)) }) {
                    report(Self.notice("sequencing", $0))
                }
            }
        }
        try await parts.run()
    }

    /// Waits until the chain is taken back to where L1 goes along with it, and has all that L1 gives: another block at a
    /// height that L1 has one for already would come to nothing.
    ///
    /// Where L1's data cannot be had, who has made blocks before goes on after his own.
    private func waitForChain() async {
        for await status in verifier.status.values() {
            if status.isCurrent { return }
            let head = (try? chain.head().number) ?? 0
            if status.trouble != nil && head > status.safe.number { return }
        }
    }

    /// Lets go of the connections to L1 and to where the data are.
    public func close() async {
        await l1.close()
        await data.close()
    }

    static func notice(_ part: String, _ trouble: String?) -> Notice {
        if let trouble { .trouble("\(part): \(trouble)") } else { .recovered(part) }
    }

    /// Derives what L1's newest block gives, and ends.
    ///
    /// - Parameter body: is given each block.
    public func derive(
        upTo last: UInt64, _ body: @escaping @Sendable (DerivedBlock) -> Void
    ) async throws(DerivationFailure) {
        try await verifier.derive(upTo: last, body)
    }
}

/// A block of the rollup as L1 gave it.
public struct DerivedBlock: Equatable, Sendable {
    public var reference: L2BlockReference
    /// With deposits.
    public var transactionCount: Int
    /// The L1 block with which it was known.
    public var derivedFrom: L1BlockReference
}
