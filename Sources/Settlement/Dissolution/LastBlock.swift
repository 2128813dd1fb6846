import Derivation
import EthereumClient
import Lifecycles
import Primitives
import StateTransition
import Trie

/// The last block of a rollup, and the proof that it is.
struct LastBlock: Equatable, Sendable {
    let header: HashedHeader
    /// What Claims walks: to the dissolver's account, and in its storage to the mark.
    let nodes: [UInt8]

    /// Nil where the block is not the last.
    init?(_ header: HashedHeader, node: EthereumClient) async throws(EthereumClientError) {
        let proof = try await node.proof(of: Dissolution.dissolver, slots: [0], at: header)
        guard let mark = proof.slots.first, mark.value == 1 else { return nil }
        self.header = header
        var list = NodeList()
        list.append(proof)
        nodes = list.bytes
    }
}
