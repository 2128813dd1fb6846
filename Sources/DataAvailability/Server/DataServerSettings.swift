public import NIOCore

/// Where data are served, and what clients may cost.
public struct DataServerSettings: Sendable {
    /// A name or address of this machine.
    public var host = "127.0.0.1"
    /// Zero for any that is free.
    public var port = 0
    /// Bytes of one put.
    public var dataLimit = 32 << 20
    /// Connections at a time; more are closed.
    public var connections = 256
    /// Puts at a time; more are sent away with 503.
    public var uploads = 16
    /// Gets at a time; more are sent away with 503.
    public var downloads = 32
    /// Between requests, and for a request's head.
    public var idleTimeout = TimeAmount.seconds(60)
    /// For a request's body or its answer, beside the time that its size allows.
    public var transferTimeout = TimeAmount.seconds(30)
    /// Bytes a second that clients have to send or take.
    public var slowestRate = 512 << 10
    /// What `/health` says of the program.
    public var version = ""

    public init() {}

    /// How long a transfer may take.
    func timeout(of bytes: Int) -> TimeAmount {
        transferTimeout + .nanoseconds(Int64(Double(bytes) / Double(max(1, slowestRate)) * 1e9))
    }

    /// How often a connection looks at its clock.
    var tick: TimeAmount {
        .nanoseconds(min(max(min(idleTimeout, transferTimeout).nanoseconds / 4, 10_000_000), 1_000_000_000))
    }
}
