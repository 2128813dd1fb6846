import Glibc
import JSONRPC

/// How many read replicas rollups may have, and when one is worth its price.
public struct ReplicaLimits: Equatable, Sendable {
    /// Of all rollups of the gateway together; zero for none.
    public var total = 0
    /// Requests that each process may have on its mind at a time, on average, before another one is started to help.
    public var load = 8.0
    /// How long it has to be more than that, milliseconds.
    public var patience: UInt64 = 2_000
    /// How long fewer would have been enough before one is ended, milliseconds.
    public var rest: UInt64 = 60_000
    /// After which one that does not keep up with the node is replaced, milliseconds.
    public var lag: UInt64 = 30_000

    public init() {}

    /// As many as this machine has processors for: one that has none to itself only takes time from the node that it is to help.
    public static var machineTotal: Int { max(0, (sysconf(Int32(_SC_NPROCESSORS_ONLN)) - 2) / 2) }
}

/// What `gateway.json` says of a rollup's replicas.
struct ReplicaRange: Equatable, Sendable {
    /// That run as long as the rollup does.
    var least = 0
    var most: Int?

    /// - Throws: where a key is not known, a value is no small number, or the least is more than the most.
    static func read(_ reader: inout JSONReader) throws(JSONError) -> ReplicaRange {
        var range = ReplicaRange()
        let start = reader.position
        try reader.beginObject()
        while let key = try reader.nextKey() {
            let start = reader.position
            let name = key.string
            let value = try reader.readUInt64()
            guard value <= 64 else { throw JSONError(.invalidNumber, at: start) }
            switch name {
            case "least": range.least = Int(value)
            case "most": range.most = Int(value)
            default: throw JSONError(.unexpectedByte, at: start)
            }
        }
        guard range.least <= range.most ?? range.least else { throw JSONError(.invalidNumber, at: start) }
        return range
    }
}

/// How many replicas all rollups have. Confined to the gateway's loop.
final class ReplicaBudget {
    let limits: ReplicaLimits
    private(set) var used = 0

    init(_ limits: ReplicaLimits) { self.limits = limits }

    /// What one rollup may have of its own accord.
    var share: Int { (limits.total + 1) / 2 }

    /// Counts one more; false where there may be none.
    func take() -> Bool {
        guard used < limits.total else { return false }
        used += 1
        return true
    }

    func giveBack() { used -= 1 }
}
