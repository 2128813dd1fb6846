import Blockchain
import Cryptography
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

    /// Why blobs were not kept.
    struct Refusal: Error {
        let chainError: ChainError
        /// Whether it may be over soon, without anybody changing the folder.
        let isTransient: Bool
    }

    private let directory: String
    private let retention: UInt64
    private let byteLimit: Int
    /// In ascending order of number.
    private let entries: Mutex<[Entry]>
    /// Held by who computes proofs: who wants the same ones finds them afterwards.
    private let proving = Mutex(())

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

    /// Keeps the blobs of a block that is to be the head, and forgets those of blocks that are long past and of blocks
    /// that were taken back.
    func keep(_ candidate: BuiltCandidate) throws(Refusal) {
        let block = candidate.sealed.reference
        remove(
            entries.withLock { entries in
                guard let last = entries.last, last.number >= block.number else { return [] }
                let count = entries.count - (entries.firstIndex { $0.number >= block.number } ?? entries.count)
                defer { entries.removeLast(count) }
                return entries.suffix(count).map { $0.name }
            })
        if candidate.sidecars.isEmpty { return }
        let name = Self.name(block)
        let path = "\(directory)/\(name)"
        let bytes = candidate.sidecars.flatMap { KeptBlob.blobs(of: $0) }.flatMap { $0.encoded }
        do throws(WholeFile.Failure) {
            try WholeFile.write(bytes, to: path, in: directory)
        } catch {
            let isFull = [ENOSPC, EDQUOT, EFBIG].contains(error.code)
            throw Refusal(
                chainError: .storage(
                    StorageError(
                        isFull ? .full : .failed(error.code),
                        "the blobs of block \(block.number) cannot be written: \(error.reason)", path: error.path,
                        remedy: isFull ? "Free some space on this file system." : "Make the folder writable.")),
                isTransient: isFull)
        }
        remove(
            entries.withLock { entries in
                entries.append(Entry(number: block.number, name: name, byteCount: bytes.count))
                return forget(&entries, head: block.number)
            })
    }

    private func remove(_ names: [String]) {
        for name in names {
            let path = "\(directory)/\(name)"
            try? FileManager.default.removeItem(atPath: path)
            try? FileManager.default.removeItem(atPath: path + Self.proofSuffix)
        }
    }

    /// What the file of a block's proofs has after the name of that of its blobs: 48 bytes for each.
    private static let proofSuffix = ".proofs"

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

    /// The proofs of a block's blobs (EIP-4844), which are computed and kept when they are asked for the first time; nil where
    /// `isWanted` says that nobody waits for them any more.
    ///
    /// - Complexity: some ten milliseconds a blob the first time.
    func proofs(of block: BlockReference, _ blobs: [KeptBlob], isWanted: () -> Bool) -> [[UInt8]]? {
        proving.withLock { _ in
            let path = "\(directory)/\(Self.name(block))" + Self.proofSuffix
            let width = KZG.bytesPerProof
            if let data = FileManager.default.contents(atPath: path), data.count == width * blobs.count {
                let bytes = [UInt8](data)
                return blobs.indices.map { Array(bytes[$0 * width..<($0 + 1) * width]) }
            }
            var proofs: [[UInt8]] = []
            for blob in blobs {
                guard isWanted() else { return nil }
                proofs.append(blob.proof ?? [])
            }
            // Where they cannot be kept they are computed again.
            try? WholeFile.write(proofs.flatMap { $0 }, to: path, in: directory)
            return proofs
        }
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
