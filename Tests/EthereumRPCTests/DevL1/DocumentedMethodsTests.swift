import EthereumRPC
import Foundation
import JSONRPC
import Testing

@testable import DevL1

/// The page about the node names every method, and none that there is not.
@Test func theNodesPageListsEveryMethod() throws {
    let page = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../../docs/node.md")
    let text = try String(contentsOf: page, encoding: .utf8)
    let start = try #require(text.range(of: "## Methods"))
    let end = try #require(text.range(of: "## Limits"))
    let section = text[start.upperBound..<end.lowerBound]
    var documented: Set<String> = []
    let pattern = /`((?:eth|net|web3|txpool|rpc|debug|engine|personal|evm|anvil|hardhat)_[A-Za-z0-9_]+)`/
    for match in section.matches(of: pattern) { documented.insert(String(match.1)) }
    // A run of versions names its first and its last.
    for match in section.matches(of: /`(engine_[A-Za-z]+V)1` to\s`engine_[A-Za-z]+V(\d)`/) {
        for version in 1...(Int(match.2) ?? 1) { documented.insert("\(match.1)\(version)") }
    }
    let node = try TestL1()
    let context = NodeContext(chain: node.l1.chain, settings: RPCSettings(clientVersion: "mayfly/test"))
    let methods = node.l1.methods(context)
    let registered = Set(methods.names + EngineMethods.all(context, with: methods).names)
    #expect(documented.subtracting(registered).sorted() == [])
    #expect(registered.subtracting(documented).sorted() == [])
}
