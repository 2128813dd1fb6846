import Foundation
import Testing

@testable import Platform

private let settings = KubernetesSettings(
    url: "https://10.0.0.1:6443", namespace: "rollups", image: "mayfly:1",
    gatewayArguments: ["--l1", "http://10.0.0.2:8545"])

private let objects = KubernetesObjects(
    rollup: "arcade", platform: "0a1b2c3d",
    files: [.init(path: "rollup.json", bytes: [1, 2]), .init(path: "keys/batcher", bytes: [0xAB])], settings: settings)

@Test func keysAreInTheSecretAndNowhereElse() {
    #expect(objects.secret["data", "keys.batcher"] == "qw==")
    for object in objects.all where object["kind"] != "Secret" { #expect(!object.text.contains("qw==")) }
    let volume = objects.statefulSet["spec", "template", "spec", "volumes", "0", "secret"]
    #expect(volume?["items", "1"] == ["key": "keys.batcher", "path": "keys/batcher"])
}

@Test func aPodIsReplacedWhereItsFilesAreOthers() {
    func hash(_ files: [KubernetesObjects.File]) -> JSONTree? {
        KubernetesObjects(rollup: "arcade", platform: "0a1b2c3d", files: files, settings: settings)
            .statefulSet["spec", "template", "metadata", "annotations", "io.mayfly.files"]
    }
    let known = hash([.init(path: "gateway.json", bytes: [1])])
    #expect(known != nil && known == hash([.init(path: "gateway.json", bytes: [1])]))
    #expect(known != hash([.init(path: "gateway.json", bytes: [2])]))
    #expect(known == hash([.init(path: "gateway.json", bytes: [1]), .init(path: "keys/batcher", bytes: [3])]))
}

@Test func allObjectsAreOfOneNamespaceAndFoundByTheirLabels() {
    for object in objects.all {
        #expect(object["metadata", "namespace"] == "rollups")
        #expect(object["metadata", "name"] == "m-arcade-0a1b2c3d")
        #expect(object["metadata", "labels", KubernetesObjects.platformLabel] == "0a1b2c3d")
    }
    // A pod's label has the set's name and a hash, 63 letters at most.
    let longest = KubernetesObjects.name(of: String(repeating: "a", count: 40), on: "0a1b2c3d")
    #expect(longest.utf8.count <= 52)
}

@Test func platformsOfOneNamespaceAndLaterRollupsOfOneNameHaveTheirOwn() throws {
    func made(_ platform: String, _ launch: UInt8) throws -> (name: JSONTree, selector: JSONTree, volume: JSONTree) {
        let files = [KubernetesObjects.File(path: "rollup.json", bytes: [launch])]
        let set = KubernetesObjects(rollup: "arcade", platform: platform, files: files, settings: settings).statefulSet
        return (
            try #require(set["metadata", "name"]), try #require(set["spec", "selector"]),
            try #require(set["spec", "volumeClaimTemplates", "0", "metadata", "name"])
        )
    }
    let (one, again, other, later) = (
        try made("0a1b2c3d", 1), try made("0a1b2c3d", 1), try made("11111111", 1), try made("0a1b2c3d", 2)
    )
    #expect(one == again)
    #expect(one.name != other.name && one.selector != other.selector)
    #expect(one.name == later.name && one.volume != later.volume)
}

@Test func aTokenIsSentOverTLSOrToThisMachine() throws {
    var settings = settings
    settings.tokenFile = "/token"
    _ = try KubernetesAPI(settings)
    settings.url = "http://127.0.0.1:8001"
    _ = try KubernetesAPI(settings)
    settings.url = "http://10.0.0.1:8001"
    #expect(throws: FleetError.self) { _ = try KubernetesAPI(settings) }
    settings.tokenFile = nil
    _ = try KubernetesAPI(settings)
    settings.url = "10.0.0.1:6443"
    #expect(throws: FleetError.self) { _ = try KubernetesAPI(settings) }
}
