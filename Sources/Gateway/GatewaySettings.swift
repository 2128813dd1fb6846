public import JSONRPC
public import Lifecycles
import NIOCore

/// How a gateway keeps its rollups.
public struct GatewaySettings: Sendable {
    /// The directory with a directory for each rollup, named like it.
    public var directory: String
    /// The program that runs nodes.
    public var executable: String
    /// What every process of a rollup is told of L1: `--l1 URL` and the like.
    public var l1Arguments: [String] = []
    /// Whether rollups are run here of which `place.json` says that others do: by those others.
    public var runsAll = false
    public var host = "127.0.0.1"
    /// Zero for any that is free.
    public var port = 8_600
    public var idling = IdlingLimits()
    public var policy = HTTPPolicy()
    public var limits = ConnectionLimits()
    /// Bytes of requests that all connections together may hold.
    public var memoryLimit = 64 << 20
    /// How long a process may take to answer a request that it has, seconds.
    public var answerTime: Int64 = 90

    public var cache = CacheLimits()
    public var traffic = TrafficLimits()
    public var replicas = ReplicaLimits()
    /// A file with keys for all rollups.
    public var keyFile: String?
    /// A name under which each rollup is a host: NAME.DOMAIN; lower case.
    public var domain: String?

    /// How long a request may take from its last byte to its answer's first.
    var wholeTime: TimeAmount { .milliseconds(Int64(idling.patience)) + .seconds(answerTime) }

    public init(directory: String, executable: String) {
        self.directory = directory
        self.executable = executable
    }
}

/// What answers that are kept may take.
public struct CacheLimits: Sendable {
    /// Bytes of one rollup's answers; zero keeps none.
    public var rollupBytes = 8 << 20
    /// Bytes of all rollups' answers.
    public var bytes = 64 << 20
    /// Answers of one rollup.
    public var count = 8_192
    /// Bytes of an answer.
    public var answerBytes = 256 << 10

    public init() {}
}

/// Why a gateway, or a rollup of it, does not run.
public struct GatewayError: Error, CustomStringConvertible, Equatable {
    public let description: String

    init(_ description: String) { self.description = description }
}
