import JSONRPC
import NIOCore

/// Requests per second and processor time per request of the JSON-RPC server with methods that do next to nothing, over
/// loopback, client and server in one process.
@main
struct Main {
    static func main() async throws {
        let seconds = CommandLine.arguments.dropFirst().first.flatMap(Double.init) ?? 3
        let server = Server()
        let address = try await server.listen(HTTPEndpoint(methods: methods()))
        guard let port = address.port else { return }
        print("case                                      requests/s    calls/s  server CPU per call (us)")
        for load in loads {
            let result = load.run(port: port, seconds: seconds)
            let calls = result.requests * load.callsPerRequest
            let name = load.name + String(repeating: " ", count: max(0, 38 - load.name.count))
            print(
                name, padded(Int(Double(result.requests) / result.seconds), 13),
                padded(Int(Double(calls) / result.seconds), 10),
                padded(Int(result.serverCPU / Double(calls) * 1e8), 12, hundredths: true))
        }
        await server.stop()
    }

    private static func padded(_ value: Int, _ width: Int, hundredths: Bool = false) -> String {
        let cents = value % 100
        let text = hundredths ? "\(value / 100).\(cents < 10 ? "0" : "")\(cents)" : "\(value)"
        return String(repeating: " ", count: max(0, width - text.count)) + text
    }

    private static let loads: [Load] = {
        let trivial = #"{"jsonrpc":"2.0","id":1,"method":"bench_number","params":[]}"#
        let raw = String(repeating: "ab", count: 120)
        func send(_ id: Int, _ method: String = "bench_send") -> String {
            #"{"jsonrpc":"2.0","id":\#(id),"method":"\#(method)","params":["0x\#(raw)"]}"#
        }
        let batch = "[\((0..<100).map { send($0) }.joined(separator: ","))]"
        return [
            Load(name: "inline, 16 connections", body: trivial, connections: 16),
            Load(name: "inline, 256 connections", body: trivial, connections: 256),
            Load(name: "inline, 120 bytes of data, 16", body: send(1, "bench_receive"), connections: 16),
            Load(name: "worker, 120 bytes of data, 16", body: send(1), connections: 16),
            Load(name: "batches of 100 together, 8", body: batch, connections: 8, callsPerRequest: 100),
        ]
    }()

    private static func methods() -> Methods {
        var methods = Methods()
        methods.addInline("bench_number") { _, result throws(RPCError) in result.quantity(0x1234) }
        let receive: Methods.Handler = { call, result throws(RPCError) in
            let data = try call.parameters.required { reader throws(JSONError) in try reader.readData() }
            result.quantity(UInt64(data.count))
        }
        methods.addInline("bench_receive", receive)
        methods.add(
            "bench_send",
            together: { calls, answers in
                for index in calls.indices {
                    answers.next { result throws(RPCError) in try receive(&calls[index], &result) }
                }
            }, receive)
        return methods
    }
}
