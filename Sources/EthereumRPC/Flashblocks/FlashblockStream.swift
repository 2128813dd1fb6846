public import Blockchain
public import JSONRPC
import NIOCore
import Primitives
import StateTransition

/// Turns what happens to a chain's open block into messages of the Flashblocks stream.
///
/// A message is encoded only where somebody wants it, on the thread that extends the block: each goes out before the next
/// transaction runs.
public enum FlashblockStream {
    /// An endpoint that pushes the stream to whoever opens a WebSocket, for as long as the chain lives.
    ///
    /// - Parameters:
    ///   - connections: at a time.
    ///   - unreadBytes: that may wait for one listener; who is slower is closed.
    public static func endpoint(
        of chain: Chain, connections: Int = 256, unreadBytes: Int = 8 << 20
    ) -> HTTPEndpoint {
        let broadcast = Broadcast()
        _ = chain.observeOpenBlocks { event in
            guard broadcast.hasListeners, let message = message(event) else { return }
            broadcast.send(message)
        }
        var endpoint = HTTPEndpoint(methods: Methods())
        endpoint.broadcast = broadcast
        endpoint.policy.servesHTTP = false
        endpoint.limits.connections = connections
        endpoint.limits.unreadBytes = unreadBytes
        endpoint.limits.messageBytes = 1_024
        return endpoint
    }

    /// The message about an event; nil where the stream says nothing of it.
    static func message(_ event: OpenBlockEvent) -> ByteBuffer? {
        var json = JSONWriter()
        switch event {
        case .opened(let block, let subBlock), .extended(let block, let subBlock):
            json.flashblock(FlashblockPayload(subBlock, of: block), subBlock)
        case .sealed(let block, let sealed):
            json.flashblock(FlashblockPayload(sealed: sealed, of: block, index: block.subBlocks.count), nil)
        case .abandoned: return nil
        }
        return json.buffer
    }
}
