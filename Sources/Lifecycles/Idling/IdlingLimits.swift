/// How long a rollup's process runs without being asked, and what may wait for it; times are milliseconds.
public struct IdlingLimits: Equatable, Sendable {
    /// From the end of the last request to the end of the process.
    public var idleAfter: UInt64 = 300_000
    /// After which a process is started although nobody asks, so that L1 hears of the rollup; nil for never.
    public var longestSleep: UInt64?
    /// Requests that may wait for the process.
    public var waitingCount = 1_024
    /// Bytes that they may have together.
    public var waitingBytes = 16 << 20
    /// How long a request waits at most.
    public var patience: UInt64 = 30_000
    /// How long a process may take from its start until it serves.
    public var startingTime: UInt64 = 60_000
    /// How long it may take to end.
    public var stoppingTime: UInt64 = 20_000
    /// From one question whether a quiet process may end to the next.
    public var askingInterval: UInt64 = 1_000
    /// How long the answer may take.
    public var askingTime: UInt64 = 10_000
    /// After which a process that died is started again; twice as long each time that it dies again.
    public var firstRest: UInt64 = 500
    public var longestRest: UInt64 = 60_000
    /// How long a process has to serve for earlier deaths to be forgotten.
    public var steadyTime: UInt64 = 60_000

    public init() {}
}
