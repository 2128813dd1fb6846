import ArgumentParser
import Gateway

/// Who may ask a gateway how much, and under which names.
struct TrafficOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Requests a second of each address that gives no key; 0 for any number. Heavy methods weigh more.",
            valueName: "number"))
    var rate: UInt32 = 1_000

    @Option(help: ArgumentHelp("Requests that such an address may save up.", valueName: "number"))
    var burst: UInt32 = 5_000

    @Flag(name: .customLong("limit-loopback"), help: "Hold clients on this machine to --rate too.")
    var limitsLoopback = false

    @Option(
        name: .customLong("in-flight"),
        help: ArgumentHelp("Requests that one rollup's node may have at a time.", valueName: "number"))
    var inFlight: UInt32 = 1_024

    @Option(
        name: .customLong("keys"),
        help: ArgumentHelp(
            "API keys for all rollups, beside those in the keys.json of each: {\"required\": true, \"keys\": [{\"name\": ..., "
                + "\"hash\": SHA-256 of the key, \"requestsPerSecond\": ..., \"burst\": ...}]}.", valueName: "file"))
    var keys: String?

    @Option(
        help: ArgumentHelp(
            "Serve each rollup at the host NAME.DOMAIN too, which has to lead here.", valueName: "domain"))
    var domain: String?

    @Option(
        help: ArgumentHelp(
            "Read replicas that all rollups may have together: processes that follow a rollup's node and answer reads while "
                + "there is much to do. By default half of the processors beyond two; none with --task.",
            valueName: "number"))
    var replicas: UInt32?

    @Option(
        name: .customLong("replica-load"),
        help: ArgumentHelp(
            "Requests that each of a rollup's processes has at a time, on average, from which on a replica is added.",
            valueName: "number"))
    var replicaLoad: UInt32 = 8

    @Option(
        name: .customLong("replica-rest"),
        help: ArgumentHelp(
            "How long fewer replicas would have been enough before one is ended: a number with ms, s, m, h or d.",
            valueName: "time"))
    var replicaRest = LengthOfTime(milliseconds: ReplicaLimits().rest)

    func validate() throws {
        if replicaLoad == 0 { throw ValidationError("--replica-load takes a number above 0.") }
        if replicas ?? 0 > 1_024 { throw ValidationError("--replicas takes a number up to 1024.") }
        if burst == 0 || inFlight == 0 { throw ValidationError("--burst and --in-flight take a number above 0.") }
        if let domain, domain.isEmpty || domain.hasPrefix(".") || domain.contains(where: { $0 == "/" || $0 == ":" }) {
            throw ValidationError("--domain takes a name like rollups.example, without a dot before and a port behind.")
        }
    }

    /// - Parameter isTask: whether others divide the machine: what it has is not this gateway's to take.
    func apply(to settings: inout GatewaySettings, isTask: Bool) {
        settings.traffic.rate = rate == 0 ? nil : Double(rate)
        settings.traffic.burst = Double(burst)
        settings.traffic.includesLoopback = limitsLoopback
        settings.traffic.inFlight = Int(inFlight)
        settings.keyFile = keys
        settings.replicas.total = replicas.map { Int($0) } ?? (isTask ? 0 : ReplicaLimits.machineTotal)
        settings.replicas.load = Double(replicaLoad)
        settings.replicas.rest = replicaRest.milliseconds
        settings.domain = domain?.lowercased()
    }
}
