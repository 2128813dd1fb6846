import Cryptography
import Foundation
import Primitives

/// What a cluster is to have for one rollup: a pod that keeps its name and volume, where it is found, and what it may.
public struct KubernetesObjects: Sendable {
    /// A file of the launch, by its path in the rollup's directory.
    public struct File: Equatable, Sendable {
        public var path: String
        public var bytes: [UInt8]

        public init(path: String, bytes: [UInt8]) {
            self.path = path
            self.bytes = bytes
        }
    }

    static let port: Int64 = 8_600
    /// As the image names it.
    private static let user: JSONTree = 65_532
    static let platformLabel = "io.mayfly.platform"
    static let rollupLabel = "io.mayfly.rollup"

    var rollup: String
    /// The platform's identity.
    var platform: String
    var files: [File]
    var settings: KubernetesSettings

    public init(rollup: String, platform: String, files: [File], settings: KubernetesSettings) {
        self.rollup = rollup
        self.platform = platform
        self.files = files
        self.settings = settings
    }

    /// What a platform's objects for a rollup are called: another platform in the namespace may have one of the same name.
    static func name(of rollup: String, on platform: String) -> String { "m-\(rollup)-\(platform)" }

    private var name: JSONTree { .string(Self.name(of: rollup, on: platform)) }

    /// What its volume is called: one rollup's alone, also where a later one has the same name.
    private var volume: JSONTree {
        let launch = files.first { $0.path == "rollup.json" }?.bytes ?? []
        return .string("rollup-" + "\(Keccak256.hash(launch))".dropFirst(2).prefix(8))
    }

    /// What its pod is known by; never changed.
    private var selector: JSONTree {
        [
            "app.kubernetes.io/name": "mayfly", "io.mayfly.rollup": .string(rollup),
            "io.mayfly.platform": .string(platform),
        ]
    }

    private var labels: JSONTree {
        [
            "app.kubernetes.io/name": "mayfly", "app.kubernetes.io/component": "rollup",
            "app.kubernetes.io/managed-by": "mayfly", "io.mayfly.rollup": .string(rollup),
            "io.mayfly.platform": .string(platform),
        ]
    }

    private var metadata: JSONTree {
        ["name": name, "namespace": .string(settings.namespace), "labels": labels]
    }

    /// All of them, in the order in which they are applied.
    public var all: [JSONTree] { [secret, service, networkPolicy, disruptionBudget, statefulSet] }

    /// The keys of its processes and the files of its launch, which the pod copies to its volume.
    var secret: JSONTree {
        let data = files.map {
            ($0.path.replacing("/", with: "."), JSONTree.string(Data($0.bytes).base64EncodedString()))
        }
        return [
            "apiVersion": "v1", "kind": "Secret", "metadata": metadata, "type": "Opaque",
            "data": .object(Dictionary(data) { _, last in last }),
        ]
    }

    /// Where the pod is found: a name for its own address.
    var service: JSONTree {
        [
            "apiVersion": "v1", "kind": "Service", "metadata": metadata,
            "spec": [
                "clusterIP": "None", "selector": selector,
                "ports": [["name": "http", "port": .integer(Self.port), "protocol": "TCP", "targetPort": "http"]],
            ],
        ]
    }

    /// Only the gateway reaches it; it reaches L1.
    var networkPolicy: JSONTree {
        [
            "apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": metadata,
            "spec": [
                "podSelector": ["matchLabels": selector], "policyTypes": ["Ingress"],
                "ingress": [
                    [
                        "from": [
                            [
                                "podSelector": [
                                    "matchLabels": [
                                        "app.kubernetes.io/name": "mayfly", "app.kubernetes.io/component": "gateway",
                                    ]
                                ]
                            ]
                        ],
                        "ports": [["protocol": "TCP", "port": "http"]],
                    ]
                ],
            ],
        ]
    }

    /// A node may be drained: the pod moves in order, and one that is ill may go at once.
    var disruptionBudget: JSONTree {
        [
            "apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": metadata,
            "spec": [
                "maxUnavailable": 1, "selector": ["matchLabels": selector], "unhealthyPodEvictionPolicy": "AlwaysAllow",
            ],
        ]
    }

