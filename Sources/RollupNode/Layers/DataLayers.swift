import Derivation
public import Layers

/// All places where a rollup's data may be, in the order in which they are asked.
public struct DataLayers: Sendable {
    private let layers: [any DataAvailabilityLayer]

    /// - Parameter layers: one for each kind of reference that the batcher's transactions may have.
    public init(_ layers: [any DataAvailabilityLayer]) { self.layers = layers }

    /// The place that manifests and operators call so; nil where it is not at hand.
    public subscript(choice: DataAvailabilityChoice) -> (any DataAvailabilityLayer)? {
        layers.first { $0.choice == choice }
    }

    /// The data that a batcher transaction refers to, from the first place that holds such.
    ///
    /// - Throws: of severity retry where no place is at hand: others may have the data, and nothing is lost by waiting.
    func fetch(_ reference: DataReference) async throws(LayerError) -> [[UInt8]] {
        guard let layer = layers.first(where: { $0.holds(reference) }) else {
            let option =
                switch reference {
                case .blobs: "in blobs of L1: name a beacon API that has them with --l1-beacon URL"
                case .commitment: "with an alt-DA provider: name it with --alt-da URL"
                }
            throw LayerError(.dataAvailability, .retry, "the rollup's data lie \(option)")
        }
        return try await layer.fetch(reference)
    }

    public func close() async {
        for layer in layers { await layer.close() }
    }
}
