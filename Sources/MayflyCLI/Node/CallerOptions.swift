import ArgumentParser
import JSONRPC

/// Which web pages and host names may be used to ask a server.
struct CallerOptions: ParsableArguments {
    @Option(
        name: .customLong("cors"),
        help: ArgumentHelp("A web page's origin that may ask, or * for any; may be repeated.", valueName: "origin"))
    var origins: [String] = []

    @Option(
        name: .customLong("host"),
        help: ArgumentHelp(
            "A host name besides localhost under which it may be addressed, or * for any; may be repeated.",
            valueName: "name"))
    var hosts: [String] = []

    /// Lets them in besides those that may ask anyway.
    func allow(in policy: inout HTTPPolicy) {
        policy.origins = origins
        policy.hosts += hosts.map { $0.lowercased() }
    }
}
