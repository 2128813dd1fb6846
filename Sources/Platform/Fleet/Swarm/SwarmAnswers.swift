/// What a Docker Engine says of a swarm; what is not asked for is left out.
enum SwarmAnswer {
    struct Information: Decodable {
        struct Membership: Decodable {
            var state: String
            var isManager: Bool
            enum CodingKeys: String, CodingKey { case state = "LocalNodeState", isManager = "ControlAvailable" }
        }
        var membership: Membership
        enum CodingKeys: String, CodingKey { case membership = "Swarm" }
    }

    struct Image: Decodable {
        var id: String
        enum CodingKeys: String, CodingKey { case id = "Id" }
    }

    struct Service: Decodable {
        struct Version: Decodable {
            var index: UInt64
            enum CodingKeys: String, CodingKey { case index = "Index" }
        }
        struct Specification: Decodable {
            var name: String
            var labels: [String: String]?
            enum CodingKeys: String, CodingKey { case name = "Name", labels = "Labels" }
        }
        var id: String
        var version: Version
        var specification: Specification
        enum CodingKeys: String, CodingKey { case id = "ID", version = "Version", specification = "Spec" }

        var name: String { specification.name }
        func label(_ name: String) -> String? { specification.labels?[name] }
        /// That it runs.
        var rollup: String? { label(SwarmService.rollupLabel) }
        var port: Int? { label(SwarmService.portLabel).flatMap { Int($0) } }
    }

    struct Task: Decodable {
        struct Status: Decodable {
            var state: String
            var error: String?
            enum CodingKeys: String, CodingKey { case state = "State", error = "Err" }
        }
        var id: String
        var service: String?
        var node: String?
        var desiredState: String
        var status: Status
        enum CodingKeys: String, CodingKey {
            case id = "ID", service = "ServiceID", node = "NodeID", desiredState = "DesiredState", status = "Status"
        }

        /// Whether its processes may serve: it has been begun, and is not to end.
        var mayServe: Bool { desiredState == "running" && ["starting", "running"].contains(status.state) }
        /// Whether it is to serve, now or when the one before it has ended.
        var isWanted: Bool { desiredState == "running" || desiredState == "ready" }
        var hasFailed: Bool { ["failed", "rejected"].contains(status.state) }
    }

    struct Node: Decodable {
        struct Standing: Decodable {
            var address: String?
            enum CodingKeys: String, CodingKey { case address = "Addr" }
        }
        var id: String
        var status: Standing
        var manager: Standing?
        enum CodingKeys: String, CodingKey { case id = "ID", status = "Status", manager = "ManagerStatus" }

        /// Where the others of the swarm reach it: a manager may say this of itself as a manager only.
        var host: String? {
            if let address = status.address, !address.isEmpty, address != "0.0.0.0" { return address }
            guard let address = manager?.address, let colon = address.lastIndex(of: ":") else { return nil }
            return address[..<colon].filter { $0 != "[" && $0 != "]" }
        }
    }
}
