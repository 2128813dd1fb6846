public import Derivation

/// A place where a rollup's data can be had by everybody, named by the transactions of its batcher on L1.
///
/// Each batcher transaction says itself where its data are, so that a rollup may change from one place to another between
/// any two of them: whoever derives has all the places at hand, and whoever publishes uses one at a time.
public protocol DataAvailabilityLayer: Sendable {
    /// What manifests and operators call it.
    var choice: DataAvailabilityChoice { get }

    /// Whether a batcher transaction that refers to data in this way means this place.
    func holds(_ reference: DataReference) -> Bool

    /// The data that a batcher transaction refers to, which match what it says of them.
    ///
    /// - Returns: one item for each thing referred to, in order; none for a commitment whose data all nodes of the rollup have
    ///   agreed to do without.
    /// - Throws: of severity retry where they cannot be had now: derivation cannot go on without them.
    func fetch(_ reference: DataReference) async throws(LayerError) -> [[UInt8]]

    /// Says what is going to be published soon, so that what takes long may be done before.
    func prepare(_ parts: [[UInt8]])

    /// Makes data available: puts them where they are kept, and proves what has to be proven.
    ///
    /// - Parameter parts: encoded frames, in pieces of the size that the place takes: a transaction's input, a blob each,
    ///   or all in one for who keeps them elsewhere.
    /// - Returns: what one L1 transaction carries for them.
    /// - Throws: of whatever severity; a batcher then has them on L1.
    func publish(_ parts: [[UInt8]]) async throws(LayerError) -> DataCarriage

    /// Lets go of connections; nothing may be asked afterwards.
    func close() async
}

extension DataAvailabilityLayer {
    public func prepare(_ parts: [[UInt8]]) {}

    public func close() async {}
}

/// How a batcher transaction refers to data that it does not carry itself.
public enum DataReference: Equatable, Sendable {
    /// Blobs of an L1 block.
    case blobs([BlobReference], in: L1BlockReference)
    /// What a commitment in an L1 block stands for.
    case commitment(AltDACommitment, in: L1BlockReference)
}

/// What an L1 transaction carries for a rollup's data.
public enum DataCarriage: Equatable, Sendable {
    /// In its input: the data, or a commitment to them, with the version byte.
    case input([UInt8])
    /// In its sidecar.
    case blobs(ProvenBlobs)
}

/// Blobs with what L1's nodes check them by (EIP-7594).
public struct ProvenBlobs: Equatable, Sendable {
    /// 131,072 bytes each.
    public var blobs: [[UInt8]]
    /// 48 bytes for each blob.
    public var commitments: [[UInt8]]
    /// 128 for each blob, 48 bytes each.
    public var cellProofs: [[UInt8]]

    public init(blobs: [[UInt8]] = [], commitments: [[UInt8]] = [], cellProofs: [[UInt8]] = []) {
        self.blobs = blobs
        self.commitments = commitments
        self.cellProofs = cellProofs
    }
}

extension LayerError {
    /// A place was asked for data that a reference does not say it has.
    public static func otherReference(_ choice: DataAvailabilityChoice) -> LayerError {
        LayerError(.dataAvailability, .fatal, "data were looked for in \(choice.rawValue) that are not there")
    }
}
