public import Derivation
public import EthereumClient
public import EthereumRPC
public import JSONRPC
import Layers
import Lifecycles

/// A rollup's node that has another client execute the blocks, keep them and serve them: it follows L1, derives, and says
/// to that client which blocks to make.
public final class EngineNode: Sendable {
    public let verifier: Verifier
    private let execution: EngineExecution
    private let configuration: RollupConfiguration
    private let l1: L1Source
    private let data: DataLayers
    private let log: SafeHeadLog
    private let follower: UnsafeFollower?
    private let blobs: BlobScheduleWatch?
    private let lifecycle: LifecycleMethods.Source?
    private let meeting: L1Meeting

    /// - Parameters:
    ///   - directory: where the record of safe heads is kept.
    ///   - data: where the rollup's data may be.
    ///   - sequencer: whose newest blocks are taken; nil for none.
    ///   - followsLostFinality: whether to go on where L1 takes back what it had called final: an L1 for development may.
    ///   - introduction: where L1 may not be there yet; nil where the configuration is complete.
    ///   - blobs: looks whether L1 changes unnoticed; nil where that is known.
    ///   - lifecycle: asks L1 about the rollup's end; nil where nobody does.
    public init(
        _ execution: EngineExecution, _ configuration: RollupConfiguration, l1: L1Source, directory: String,
        data: DataLayers, sequencer: EthereumClient? = nil, followsLostFinality: Bool = false,
        blobs: BlobScheduleWatch? = nil, lifecycle: LifecycleMethods.Source? = nil,
        introduction: L1Meeting.Introduction? = nil
    ) throws {
        meeting = L1Meeting(introduction)
        self.blobs = blobs
        self.lifecycle = lifecycle
        self.execution = execution
        self.configuration = configuration
        self.l1 = l1
        self.data = data
        log = try SafeHeadLog(path: directory + "/safe-heads")
        verifier = Verifier(
            execution, configuration, l1: l1, log: log, data: data, followsLostFinality: followsLostFinality)
        follower = sequencer.map { UnsafeFollower(execution, sequencer: $0) }
    }

    /// The methods of a rollup's node: those of its chain are served by who executes it.
    public func addMethods(to methods: inout Methods, version: String) {
        OptimismMethods(execution, configuration, l1: l1, log: log, status: verifier.status, version: version)
            .add(to: &methods)
        LifecycleMethods(configuration, l1: l1, status: verifier.status, source: lifecycle).add(to: &methods)
    }

    /// What `/ready` says of the node.
    public var statusNotes: StatusNotes { StatusNotes(obstacle: meeting.waitsFor(l1, verifier)) }

    /// Works until it is cancelled.
    ///
    /// - Parameters:
    ///   - interval: from one question for L1's newest block to the next.
    ///   - report: is told of trouble, and when it is over.
    /// - Throws: what only a person can mend.
    public func run(
        every interval: Duration, report: @escaping @Sendable (RollupNode.Notice) -> Void
    ) async throws(DerivationFailure) {
        guard try await meeting.wait(report, complete: { await verifier.complete($0) }) else { return }
        try await meetEngine(report)
        var parts = NodeParts(l1, verifier, blobs, every: interval, report: report)
        if let follower {
            parts.add {
                await follower.run(every: .milliseconds(100)) { report(RollupNode.notice("the sequencer", $0)) }
            }
        }
        try await parts.run()
    }

    /// Waits until the engine answers, and makes sure that it has the rollup's chain.
    private func meetEngine(_ report: @Sendable (RollupNode.Notice) -> Void) async throws(DerivationFailure) {
        var patience = Patience()
        while !Task.isCancelled {
            do throws(LayerError) {
                try await execution.check()
                if patience.isNoteworthy { report(.recovered("the engine")) }
                return
            } catch {
                if error.severity == .fatal { throw .layer(error) }
                if !patience.isNoteworthy && !Task.isCancelled { report(.trouble("the engine: \(error.message)")) }
                try? await Task.sleep(for: patience.next())
            }
        }
    }

    /// Lets go of the connections.
    public func close() async {
        await l1.close()
        await data.close()
        await execution.close()
    }
}
