import Cryptography
public import Primitives

/// What a batcher transaction says in place of data that lie with another provider (OP Stack specification, alt-DA).
public enum AltDACommitment: Equatable, Sendable {
    /// keccak256 of the data.
    case keccak256(Hash256)
    /// What the provider gave for the data: the byte of its layer and what that layer understands.
    case generic([UInt8])

    /// The version byte before the commitment in a batcher transaction.
    public static var version: UInt8 { 1 }
    /// The byte of Mayfly's own layer in a generic commitment: keccak256 of the data follows it (docs/data-availability.md).
    public static var contentLayer: UInt8 { 0x6D }
    /// The most bytes of data that a keccak256 commitment can stand for: what a challenge could force onto L1.
    public static var largestKeccakInput: Int { 130_672 }

    /// The generic commitment of Mayfly's own layer to data with that keccak256.
    public init(content hash: Hash256) { self = .generic([Self.contentLayer] + hash.bytes) }

    /// Reads the data of a batcher transaction, version byte included; nil where they are no commitment.
    public init?(batcherData data: [UInt8]) {
        guard data.count > 2, data[0] == Self.version else { return nil }
        switch data[1] {
        case 0:
            guard let hash = Hash256(Array(data[2...])) else { return nil }
            self = .keccak256(hash)
        case 1: self = .generic(Array(data[2...]))
        default: return nil
        }
    }

    /// The commitment as a provider's server is asked for it: type byte and commitment.
    public var encoded: [UInt8] {
        switch self {
        case .keccak256(let hash): [0] + hash.bytes
        case .generic(let bytes): [1] + bytes
        }
    }

    /// The data of a batcher transaction with this commitment.
    public var batcherData: [UInt8] { [Self.version] + encoded }

    /// The byte of the layer of a generic commitment; nil where there is none.
    public var layer: UInt8? {
        if case .generic(let bytes) = self { bytes.first } else { nil }
    }

    /// keccak256 of the data, where the commitment says it.
    public var contentHash: Hash256? {
        switch self {
        case .keccak256(let hash): return hash
        case .generic(let bytes):
            guard bytes.first == Self.contentLayer else { return nil }
            return Hash256(Array(bytes.dropFirst()))
        }
    }

    /// Whether a provider's answer is what was committed to, as far as the commitment says it.
    public func matches(_ data: [UInt8]) -> Bool {
        guard let contentHash else { return true }
        return Keccak256.hash(data) == contentHash
    }

    /// Whether derivation takes data of this size.
    public func allows(count: Int) -> Bool {
        if case .keccak256 = self { return count <= Self.largestKeccakInput }
        return true
    }
}
