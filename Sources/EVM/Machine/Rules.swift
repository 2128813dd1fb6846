/// The rules that a machine runs by: mainnet's, or those of the OP Stack, which follow mainnet's and differ in a few
/// values.
@frozen
public struct Rules: Equatable, Sendable {
    public var revision: Revision
    /// The OP Stack's upgrade, or nil on mainnet.
    public var optimism: OptimismRevision?

    @inlinable
    public init(_ revision: Revision, optimism: OptimismRevision? = nil) {
        self.revision = revision
        self.optimism = optimism
    }

    /// The rules of an OP Stack upgrade, with the mainnet rules that came with it.
    @inlinable
    public init(optimism: OptimismRevision) {
        self.init(optimism.revision, optimism: optimism)
    }
}

/// A set of OP Stack protocol rules, in the order of activation.
public enum OptimismRevision: UInt8, Comparable, CaseIterable, Sendable {
    case bedrock
    case regolith
    case canyon
    case ecotone
    case fjord
    case granite
    case holocene
    case isthmus
    case jovian

    @inlinable @inline(__always)
    public static func < (left: OptimismRevision, right: OptimismRevision) -> Bool { left.rawValue < right.rawValue }

    /// The mainnet rules of execution that hold under the upgrade.
    @inlinable
    public var revision: Revision {
        if self >= .isthmus { return .prague }
        if self >= .ecotone { return .cancun }
        return self >= .canyon ? .shanghai : .paris
    }
}
