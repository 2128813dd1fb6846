/// How a fleet has a swarm run rollups.
public struct SwarmSettings: Sendable {
    /// `unix:///PATH` or `http://HOST:PORT` of a manager's Docker Engine.
    public var engine: String
    /// Of mayfly, as `scripts/image` makes it.
    public var image: String
    /// What each task's gateway is told: the L1 as the swarm's nodes reach it, and when rollups sleep.
    public var gatewayArguments: [String]
    /// Where the swarm's nodes have the platform's folder `rollups`; nil for the same path as here.
    public var nodeDirectory: String?
    /// On which port of its node a rollup is served: one of these, its own for as long as it lives.
    public var ports = 20_000...29_999
    /// Which nodes may run rollups, as Docker has it: `node.labels.rollups==yes`.
    public var constraints: [String] = []
    public var memoryBytes: Int64 = 1 << 30
    /// Of a processor, in billionths.
    public var processorShare: Int64 = 1_000_000_000
    public var processLimit: Int64 = 512
    /// Seconds for an end in order, before the task is killed: longer than a gateway gives its processes.
    public var drainSeconds: Int64 = 60
    /// After which a service without a record is removed.
    public var orphanGrace = Duration.seconds(600)

    public init(engine: String, image: String, gatewayArguments: [String]) {
        self.engine = engine
        self.image = image
        self.gatewayArguments = gatewayArguments
    }
}
