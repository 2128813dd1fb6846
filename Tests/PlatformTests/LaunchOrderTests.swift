import Foundation
import Layers
import Primitives
import Testing

@testable import Platform

private let launcher = Address(truncating: UInt256(7))

private func manifest(_ order: LaunchOrder) throws -> RollupManifest {
    try order.manifest(l1ChainID: 1_337, launcher: launcher, isDevelopment: true).manifest
}

private func order(_ json: String) throws -> LaunchOrder {
    try JSONDecoder().decode(LaunchOrder.self, from: Data(json.utf8))
}

@Test func anOrderIsWhatItsTemplateSaysUnlessItSaysOtherwise() throws {
    let plain = try manifest(try order(#"{"name": "fair", "template": "mint"}"#))
    #expect(plain.lifetime == .duration(7_200))
    #expect(plain.blockTime == 1)
    #expect(plain.ending.drainBlocks == 16)
    #expect(plain.accounts.owner == launcher)
    let other = try manifest(
        try order(
            #"{"name": "fair", "template": "mint", "permanent": true, "blockTime": 2, "dataAvailability": "calldata"}"#)
    )
    #expect(other.lifetime == .permanent)
    #expect(other.blockTime == 2)
    #expect(other.dataAvailability == .calldata)
}

@Test(arguments: [
    (#"{"name": "Fair"}"#, "name"), (#"{"name": "fair-"}"#, "name"), (#"{"name": "../fair"}"#, "name"),
    (#"{"name": "fair", "template": "casino"}"#, "template"), (#"{"name": "fair", "security": "hope"}"#, "security"),
    (#"{"name": "fair", "ephemeral": "soon"}"#, "ephemeral"),
    (#"{"name": "fair", "ephemeral": "2h", "permanent": true}"#, "ephemeral"),
    (#"{"name": "fair", "until": "tomorrow"}"#, "until"), (#"{"name": "fair", "drainBlocks": 5}"#, "drainBlocks"),
    (#"{"name": "fair", "owner": "0x12"}"#, "owner"), (#"{"name": "fair", "blockTime": 0}"#, "blockTime"),
    (#"{"name": "fair", "gasLimit": 1}"#, "gasLimit"), (#"{"name": "fair", "config": "name: other"}"#, "config"),
    (#"{"name": "fair", "ephemeral": "2h", "drainBlocks": 0}"#, "drainBlocks"),
    (#"{"name": "fair", "ephemeral": "1s"}"#, "ephemeral"),
])
func whatBreaksARuleIsNamed(json: String, field: String) throws {
    do {
        _ = try manifest(try order(json))
        Issue.record("\(json) was taken")
    } catch let problem as PlatformProblem {
        #expect(problem.field == field, "\(problem.detail)")
        #expect(problem.status == 422)
    }
}

@Test func everyTemplateCanBeLaunched() throws {
    for template in RollupTemplate.all {
        var order = LaunchOrder(name: "fair")
        order.template = template.id
        #expect(try manifest(order).breaches.isEmpty)
    }
}
