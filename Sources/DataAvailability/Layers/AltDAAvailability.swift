public import Derivation
public import Layers
import Primitives

/// Data with a server of the OP Stack's alternative data availability; L1 has a commitment.
public struct AltDAAvailability: DataAvailabilityLayer {
    private let client: AltDAClient?
    private let skipped: [AltDACommitment]

    /// - Parameters:
    ///   - client: nil where no server is named.
    ///   - skipped: commitments whose data are lost for ever, which all nodes of the rollup have agreed to do without.
    public init(_ client: AltDAClient?, skipping skipped: [AltDACommitment] = []) {
        self.client = client
        self.skipped = skipped
    }

    public var choice: DataAvailabilityChoice { .altDA }

    public func holds(_ reference: DataReference) -> Bool {
        if case .commitment = reference { true } else { false }
    }

    public func fetch(_ reference: DataReference) async throws(LayerError) -> [[UInt8]] {
        guard case .commitment(let commitment, let block) = reference else { throw .otherReference(choice) }
        if skipped.contains(commitment) { return [] }
        let name = Hex.encode(commitment.encoded)
        guard let client else {
            throw LayerError(
                .dataAvailability, .retry,
                "L1 block \(block.number) has a commitment to data with an alt-DA provider, \(name): name a server with --alt-da "
                    + "URL")
        }
        do throws(AltDAError) {
            return [try await client.get(commitment)]
        } catch {
            // What no provider has today it may have tomorrow: the chain waits for it.
            throw LayerError(
                .dataAvailability, .retry,
                "L1 block \(block.number) has a commitment to data that cannot be had, \(name): \(error.message). Until they can, "
                    + "no block becomes safe. Only where they are lost for ever, all nodes of the rollup can go on without them, and "
                    + "without the blocks that nobody has elsewhere, with --skip-data \(name)")
        }
    }

    /// Has the server keep the data, and give them back; what it answers stands for them on L1.
    public func publish(_ parts: [[UInt8]]) async throws(LayerError) -> DataCarriage {
        guard let client else {
            throw LayerError(.dataAvailability, .fatal, "no alt-DA server is named: name one with --alt-da URL")
        }
        let data = Array(parts.joined())
        let commitment: AltDACommitment
        let kept: [UInt8]
        do throws(AltDAError) {
            commitment = try await client.put(data)
            kept = try await client.get(commitment)
        } catch {
            throw LayerError(.dataAvailability, error.isTransient ? .retry : .fatal, error.message)
        }
        // What it does not give back nobody could derive.
        guard kept == data else {
            throw LayerError(.dataAvailability, .retry, "the alt-DA server gives other data back than it was given")
        }
        return .input(commitment.batcherData)
    }

    public func close() async { await client?.close() }
}
