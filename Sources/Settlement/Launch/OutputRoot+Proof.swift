import EthereumClient
import Layers
import Primitives
import StateTransition

extension OutputRoot {
    /// What the portal is given to prove a withdrawal with.
    var proof: OutputRootProof {
        OutputRootProof(
            version: Hash256(), stateRoot: stateRoot, messagePasserStorageRoot: messagePasserRoot,
            latestBlockhash: blockHash)
    }
}

extension HashedHeader {
    /// What a proposal of the block commits to. Rollups that are launched here have had Isthmus from the start.
    var output: OutputRoot {
        OutputRoot(
            stateRoot: header.stateRoot, messagePasserRoot: header.withdrawalsRoot ?? Hash256(), blockHash: hash)
    }
}

extension RollupGenesis {
    /// The commitment to the first block, which has had Isthmus from the start.
    var outputRoot: Hash256 { HashedHeader(header).output.hash }
}
