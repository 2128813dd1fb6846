import Derivation
import Layers

/// The parts of a rollup's node, which work side by side: the first to end takes the others with it.
struct NodeParts {
    private typealias Outcome = Result<Void, DerivationFailure>

    private var parts: [@Sendable () async -> Outcome] = []

    /// Following L1 and deriving, which every node does.
    ///
    /// - Parameters:
    ///   - blobs: looks whether L1 changes unnoticed; nil where that is known.
    ///   - interval: from one question for L1's newest block to the next.
    ///   - report: is told of trouble, and when it is over.
    init(
        _ l1: L1Source, _ verifier: Verifier, _ blobs: BlobScheduleWatch?, every interval: Duration,
        report: @escaping @Sendable (RollupNode.Notice) -> Void
    ) {
        add { await l1.watch(every: interval) { report(RollupNode.notice("L1", $0?.message)) } }
        parts.append {
            do throws(DerivationFailure) {
                return .success(try await verifier.run { report(RollupNode.notice("derivation", $0)) })
            } catch {
                return .failure(error)
            }
        }
        guard let blobs else { return }
        parts.append {
            guard let schedule = L1BlobSchedule(await verifier.configuration.l1BlobUpgrades) else {
                return .success(())
            }
            do throws(DerivationFailure) {
                return .success(try await blobs.run(schedule, l1, report: report))
            } catch {
                return .failure(error)
            }
        }
    }

    /// Adds a part that cannot fail.
    mutating func add(_ part: @escaping @Sendable () async -> Void) {
        parts.append { .success(await part()) }
    }

    /// Works until it is cancelled.
    func run() async throws(DerivationFailure) {
        let outcome = await withTaskGroup(of: Outcome.self) { group in
            for part in parts { group.addTask { await part() } }
            let first = await group.next() ?? .success(())
            group.cancelAll()
            return first
        }
        try outcome.get()
    }
}
