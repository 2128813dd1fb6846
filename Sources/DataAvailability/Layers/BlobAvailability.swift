import Cryptography
import Derivation
public import EthereumClient
public import Layers

/// Data in blobs of L1 (EIP-4844), which consensus clients keep for 18 days.
public struct BlobAvailability: DataAvailabilityLayer {
    private let beacon: BeaconClient?
    private let prover = BlobProver()

    /// - Parameter beacon: where blobs are to be had; nil for who only publishes.
    public init(_ beacon: BeaconClient?) { self.beacon = beacon }

    public var choice: DataAvailabilityChoice { .blobs }

    public func holds(_ reference: DataReference) -> Bool {
        guard case .blobs = reference else { return false }
        return beacon != nil
    }

    public func fetch(_ reference: DataReference) async throws(LayerError) -> [[UInt8]] {
        guard case .blobs(let references, let block) = reference, let beacon else { throw .otherReference(choice) }
        do throws(EthereumClientError) {
            return try await beacon.blobs(references.map { $0.versionedHash }, inBlockAt: block.timestamp)
        } catch {
            throw LayerError(.dataAvailability, error)
        }
    }

    /// Begins to prove blobs, beside everything else.
    public func prepare(_ parts: [[UInt8]]) { prover.prepare(parts) }

    /// Blobs with their proofs: at once where they were prepared long enough before.
    public func publish(_ parts: [[UInt8]]) async throws(LayerError) -> DataCarriage {
        do throws(KZGError) { return .blobs(try await prover.proven(parts)) } catch {
            throw LayerError(.dataAvailability, .retry, "what was to be a blob is none: \(error)")
        }
    }

    public func close() async { await beacon?.close() }
}
