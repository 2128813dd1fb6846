import Blockchain
import EthereumRPC
import Foundation
import StateTransition

/// A genesis in a file.
enum GenesisFile {
    static func read(_ path: String) throws -> Genesis {
        if let obstacle = FileFailure.obstacle(path) {
            throw CommandFailure("cannot read the genesis \(path): \(obstacle)")
        }
        let bytes: Data
        do {
            bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        } catch {
            throw CommandFailure("cannot read the genesis \(path): \(FileFailure.reason(error))")
        }
        let genesis: Genesis
        do throws(GenesisError) {
            genesis = try Genesis(json: [UInt8](bytes))
        } catch {
            throw CommandFailure("\(path): \(error)")
        }
        if let disorder = disorder(genesis.configuration) {
            throw CommandFailure("\(path): genesis, config: \(disorder)")
        }
        return genesis
    }

    /// Which two upgrades begin in the wrong order; nil for none.
    private static func disorder(_ configuration: ChainConfiguration) -> String? {
        var blocks: [(name: String, begin: UInt64)] = []
        var times: [(name: String, begin: UInt64)] = []
        for upgrade in configuration.upgrades {
            switch upgrade.activation {
            case .block(let number): blocks.append(("\(upgrade.revision)", number))
            case .timestamp(let time): times.append(("\(upgrade.revision)", time))
            case .totalDifficulty: break
            }
        }
        let rollup = configuration.opStack?.activations.map { (name: "\($0.upgrade)", begin: $0.timestamp) } ?? []
        for (list, what) in [(blocks, "block"), (times, "time"), (rollup, "time")] {
            for (earlier, later) in zip(list, list.dropFirst()) where later.begin < earlier.begin {
                return "\(later.name) begins at \(what) \(later.begin), before \(earlier.name) at \(what) "
                    + "\(earlier.begin), which it builds on. Give the upgrades in their order."
            }
        }
        return nil
    }
}
