import Blockchain
import EthereumRPC
import Foundation
import JSONRPC
import Primitives

/// What the database of a directory was begun with, so that a node which starts again need not read the thousands of
/// accounts of its genesis again: the file `genesis-known` beside the database.
///
/// It is of use as long as the genesis file is the one that was read, by its inode, size and times.
struct KnownGenesis {
    /// The rules; its state is empty.
    let genesis: Genesis
    /// Of the block that the database begins with.
    let hash: Hash256

    private static func path(_ directory: String) -> String { directory + "/genesis-known" }

    /// What tells the file from what it was or may become; nil where it cannot be looked at.
    private static func mark(of file: String) -> String? {
        var status = stat()
        guard stat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        return "mayfly \(Version.number) \(status.st_dev) \(status.st_ino) \(status.st_size) "
            + "\(status.st_mtim.tv_sec).\(status.st_mtim.tv_nsec) \(status.st_ctim.tv_sec).\(status.st_ctim.tv_nsec)"
    }

    /// What is known; nil where the genesis has to be read.
    init?(of file: String, in directory: String) {
        guard let mark = Self.mark(of: file), let data = FileManager.default.contents(atPath: Self.path(directory))
        else { return nil }
        let parts = data.split(separator: UInt8(ascii: "\n"), maxSplits: 2)
        guard parts.count == 3, parts[0].elementsEqual(mark.utf8),
            let bytes = try? Hex.decode(String(decoding: parts[1], as: UTF8.self)), let hash = Hash256(bytes),
            let genesis = try? Genesis(json: [UInt8](parts[2]))
        else { return nil }
        self.genesis = genesis
        self.hash = hash
    }

    /// Writes down what was read, for the next time; what cannot be written is read again then.
    ///
    /// - Parameter hash: of the block that it gives.
    static func note(hash: Hash256, of file: String, in directory: String) {
        guard let mark = mark(of: file), let text = FileManager.default.contents(atPath: file),
            let bare = withoutAccounts([UInt8](text)), mark == self.mark(of: file)
        else { return }
        let known = Data("\(mark)\n\(hash)\n".utf8) + Data(bare)
        try? known.write(to: URL(fileURLWithPath: path(directory)), options: .atomic)
    }

    /// The same JSON object with no accounts in it; nil where the text is none.
    private static func withoutAccounts(_ text: [UInt8]) -> [UInt8]? {
        text.withUnsafeBytes { bytes in
            guard let start = bytes.baseAddress else { return nil }
            var bare: [UInt8] = []
            var copied = 0
            do throws(JSONError) {
                var reader = JSONReader(bytes)
                try reader.beginObject()
                while let key = try reader.nextKey() {
                    guard key == "alloc" else {
                        try reader.skipValue()
                        continue
                    }
                    let value = try reader.readRaw()
                    guard let first = value.baseAddress else { return nil }
                    bare += bytes[copied..<(first - start)]
                    bare += Array("{}".utf8)
                    copied = first - start + value.count
                }
                try reader.finish()
            } catch {
                return nil
            }
            return bare + bytes[copied...]
        }
    }
}
