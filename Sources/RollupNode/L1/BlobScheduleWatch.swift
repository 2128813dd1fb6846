public import EthereumClient
import Derivation
import Layers
import StateTransition

/// Looks whether L1 changes the parameters of its blobs in a way that this node does not know: from then on it would derive
/// other blocks than those who do.
public struct BlobScheduleWatch: Sendable {
    private let client: EthereumClient
    private let chainID: UInt64
    /// From one look to the next: changes are planned weeks ahead.
    private static let interval = Duration.seconds(3_600)

    /// - Parameter chainID: of L1.
    public init(_ client: EthereumClient, chainID: UInt64) {
        self.client = client
        self.chainID = chainID
    }

    /// Looks until it is cancelled, or L1 comes within a minute of a change that is not known.
    ///
    /// - Parameters:
    ///   - schedule: what is known.
    ///   - report: is told of a change that comes.
    func run(
        _ schedule: L1BlobSchedule, _ l1: L1Source, report: @Sendable (RollupNode.Notice) -> Void
    ) async throws(DerivationFailure) {
        var told: ChainConfiguration.BlobUpgrade?
        while !Task.isCancelled {
            let other = await client.contradiction(to: schedule)
            if let other, other != told {
                report(.happened(Self.failure(other, chainID: chainID).message))
            }
            told = other
            let next = ContinuousClock.now + Self.interval
            while !Task.isCancelled, .now < next {
                if let other, let head = l1.status.value?.head, other.timestamp <= head.timestamp + 60 {
                    throw .layer(Self.failure(other, chainID: chainID))
                }
                try? await Task.sleep(for: other == nil ? Self.interval : .seconds(1))
            }
        }
    }

    static func failure(_ other: ChainConfiguration.BlobUpgrade, chainID: UInt64) -> LayerError {
        let parameters = other.parameters
        return LayerError(
            .settlement, .fatal,
            "L1 has other parameters of blobs from time \(other.timestamp) on (target \(parameters.target), at most "
                + "\(parameters.maximum), fraction \(parameters.baseFeeUpdateFraction)) than are known here: put the chain "
                + "configuration of L1 \(chainID) beside rollup.json as \(L1BlobSchedule.fileName), the same for all who "
                + "derive the rollup")
    }
}
