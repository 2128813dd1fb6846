public import EVM

/// What tells one OP Stack chain's execution rules from another's.
public struct OPStackConfiguration: Equatable, Sendable {
    /// An upgrade with its begin, seconds since the Unix epoch.
    public struct Activation: Equatable, Sendable {
        public var upgrade: OptimismRevision
        public var timestamp: UInt64

        public init(_ upgrade: OptimismRevision, _ timestamp: UInt64) {
            self.upgrade = upgrade
            self.timestamp = timestamp
        }
    }

    /// In ascending order; Regolith holds before the first.
    public var activations: [Activation]
    /// The base-fee parameters before Holocene, with Canyon's denominator, and wherever a block builder names none.
    public var baseFeeParameters: BaseFeeParameters

    public init(
        activations: [Activation], baseFeeParameters: BaseFeeParameters = .init(elasticity: 6, denominator: 250)
    ) {
        self.activations = activations
        self.baseFeeParameters = baseFeeParameters
    }

    /// The latest upgrade at `timestamp`.
    public func upgrade(timestamp: UInt64) -> OptimismRevision {
        activations.last { $0.timestamp <= timestamp }?.upgrade ?? .regolith
    }
}
