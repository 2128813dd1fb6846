/// The upgrades of the OP Stack that execution knows, in the order of activation.
public enum OPStackUpgrade: UInt8, Comparable, CaseIterable, Sendable {
    case regolith
    case canyon
    case ecotone
    case fjord
    case granite
    case holocene
    case isthmus
    case jovian

    @inlinable
    public static func < (left: OPStackUpgrade, right: OPStackUpgrade) -> Bool { left.rawValue < right.rawValue }
}

/// What tells one OP Stack chain's execution rules from another's.
public struct OPStackConfiguration: Equatable, Sendable {
    /// An upgrade with its begin, seconds since the Unix epoch.
    public struct Activation: Equatable, Sendable {
        public var upgrade: OPStackUpgrade
        public var timestamp: UInt64

        public init(_ upgrade: OPStackUpgrade, _ timestamp: UInt64) {
            self.upgrade = upgrade
            self.timestamp = timestamp
        }
    }

    /// In ascending order; Regolith holds from the beginning.
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
    public func upgrade(timestamp: UInt64) -> OPStackUpgrade {
        activations.last { $0.timestamp <= timestamp }?.upgrade ?? .regolith
    }
}
