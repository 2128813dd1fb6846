public import Derivation
public import EthereumClient
public import Layers
import StateTransition

extension EthereumClient {
    /// Waits until L1 answers, makes sure that it is the one that a rollup settles on, and asks it for what the rollup's
    /// file does not say of it.
    ///
    /// - Parameters:
    ///   - interval: from one round of asking to the next.
    ///   - report: is told once why L1 does not answer, and nil when it does after all.
    /// - Returns: the configuration with that; nil where the task was cancelled before.
    /// - Throws: fatal, where it is another chain.
    public func introduce(
        _ configuration: RollupConfiguration, every interval: Duration, report: (String?) -> Void
    ) async throws(LayerError) -> RollupConfiguration? {
        let expected = configuration.l1ChainID
        do throws(WrongChain) {
            guard try await confirm(chainID: expected, every: interval, report: { report($0?.message) }) else {
                return nil
            }
        } catch {
            throw LayerError(
                .settlement, .fatal,
                "--l1 serves chain \(error.found), and the rollup settles on chain \(error.expected): name an endpoint of "
                    + "that one")
        }
        return try await Self.asking(every: interval, report: { report($0?.message) }) {
            () async throws(LayerError) -> Result<RollupConfiguration, LayerError> in
            do throws(LayerError) {
                return .success(try await completed(configuration))
            } catch {
                if error.severity == .fatal { throw error }
                return .failure(error)
            }
        }
    }

    /// A rollup's configuration with what its file does not say of L1.
    ///
    /// - Throws: fatal, where nobody knows L1's schedule of blobs, or all endpoints that tell of it know another.
    public func completed(_ configuration: RollupConfiguration) async throws(LayerError) -> RollupConfiguration {
        var configuration = configuration
        let chainID = configuration.l1ChainID
        guard let schedule = L1BlobSchedule(configuration.l1BlobUpgrades) ?? .known(chainID: chainID) else {
            throw .unknownBlobs(chainID: chainID)
        }
        guard schedule.parameters(at: configuration.genesis.l2Time) != nil else {
            throw LayerError(
                .settlement, .fatal,
                "the rollup begins before L1 chain \(chainID) has blobs, as \(L1BlobSchedule.fileName) says: a rollup needs them"
            )
        }
        configuration.l1BlobUpgrades = schedule.upgrades
        let now: UInt64
        do throws(EthereumClientError) { now = try await header(.latest).header.timestamp } catch {
            throw LayerError(.settlement, error)
        }
        if let other = await contradiction(to: schedule), other.timestamp <= now {
            throw BlobScheduleWatch.failure(other, chainID: chainID)
        }
        return configuration
    }

    /// The schedule of an L1 for a rollup that begins on it: the one that is known here, or else what its endpoints tell.
    ///
    /// - Throws: fatal, where they do not tell.
    public func blobSchedule(chainID: UInt64) async throws(LayerError) -> L1BlobSchedule {
        if let known = L1BlobSchedule.known(chainID: chainID) { return known }
        let told: [ChainConfiguration.BlobUpgrade]
        do throws(EthereumClientError) { told = try await blobUpgrades() } catch {
            throw LayerError(.settlement, error)
        }
        guard let schedule = L1BlobSchedule(told) else { throw .unknownBlobs(chainID: chainID) }
        return schedule
    }

    /// What all endpoints that tell of L1's blobs have that is not in a schedule; nil for nothing.
    func contradiction(to schedule: L1BlobSchedule) async -> ChainConfiguration.BlobUpgrade? {
        var found: ChainConfiguration.BlobUpgrade?
        for endpoint in separately {
            let told: [ChainConfiguration.BlobUpgrade]?
            do throws(EthereumClientError) { told = try await endpoint.blobUpgrades() } catch { told = nil }
            guard let told, !told.isEmpty else { continue }
            guard let other = schedule.contradiction(to: told) else { return nil }
            found = found ?? other
        }
        return found
    }
}

extension LayerError {
    fileprivate static func unknownBlobs(chainID: UInt64) -> LayerError {
        LayerError(
            .settlement, .fatal,
            "L1 chain \(chainID) is not known here, and a rollup's blocks tell the price of its blobs: put its chain "
                + "configuration (its clients' genesis.json will do) beside rollup.json as \(L1BlobSchedule.fileName), the "
                + "same for all who derive the rollup")
    }
}
