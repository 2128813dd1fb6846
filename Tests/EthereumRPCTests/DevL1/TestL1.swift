import DevL1
import EthereumRPC
import Foundation
import NIOCore

@testable import JSONRPC

/// An embedded L1 in a folder of its own, asked without a socket.
final class TestL1 {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("mayfly-l1-\(UUID().uuidString)")
    let l1: DevL1
    private let endpoint: LocalEndpoint
    private let routes: [HTTPRoute]

    init() throws {
        l1 = try DevL1(directory: folder.path, settings: DevL1Settings())
        let context = NodeContext(chain: l1.chain, settings: RPCSettings(clientVersion: "mayfly/test"))
        endpoint = LocalEndpoint(methods: l1.methods(context))
        routes = l1.routes(context)
        l1.start()
    }

    deinit {
        l1.stop()
        try? FileManager.default.removeItem(at: folder)
    }

    /// The text of an answer: `"result":...` or `"error":...`.
    func ask(_ method: String, _ parameters: String = "") -> String {
        let message = #"{"jsonrpc":"2.0","id":1,"method":"\#(method)","params":[\#(parameters)]}"#
        let text = String(buffer: endpoint.answer(ByteBuffer(string: message)) ?? ByteBuffer())
        let start = #"{"jsonrpc":"2.0","id":1,"#
        guard text.hasPrefix(start) else { return text }
        return String(text.dropFirst(start.count).dropLast())
    }

    /// Asks again and again until the answer is `expected`, for two seconds at most.
    func waits(_ method: String, _ parameters: String = "", for expected: String) -> Bool {
        for _ in 0..<2_000 {
            if ask(method, parameters) == expected { return true }
            usleep(1_000)
        }
        return false
    }

    /// The status and the text of an answer of the beacon API.
    func get(_ path: String, _ query: String = "") -> (status: Int, text: String) {
        guard let route = routes.first(where: { $0.answers(path) }) else { return (0, "no route") }
        let answer = route.respond(HTTPRequest(path: path, query: query, accept: nil))
        return (answer.status, String(buffer: answer.body))
    }
}
