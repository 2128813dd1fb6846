/// A set of mainnet protocol rules, in the order of activation.
///
/// The blob-parameter-only forks change the blob schedule, not the rules of execution: they run as `osaka`.
public enum Revision: UInt8, Comparable, CaseIterable, Sendable {
    case frontier
    case homestead
    case tangerineWhistle
    case spuriousDragon
    case byzantium
    case constantinople
    case petersburg
    case istanbul
    case berlin
    case london
    case paris
    case shanghai
    case cancun
    case prague
    case osaka

    @inlinable @inline(__always)
    public static func < (left: Revision, right: Revision) -> Bool { left.rawValue < right.rawValue }
}
