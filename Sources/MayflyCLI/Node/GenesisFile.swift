import Blockchain
import EthereumRPC
import Foundation

/// A genesis in a file.
enum GenesisFile {
    static func read(_ path: String) throws -> Genesis {
        let bytes: Data
        do {
            bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        } catch {
            throw CommandFailure("cannot read the genesis \(path): \((error as NSError).localizedDescription)")
        }
        do throws(GenesisError) {
            return try Genesis(json: [UInt8](bytes))
        } catch {
            throw CommandFailure("\(path): \(error)")
        }
    }
}
