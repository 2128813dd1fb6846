import Blockchain
import EthereumRPC
import Layers
import StateTransition

/// The file of a rollup's genesis.
enum GenesisText {
    /// The genesis as go-ethereum has it, and as a node of this program will read it: checked by reading it.
    static func make(_ genesis: RollupGenesis) throws -> [UInt8] {
        let text = try Genesis(
            configuration: genesis.configuration, header: genesis.header, state: genesis.state
        ).json
        guard try Genesis(json: text).block.header == genesis.header else {
            throw CommandFailure("the file would be of another genesis than was launched")
        }
        return text
    }
}
