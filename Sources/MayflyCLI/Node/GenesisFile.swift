import Blockchain
import EthereumRPC
import Foundation

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
        do throws(GenesisError) {
            return try Genesis(json: [UInt8](bytes))
        } catch {
            throw CommandFailure("\(path): \(error)")
        }
    }
}
