import Derivation
import Foundation
import Layers
import RollupNode

/// A rollup's `rollup.json`, and what is beside it of an L1 that is not known here.
enum RollupConfigurationFile {
    static func read(_ path: String) throws -> RollupConfiguration {
        let text = try text(path)
        var configuration: RollupConfiguration
        do throws(ManifestError) { configuration = try RollupFile(text: text).configuration } catch {
            throw CommandFailure("\(path): \(error)")
        }
        let l1 = URL(fileURLWithPath: path).deletingLastPathComponent().appendingPathComponent(L1BlobSchedule.fileName)
            .path
        guard FileManager.default.fileExists(atPath: l1) else { return configuration }
        let schedule = Array(try Self.text(l1).utf8)
        do throws(ManifestError) {
            configuration.l1BlobUpgrades = try L1BlobSchedule(file: schedule, chainID: configuration.l1ChainID).upgrades
        } catch {
            throw CommandFailure("\(l1): \(error)")
        }
        return configuration
    }

    private static func text(_ path: String) throws -> String {
        if let obstacle = FileFailure.obstacle(path) { throw CommandFailure("cannot read \(path): \(obstacle)") }
        do {
            return try String(contentsOfFile: path, encoding: .utf8)
        } catch {
            throw CommandFailure("cannot read \(path): \(FileFailure.reason(error))")
        }
    }
}
