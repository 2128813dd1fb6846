import Foundation
import Testing

@testable import Platform

private let settings = SwarmSettings(
    engine: "unix:///run/docker.sock", image: "mayfly:1", gatewayArguments: ["--l1", "http://10.0.0.1:8545"])

private func service(port: Int = 20_001) -> SwarmService {
    SwarmService(
        rollup: "arcade", platform: "0a1b2c3d", image: "sha256:77", port: port, directory: "/srv/rollups/arcade",
        user: "65532:65532")
}

@Test func aTaskMayDoLittle() {
    let specification = service().specification(settings)
    let container = specification["TaskTemplate", "ContainerSpec"]
    #expect(container?["User"] == "65532:65532")
    #expect(container?["ReadOnly"] == true)
    #expect(container?["CapabilityDrop"] == ["ALL"])
    #expect(container?["Privileges", "NoNewPrivileges"] == true)
    // Nothing is told by the environment or as a secret: the keys are files in the rollup's directory.
    #expect(container?["Env"] == nil && container?["Secrets"] == nil)
    #expect(container?["Mounts", "0", "Source"] == "/srv/rollups/arcade")
    #expect(container?["Mounts", "0", "Target"] == "/rollups/arcade")
    #expect(container?["Mounts", "2"] == nil)
    let limits = specification["TaskTemplate", "Resources", "Limits"]
    #expect(limits?["MemoryBytes"] == .integer(1 << 30))
    #expect(limits?["NanoCPUs"] == 1_000_000_000)
    #expect(limits?["Pids"] == 512)
}

@Test func thereIsNeverMoreThanOneTaskOfARollup() {
    let specification = service().specification(settings)
    #expect(specification["Mode", "Replicated", "Replicas"] == 1)
    #expect(specification["UpdateConfig", "Order"] == "stop-first")
    #expect(specification["RollbackConfig", "Order"] == "stop-first")
    // Its gateway gives processes 20 seconds, and is given longer.
    #expect(settings.drainSeconds > 25)
    #expect(specification["TaskTemplate", "ContainerSpec", "StopGracePeriod"] == .integer(60_000_000_000))
}

@Test func aServiceIsFoundByItsLabels() throws {
    let specification = service().specification(settings)
    let listed = "[{\"ID\": \"x1\", \"Version\": {\"Index\": 7}, \"Spec\": \(specification.text)}]"
    let found = try #require(
        try JSONDecoder().decode([SwarmAnswer.Service].self, from: Data(listed.utf8)).first)
    #expect(found.rollup == "arcade")
    #expect(found.port == 20_001)
    #expect(found.name == "mayfly-0a1b2c3d-arcade")
    #expect(found.version.index == 7)
    // The name is a label of DNS, however long the rollup's is.
    #expect(SwarmService.name(of: String(repeating: "a", count: 40), platform: "0a1b2c3d").utf8.count <= 63)
}

@Test func whatChangesATaskChangesItsVersion() throws {
    func version(_ service: SwarmService, _ settings: SwarmSettings) -> JSONTree? {
        service.specification(settings)["Labels", SwarmService.versionLabel]
    }
    let first = try #require(version(service(), settings))
    #expect(version(service(), settings) == first)
    #expect(version(service(port: 20_002), settings) != first)
    var other = settings
    other.memoryBytes *= 2
    #expect(version(service(), other) != first)
    // How long an orphan is left alone is no matter of a task.
    other = settings
    other.orphanGrace = .zero
    #expect(version(service(), other) == first)
}

@Test(arguments: [
    (#"{"ID":"a","Status":{"Addr":"10.0.0.7"}}"#, "10.0.0.7"),
    (#"{"ID":"a","Status":{"Addr":"0.0.0.0"},"ManagerStatus":{"Addr":"10.0.0.8:2377"}}"#, "10.0.0.8"),
    (#"{"ID":"a","Status":{},"ManagerStatus":{"Addr":"[fd00::1]:2377"}}"#, "fd00::1"),
    (#"{"ID":"a","Status":{}}"#, nil),
])
func aNodeIsReachedAtItsAddress(_ text: String, _ host: String?) throws {
    #expect(try JSONDecoder().decode(SwarmAnswer.Node.self, from: Data(text.utf8)).host == host)
}

@Test(arguments: [
    ("running", "running", true), ("running", "starting", true), ("running", "ready", false),
    ("shutdown", "running", false), ("ready", "ready", false), ("running", "preparing", false),
])
func aTaskServesWhereItRunsAndIsNotToEnd(_ desired: String, _ state: String, _ serves: Bool) throws {
    let text = "{\"ID\":\"t\",\"DesiredState\":\"\(desired)\",\"Status\":{\"State\":\"\(state)\"}}"
    #expect(try JSONDecoder().decode(SwarmAnswer.Task.self, from: Data(text.utf8)).mayServe == serves)
}

@Test func linesOfALogAreReadInTheOrderOfTheirTimes() {
    func frame(_ stream: UInt8, _ text: String) -> [UInt8] {
        [stream, 0, 0, 0] + withUnsafeBytes(of: UInt32(text.utf8.count).bigEndian) { Array($0) } + Array(text.utf8)
    }
    let bytes =
        frame(1, "2026-11-22T14:00:01.5Z second\n") + frame(2, "2026-11-22T14:00:01.000000001Z first\n")
        + frame(1, "2026-11-22T14:00:02Z a line with words\n") + frame(1, "no time\n") + [1, 0, 0, 0, 0, 0, 0, 99, 50]
    let lines = ServiceLog.lines(Data(bytes))
    #expect(lines.map(\.text) == ["first\n", "second\n", "a line with words\n"])
    #expect(lines.map { $0.time % 1_000_000_000 } == [1, 500_000_000, 0])
    #expect(ServiceLog.since(lines[0].time) == "\(lines[0].time / 1_000_000_000).000000001")
    #expect(ServiceLog.lines(Data([1, 0, 0, 0, 255, 255, 255, 255, 1])).isEmpty)
}

@Test(arguments: ["tcp://10.0.0.1:2375", "unix://relative", "", "/var/run/docker.sock"])
func anEngineIsNamedByASocketOrAURL(_ url: String) {
    #expect(throws: FleetError.self) { _ = try DockerEngine(url) }
}
