import ArgumentParser
import Foundation
import Platform

/// Where a platform has rollups run.
struct FleetOptions: ParsableArguments {
    enum Kind: String, CaseIterable, ExpressibleByArgument {
        case local, swarm, kubernetes
    }

    @Option(
        help: ArgumentHelp(
            "Who runs the rollups: the gateway as its child processes, a Docker Swarm, or a Kubernetes cluster.",
            valueName: "kind"))
    var fleet = Kind.local

    @Option(help: ArgumentHelp("The Docker Engine of a manager of the swarm.", valueName: "url"))
    var docker = "unix:///var/run/docker.sock"

    @Option(help: ArgumentHelp("The image that rollups run in, as scripts/image makes it.", valueName: "name"))
    var image = "mayfly:\(Version.number)"

    @Option(
        name: .customLong("node-directory"),
        help: ArgumentHelp(
            "Where the swarm's nodes have the folder `rollups` of --data. Default: at the same path.", valueName: "dir")
    )
    var nodeDirectory: String?

    @Option(
        name: .customLong("fleet-ports"),
        help: ArgumentHelp("Ports of the nodes that rollups are served on, for the gateway.", valueName: "first-last"))
    var ports = PortRange(ports: 20_000...29_999)

    @Option(
        name: .customLong("constraint"),
        help: ArgumentHelp(
            "Which nodes may run rollups: node.labels.rollups==yes; may be repeated.", valueName: "text"))
    var constraints: [String] = []

    @Option(name: .customLong("task-memory"), help: ArgumentHelp("MiB of memory of one rollup.", valueName: "n"))
    var memory: Int64 = 1_024

    @Option(name: .customLong("task-cpus"), help: ArgumentHelp("Processors of one rollup.", valueName: "n"))
    var processors = 1.0

    @Option(
        name: .customLong("task-idle-after"),
        help: ArgumentHelp("From a rollup's last answer to the stop of its processes in its task.", valueName: "time"))
    var idleAfter = LengthOfTime(milliseconds: 300_000)

    @Option(
        name: .customLong("orphan-grace"),
        help: ArgumentHelp("After which what runs without a record of this platform is removed.", valueName: "time"))
    var orphanGrace = LengthOfTime(milliseconds: 600_000)

    @OptionGroup var kubernetes: KubernetesOptions

    func validate() throws {
        if memory < 64 { throw ValidationError("--task-memory takes 64 or more MiB.") }
        if !(0.01...1_024).contains(processors) {
            throw ValidationError("--task-cpus takes a number from 0.01 to 1024.")
        }
    }

    /// The fleet, for a platform whose records are in a directory.
    ///
    /// - Parameter gateway: the one in front; its URL.
    func make(directory: String, gateway: String, l1: L1Options) async throws(FleetError) -> any Fleet {
        switch fleet {
        case .local: return try LocalFleet(directory: directory, gateway: gateway)
        case .swarm:
            return try await SwarmFleet(
                directory: directory, gateway: gateway, try swarm(l1, rollups: Self.absolute(directory) + "/rollups"))
        case .kubernetes:
            try Self.check(l1)
            return try await KubernetesFleet(
                directory: directory, gateway: gateway, try kubernetesSettings(l1.arguments, kubernetes.apiServer()))
        }
    }

    /// What is asked for of a cluster.
    func kubernetesSettings(_ l1: [String], _ url: String) -> KubernetesSettings {
        var settings = KubernetesSettings(
            url: url, namespace: kubernetes.namespace, image: image,
            gatewayArguments: l1 + ["--idle-after", "\(idleAfter.milliseconds)ms"])
        settings.tokenFile = kubernetes.usedTokenFile
        settings.certificates = kubernetes.usedCertificates
        settings.storageClass = kubernetes.storageClass
        settings.storageGibibytes = kubernetes.storage
        settings.memoryBytes = memory << 20
        settings.processorShare = Int64(processors * 1_000)
        settings.orphanGrace = .milliseconds(Int64(orphanGrace.milliseconds))
        return settings
    }

    private static func check(_ l1: L1Options) throws(FleetError) {
        for url in l1.endpoints + l1.beacons where isOwn(url) {
            throw FleetError(
                "the rollups' containers do not reach \(L1Options.forPeople(url)), which is each one's own address: give --l1 and "
                    + "--l1-beacon addresses that the nodes reach")
        }
    }

    private func swarm(_ l1: L1Options, rollups: String) throws(FleetError) -> SwarmSettings {
        try Self.check(l1)
        var settings = SwarmSettings(
            engine: docker, image: image,
            gatewayArguments: l1.arguments + ["--idle-after", "\(idleAfter.milliseconds)ms"])
        settings.nodeDirectory = nodeDirectory ?? rollups
        settings.ports = ports.ports
        settings.constraints = constraints
        settings.memoryBytes = memory << 20
        settings.processorShare = Int64(processors * 1e9)
        settings.orphanGrace = .milliseconds(Int64(orphanGrace.milliseconds))
        return settings
    }

    private static func isOwn(_ url: String) -> Bool {
        guard let host = URL(string: url)?.host else { return false }
        return ListenAddress(host: host, port: 0).isLoopback
    }

    private static func absolute(_ path: String) -> String {
        URL(fileURLWithPath: path).resolvingSymlinksInPath().path
    }
}

/// Ports from one to another: `20000-29999`.
struct PortRange: ExpressibleByArgument, Equatable {
    var ports: ClosedRange<Int>

    init(ports: ClosedRange<Int>) { self.ports = ports }

    init?(argument: String) {
        let ends = argument.split(separator: "-").map { Int($0) }
        guard ends.count == 2, let first = ends[0], let last = ends[1], first <= last, first >= 1, last <= 65_535 else {
            return nil
        }
        ports = first...last
    }

    var defaultValueDescription: String { "\(ports.lowerBound)-\(ports.upperBound)" }
}
