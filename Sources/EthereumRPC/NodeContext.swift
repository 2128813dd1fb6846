public import Blockchain

/// What the methods of a node work on.
public final class NodeContext: Sendable {
    public let chain: Chain
    public let settings: RPCSettings

    public init(chain: Chain, settings: RPCSettings) {
        self.chain = chain
        self.settings = settings
    }
}
