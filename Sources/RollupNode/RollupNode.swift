import Blockchain
public import Derivation
public import EthereumClient
public import JSONRPC
import Primitives

/// One node of a rollup: follows L1 and derives, serves what it knows, and takes the sequencer's newest blocks.
public final class RollupNode: Sendable {
    /// What the node is told of.
    public enum Notice: Sendable, Equatable {
        /// Something does not work at the moment, and is tried again.
        case trouble(String)
        /// It works again.
        case recovered(String)
    }

    public let chain: RollupChain
    public let l1: L1Source
    public let verifier: Verifier
    public let log: SafeHeadLog
    let sequencer: EthereumClient?
    /// Makes the rollup's blocks, where this node is its sequencer.
    private let sequencing: Sequencer?

    /// - Parameters:
    ///   - directory: where the record of safe heads is kept; that of the chain.
    ///   - altDA: where data are that L1 has only a commitment to; nil for none.
    ///   - sequencer: whose newest blocks are taken; nil for none.
    ///   - followsLostFinality: whether to go on where L1 takes back what it had called final: an L1 for development may.
    ///   - sequencing: how this node makes the rollup's blocks; nil where another one does.
    public init(
        _ chain: RollupChain, l1: L1Source, directory: String, altDA: Verifier.AltDAReader? = nil,
        sequencer: EthereumClient? = nil, sequencing: Sequencer.Settings? = nil, followsLostFinality: Bool = false
    ) throws {
        self.sequencing = try sequencing.map { settings in
            try Sequencer(chain, l1: l1, directory: directory, settings: settings)
        }
        self.chain = chain
        self.l1 = l1
        log = try SafeHeadLog(path: directory + "/safe-heads")
        verifier = Verifier(chain, l1: l1, log: log, altDA: altDA, followsLostFinality: followsLostFinality)
        self.sequencer = sequencer
    }

    /// Adds the methods that a rollup's node has besides those of its chain.
    public func addMethods(to methods: inout Methods, version: String) {
        OptimismMethods(chain, l1: l1, log: log, status: verifier.status, version: version).add(to: &methods)
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
        let result: Result<Void, DerivationFailure> = await withTaskGroup { group in
            group.addTask { [l1] in
                await l1.watch(every: interval) { report(Self.notice("L1", $0?.message)) }
                return Result<Void, DerivationFailure>.success(())
            }
            group.addTask { [verifier] in
                do throws(DerivationFailure) {
                    return .success(try await verifier.run { report(Self.notice("derivation", $0)) })
                } catch {
                    return .failure(error)
                }
            }
            if let follower = sequencer.map({ UnsafeFollower(chain, sequencer: $0) }) {
                group.addTask {
                    await follower.run(every: .milliseconds(100)) { report(Self.notice("the sequencer", $0)) }
                    return .success(())
                }
            }
            if let sequencing {
                group.addTask { [verifier] in
                    // First the chain is taken back to where L1 goes along with it.
                    for await _ in verifier.status.values() { break }
                    if !Task.isCancelled { await sequencing.run { report(Self.notice("sequencing", $0)) } }
                    return .success(())
                }
            }
            // The first to end takes the others with it.
            let first = await group.next() ?? .success(())
            group.cancelAll()
            return first
        }
        try result.get()
    }

    private static func notice(_ part: String, _ trouble: String?) -> Notice {
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
