import Blockchain
import Foundation
import Primitives
import Sequencing
import Storage
import Synchronization

/// The blobs of recent blocks, in files beside the chain: one for each block that has some.
final class BlobArchive: Sendable {
    private struct Entry {
        let number: UInt64
        let name: String
        let byteCount: Int
    }

    private let directory: String
    private let retention: UInt64
    private let byteLimit: Int
    /// In ascending order of number.
    private let entries: Mutex<[Entry]>

    /// The archive in a directory, which is made when there is something to keep.
    ///
    /// - Parameters:
    ///   - retention: for how many blocks blobs are kept.
    ///   - byteLimit: how much is kept at most.
    init(directory: String, retention: UInt64, byteLimit: Int) {
        self.directory = directory
        self.retention = retention
        self.byteLimit = byteLimit
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        let found = names.compactMap { name -> Entry? in
            guard let dash = name.firstIndex(of: "-"), let number = UInt64(name[..<dash]), name.hasSuffix(".blobs")
            else {
                return nil
            }
            let attributes = try? FileManager.default.attributesOfItem(atPath: "\(directory)/\(name)")
            return Entry(number: number, name: name, byteCount: (attributes?[.size] as? Int) ?? 0)
        }
        entries = Mutex(found.sorted { $0.number < $1.number })
    }

    private static func name(_ block: BlockReference) -> String { "\(block.number)-\(block.hash).blobs" }

    /// Keeps the blobs of a block, and forgets those of blocks that are long past.
    func keep(_ candidate: BuiltCandidate) throws(ChainError) {
        if candidate.sidecars.isEmpty { return }
        let block = candidate.sealed.reference
        let name = Self.name(block)
        let path = "\(directory)/\(name)"
        let bytes = candidate.sidecars.flatMap { KeptBlob.blobs(of: $0) }.flatMap { $0.encoded }
        do {
            try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
            try Data(bytes).write(to: URL(fileURLWithPath: path), options: .atomic)
        } catch {
            throw .storage(
                StorageError(
                    .failed(EIO), "the blobs of block \(block.number) cannot be written: \(error.localizedDescription)",
                    path: path, remedy: "Make room, or see that the directory can be written to."))
        }
        let forgotten = entries.withLock { entries in
            entries.removeAll { $0.name == name }
            let place = entries.firstIndex { $0.number > block.number } ?? entries.count
            entries.insert(Entry(number: block.number, name: name, byteCount: bytes.count), at: place)
            return forget(&entries, head: block.number)
        }
        for name in forgotten { try? FileManager.default.removeItem(atPath: "\(directory)/\(name)") }
    }

    private func forget(_ entries: inout [Entry], head: UInt64) -> [String] {
        var byteCount = entries.reduce(0) { $0 + $1.byteCount }
        var count = 0
        for entry in entries {
            guard byteCount > byteLimit || entry.number + retention < head else { break }
            byteCount -= entry.byteCount
            count += 1
        }
        defer { entries.removeFirst(count) }
        return entries.prefix(count).map { $0.name }
    }

    /// The blobs of a block in their order; nil where it had some and they are not kept any more.
    ///
    /// - Parameter count: how many the block has.
    func blobs(of block: BlockReference, count: Int) -> [KeptBlob]? {
        if count == 0 { return [] }
        guard let data = FileManager.default.contents(atPath: "\(directory)/\(Self.name(block))") else { return nil }
        let blobs = KeptBlob.decode([UInt8](data))
        return blobs?.count == count ? blobs : nil
    }
}
