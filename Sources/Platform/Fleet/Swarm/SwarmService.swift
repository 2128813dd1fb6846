import Cryptography

/// The service that runs one rollup: one task at a time, which runs a gateway with that rollup alone.
struct SwarmService: Equatable, Sendable {
    /// Whose services are this platform's.
    static let platformLabel = "io.mayfly.platform"
    static let rollupLabel = "io.mayfly.rollup"
    static let portLabel = "io.mayfly.port"
    /// Of the rest of the specification, to see whether a service is as it should be.
    static let versionLabel = "io.mayfly.specification"

    /// Where the gateway listens in its container.
    private static let innerPort: Int64 = 8_600
    private static let second: Int64 = 1_000_000_000

    var rollup: String
    /// The platform's identity.
    var platform: String
    /// The image's identity, or its name where a registry has it.
    var image: String
    /// On the node.
    var port: Int
    /// The rollup's directory on the nodes.
    var directory: String
    /// Whose files these are: the number of a user and of a group.
    var user: String

    static func name(of rollup: String, platform: String) -> String { "mayfly-\(platform)-\(rollup)" }

    /// The specification as the engine takes it.
    func specification(_ settings: SwarmSettings) -> JSONTree {
        var labels: [String: JSONTree] = [
            Self.platformLabel: .string(platform), Self.rollupLabel: .string(rollup),
            Self.portLabel: .string("\(port)"),
        ]
        let template = template(settings)
        let hash = "\(Keccak256.hash(Array((template.text + "\(port)").utf8)))"
        labels[Self.versionLabel] = .string(String(hash.dropFirst(2).prefix(16)))
        return [
            "Name": .string(Self.name(of: rollup, platform: platform)),
            "Labels": .object(labels),
            "TaskTemplate": template,
            "Mode": ["Replicated": ["Replicas": 1]],
            // Never two of them at the same directory.
            "UpdateConfig": ["Parallelism": 1, "Order": "stop-first", "FailureAction": "pause"],
            "RollbackConfig": ["Parallelism": 1, "Order": "stop-first", "FailureAction": "pause"],
            // On the node itself: the swarm's own mesh would need more of the kernel, and another hop.
            "EndpointSpec": [
                "Mode": "vip",
                "Ports": [
                    [
                        "Protocol": "tcp", "PublishMode": "host", "TargetPort": .integer(Self.innerPort),
                        "PublishedPort": .integer(Int64(port)),
                    ]
                ],
            ],
        ]
    }

    private func template(_ settings: SwarmSettings) -> JSONTree {
        [
            "ContainerSpec": [
                "Image": .string(image),
                "Labels": [Self.platformLabel: .string(platform), Self.rollupLabel: .string(rollup)],
                "Args": .strings(
                    ["gateway", "--task", "--rollups", "/rollups", "--http", "0.0.0.0:\(Self.innerPort)"]
                        + settings.gatewayArguments),
                "User": .string(user),
                "ReadOnly": true,
                "CapabilityDrop": ["ALL"],
                "Privileges": ["NoNewPrivileges": true],
                "StopSignal": "SIGTERM",
                "StopGracePeriod": .integer(settings.drainSeconds * Self.second),
                "Mounts": [
                    ["Type": "bind", "Source": .string(directory), "Target": "/rollups/\(rollup)"],
                    [
                        "Type": "tmpfs", "Target": "/tmp",
                        "TmpfsOptions": ["SizeBytes": .integer(64 << 20), "Mode": .integer(0o1777)],
                    ],
                ],
                "Healthcheck": [
                    "Test": ["CMD", "/usr/bin/mayfly", "health", "http://127.0.0.1:\(Self.innerPort)/health"],
                    "Interval": .integer(10 * Self.second), "Timeout": .integer(5 * Self.second), "Retries": 3,
                    // The time that the task before it has to let go of the directory.
                    "StartPeriod": .integer((settings.drainSeconds + 30) * Self.second),
                ],
            ],
            "Resources": [
                "Limits": [
                    "MemoryBytes": .integer(settings.memoryBytes), "NanoCPUs": .integer(settings.processorShare),
                    "Pids": .integer(settings.processLimit),
                ]
            ],
            // The gateway lengthens the pauses between starts of a process; what is left for here is its own death.
            "RestartPolicy": ["Condition": "any", "Delay": .integer(2 * Self.second), "MaxAttempts": 0],
            "Placement": ["Constraints": .strings(settings.constraints)],
        ]
    }
}
