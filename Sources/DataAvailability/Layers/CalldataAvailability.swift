public import Layers

/// Data in the input of the batcher's transactions: whoever has the L1 block has them.
public struct CalldataAvailability: DataAvailabilityLayer {
    public init() {}

    public var choice: DataAvailabilityChoice { .calldata }

    public func holds(_ reference: DataReference) -> Bool { false }

    public func fetch(_ reference: DataReference) async throws(LayerError) -> [[UInt8]] {
        throw .otherReference(choice)
    }

    public func publish(_ parts: [[UInt8]]) async throws(LayerError) -> DataCarriage { .input(Array(parts.joined())) }
}
