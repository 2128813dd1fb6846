import ArgumentParser
import JSONRPC

/// Who may ask over HTTP and WebSocket.
struct ServingOptions: ParsableArguments {
    @OptionGroup var callers: CallerOptions

    @Option(help: ArgumentHelp("Also serve this Unix socket.", valueName: "path"))
    var ipc: String?

    @Option(
        name: .customLong("rpc-memory"),
        help: ArgumentHelp(
            "MiB that unfinished requests and unread answers of all clients may take together, 16 to 65536.",
            valueName: "n"))
    var memory = 128

    func validate() throws {
        if !(16...65_536).contains(memory) { throw ValidationError("--rpc-memory takes a number from 16 to 65536.") }
    }

    /// Bytes for unfinished requests and unread answers.
    var memoryLimit: Int { memory << 20 }

    var policy: HTTPPolicy {
        var policy = HTTPPolicy()
        callers.allow(in: &policy)
        return policy
    }

    func endpoint(
        _ address: ListenAddress, _ methods: Methods, routes: [HTTPRoute] = []
    ) -> HTTPEndpoint {
        var endpoint = HTTPEndpoint(methods: methods)
        endpoint.host = address.host
        endpoint.port = address.port
        endpoint.descriptor = address.descriptor
        endpoint.policy = policy
        endpoint.routes = routes
        return endpoint
    }
}
