public import JSONRPC

/// The Engine API: how a consensus client drives the node.
public enum EngineMethods {
    /// The namespaces of the user's API that an engine endpoint serves too: more than the Engine API asks for (common
    /// definitions), as the OP Stack's nodes ask this endpoint for receipts and proofs.
    private static let userNamespaces = ["eth_", "net_", "web3_"]

    /// Everything that an engine endpoint serves.
    ///
    /// One value is to be made for a chain: it remembers the payloads that it was told of.
    ///
    /// - Parameter others: the methods of the user's API, of which those that belong here are taken.
    public static func all(_ context: NodeContext, with others: Methods = Methods()) -> Methods {
        var methods = Methods()
        EnginePayloads(context).add(to: &methods)
        EngineBodies(context).add(to: &methods)
        EngineBlobs(context).add(to: &methods)
        EngineIdentity(context).add(to: &methods)
        MinerMethods(context: context).add(to: &methods)
        methods.add(
            others.names.filter { name in userNamespaces.contains { name.hasPrefix($0) } }, of: others)
        return methods
    }

    /// An endpoint that serves all of this to who knows the secret, at an address that is still to be set.
    ///
    /// Payloads are as large as blocks and answers as large as all their blobs, so both may be larger than for users; and
    /// as a token is asked for, the server may be addressed by any name.
    public static func endpoint(_ context: NodeContext, with others: Methods, secret: [UInt8]) -> HTTPEndpoint {
        var endpoint = HTTPEndpoint(methods: all(context, with: others))
        let authoriser = EngineSecret.authoriser(secret)
        endpoint.policy.authorise = { authoriser.refusal(of: $0) }
        endpoint.policy.hosts = ["*"]
        endpoint.limits.bodyBytes = 64 << 20
        endpoint.limits.messageBytes = 64 << 20
        endpoint.messageLimits.responseBytes = 256 << 20
        return endpoint
    }
}
