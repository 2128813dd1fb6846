/// How a fleet has a Kubernetes cluster run rollups.
public struct KubernetesSettings: Sendable {
    /// Of the API server: `https://HOST:PORT`, or `http://HOST:PORT` of a proxy that signs in itself.
    public var url: String
    /// The file with the bearer token, read anew for each request as it is changed now and then; nil for none.
    public var tokenFile: String?
    /// Certificates that the API server's is checked with, PEM; nil for those of this machine.
    public var certificates: String?
    public var namespace: String
    public var image: String
    /// What each pod's gateway is told: the L1 as the pods reach it, and when rollups sleep.
    public var gatewayArguments: [String]
    /// Whose volumes are asked for; nil for the cluster's default.
    public var storageClass: String?
    public var storageGibibytes: Int64 = 10
    public var memoryBytes: Int64 = 1 << 30
    /// Thousandths of a processor.
    public var processorShare: Int64 = 1_000
    /// Seconds for an end in order, before a pod is killed.
    public var drainSeconds: Int64 = 60
    /// After which a rollup without a record is removed.
    public var orphanGrace = Duration.seconds(600)

    public init(url: String, namespace: String, image: String, gatewayArguments: [String]) {
        self.url = url
        self.namespace = namespace
        self.image = image
        self.gatewayArguments = gatewayArguments
    }
}
