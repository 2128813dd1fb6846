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

    func validate() throws {
        if burst == 0 || inFlight == 0 { throw ValidationError("--burst and --in-flight take a number above 0.") }
        if let domain, domain.isEmpty || domain.hasPrefix(".") || domain.contains(where: { $0 == "/" || $0 == ":" }) {
            throw ValidationError("--domain takes a name like rollups.example, without a dot before and a port behind.")
        }
    }

    func apply(to settings: inout GatewaySettings) {
        settings.traffic.rate = rate == 0 ? nil : Double(rate)
        settings.traffic.burst = Double(burst)
        settings.traffic.includesLoopback = limitsLoopback
        settings.traffic.inFlight = Int(inFlight)
        settings.keyFile = keys
        settings.domain = domain?.lowercased()
    }
}
