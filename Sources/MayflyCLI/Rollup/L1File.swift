import EthereumClient
import Foundation
import Layers
import RollupNode
import Settlement

/// What those who derive a rollup have to know of an L1 that is not known here, in a file beside `rollup.json`.
struct L1File {
    private let path: String
    private let text: String

    /// Nil where the L1 is known, or the file is there.
    ///
    /// - Throws: where L1's endpoints do not tell.
    static func make(
        for chainID: UInt64, _ client: EthereumClient, in directory: String
    ) async throws(SettlementError) -> L1File? {
        let path = directory + "/" + L1BlobSchedule.fileName
        if L1BlobSchedule.known(chainID: chainID) != nil || FileManager.default.fileExists(atPath: path) { return nil }
        do throws(LayerError) {
            return L1File(path: path, text: try await client.blobSchedule(chainID: chainID).file(chainID: chainID))
        } catch {
            throw .rule("\(error.message). Here that is \(path).")
        }
    }

    func write() throws(SettlementError) {
        do {
            try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
        } catch {
            throw .rule("cannot write \(path): \((error as NSError).localizedDescription)")
        }
    }
}
