import JSONRPC

/// What clients may ask of a rollup.
public struct TrafficLimits: Equatable, Sendable {
    /// Weighted requests a second of each address that gives no key; nil for any number.
    public var rate: Double? = 1_000
    /// What an address may save up.
    public var burst: Double = 5_000
    /// Whether clients on this machine are held to that too.
    public var includesLoopback = false
    /// Requests of a rollup that its process may have at a time.
    public var inFlight = 1_024
    /// Requests of a rollup that may wait for their turn.
    public var waiting = 1_024

    public init() {}

    var allowance: Allowance? { rate.map { Allowance(rate: $0, burst: max(1, burst)) } }

    /// Reads what `gateway.json` says for a rollup, which holds for clients on this machine too.
    ///
    /// - Throws: where a key is not known or a value is no number above zero.
    mutating func read(_ reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let key = try reader.nextKey() {
            let start = reader.position
            let name = key.string
            let value = try reader.readUInt64()
            guard value > 0, value <= 1 << 32 else { throw JSONError(.invalidNumber, at: start) }
            switch name {
            case "requestsPerSecond": (rate, includesLoopback) = (Double(value), true)
            case "burst": burst = Double(value)
            case "inFlight": inFlight = Int(value)
            case "waiting": waiting = Int(value)
            default: throw JSONError(.unexpectedByte, at: start)
            }
        }
    }
}