    var statefulSet: JSONTree {
        var claim: [String: JSONTree] = [
            "accessModes": ["ReadWriteOnce"],
            "resources": ["requests": ["storage": .string("\(settings.storageGibibytes)Gi")]],
        ]
        if let storageClass = settings.storageClass { claim["storageClassName"] = .string(storageClass) }
        return [
            "apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": metadata,
            "spec": [
                // Never two: a set of this kind begins a pod only when the one before it is gone.
                "replicas": 1, "serviceName": name, "podManagementPolicy": "OrderedReady",
                "selector": ["matchLabels": selector],
                "updateStrategy": ["type": "RollingUpdate"],
                // What L1 does not have yet is there and nowhere else.
                "persistentVolumeClaimRetentionPolicy": ["whenDeleted": "Retain", "whenScaled": "Retain"],
                "template": [
                    "metadata": ["labels": labels, "annotations": ["io.mayfly.files": .string(filesHash)]], "spec": pod,
                ],
                "volumeClaimTemplates": [
                    ["metadata": ["name": volume, "labels": labels], "spec": .object(claim)]
                ],
            ],
        ]
    }

    /// Where the files are others, the pod is replaced by one that has them. Those with keys are left out: others see this.
    private var filesHash: String {
        let parts = files.filter { !$0.path.hasPrefix("keys/") }.map {
            Array($0.path.utf8) + [0] + Keccak256.hash($0.bytes).bytes
        }
        return "\(Keccak256.hash(Array(parts.joined())))"
    }

    private var pod: JSONTree {
        [
            "automountServiceAccountToken": false, "enableServiceLinks": false,
            "terminationGracePeriodSeconds": .integer(settings.drainSeconds),
            "securityContext": [
                "runAsNonRoot": true, "runAsUser": Self.user, "runAsGroup": Self.user, "fsGroup": Self.user,
                "fsGroupChangePolicy": "OnRootMismatch", "seccompProfile": ["type": "RuntimeDefault"],
            ],
            "containers": [container],
            "volumes": [
                [
                    "name": "launch",
                    "secret": [
                        "secretName": name, "defaultMode": .integer(0o440),
                        "items": .array(
                            files.map {
                                ["key": .string($0.path.replacing("/", with: ".")), "path": .string($0.path)]
                            }),
                    ],
                ],
                ["name": "tmp", "emptyDir": ["sizeLimit": "64Mi"]],
            ],
        ]
    }

    private var container: JSONTree {
        let health: JSONTree = ["path": "/health", "port": "http"]
        let resources: JSONTree = [
            "memory": .string("\(settings.memoryBytes >> 20)Mi"), "cpu": .string("\(settings.processorShare)m"),
        ]
        return [
            "name": "rollup", "image": .string(settings.image),
            "args": .strings(
                [
                    "gateway", "--task", "--launch-files", "/launch", "--rollups", "/rollups", "--http",
                    "0.0.0.0:\(Self.port)",
                ] + settings.gatewayArguments),
            "ports": [["name": "http", "containerPort": .integer(Self.port), "protocol": "TCP"]],
            "securityContext": [
                "allowPrivilegeEscalation": false, "readOnlyRootFilesystem": true, "capabilities": ["drop": ["ALL"]],
            ],
            // Most of the time it sleeps: little is set aside for it.
            "resources": ["limits": resources, "requests": ["memory": "64Mi", "cpu": "10m"]],
            // Until it has the directory's lock it does not serve.
            "startupProbe": [
                "httpGet": health, "periodSeconds": 1, "failureThreshold": .integer(settings.drainSeconds + 30),
            ],
            "livenessProbe": ["httpGet": health, "periodSeconds": 10, "timeoutSeconds": 5, "failureThreshold": 3],
            "readinessProbe": ["httpGet": health, "periodSeconds": 2, "timeoutSeconds": 2, "failureThreshold": 1],
            "volumeMounts": [
                ["name": volume, "mountPath": .string("/rollups/\(rollup)")],
                ["name": "launch", "mountPath": .string("/launch/\(rollup)"), "readOnly": true],
                ["name": "tmp", "mountPath": "/tmp"],
            ],
        ]
    }
}
