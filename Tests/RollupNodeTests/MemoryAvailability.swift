import Cryptography
import Derivation
import Layers
import Primitives
import Synchronization

/// Data that this process keeps, under their hash: the shortest place there can be, and the example of docs/layers.md.
final class MemoryAvailability: DataAvailabilityLayer {
    private let kept = Mutex<[Hash256: [UInt8]]>([:])

    var count: Int { kept.withLock { $0.count } }

    // It takes the place of an alt-DA server.
    let choice = DataAvailabilityChoice.altDA

    func holds(_ reference: DataReference) -> Bool {
        guard case .commitment(let commitment, _) = reference else { return false }
        return commitment.contentHash != nil
    }

    func fetch(_ reference: DataReference) async throws(LayerError) -> [[UInt8]] {
        guard case .commitment(let commitment, let block) = reference, let hash = commitment.contentHash else {
            throw .otherReference(choice)
        }
        guard let data = kept.withLock({ $0[hash] }) else {
            throw LayerError(.dataAvailability, .retry, "nobody has put the data that L1 block \(block.number) names")
        }
        return [data]
    }

    func publish(_ parts: [[UInt8]]) async throws(LayerError) -> DataCarriage {
        let data = Array(parts.joined())
        let hash = Keccak256.hash(data)
        kept.withLock { $0[hash] = data }
        return .input(AltDACommitment(content: hash).batcherData)
    }
}
