import Derivation
import Foundation
import Layers

/// A rollup's `rollup.json`.
enum RollupConfigurationFile {
    static func read(_ path: String) throws -> RollupConfiguration {
        if let obstacle = FileFailure.obstacle(path) { throw CommandFailure("cannot read \(path): \(obstacle)") }
        let text: String
        do {
            text = try String(contentsOfFile: path, encoding: .utf8)
        } catch {
            throw CommandFailure("cannot read \(path): \(FileFailure.reason(error))")
        }
        do throws(ManifestError) {
            return try RollupFile(text: text).configuration
        } catch {
            throw CommandFailure("\(path): \(error)")
        }
    }
}
