import Foundation
import Lifecycles
import Primitives
import RollupNode
import Storage

/// The archive of a rollup's state, in a file or in memory.
enum ArchiveFile {
    /// Reads one, and checks it.
    static func read(_ path: String) throws -> ArchivedState {
        if let obstacle = FileFailure.obstacle(path) { throw CommandFailure("cannot read \(path): \(obstacle)") }
        let bytes: [UInt8]
        do {
            bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path), options: .mappedIfSafe))
        } catch {
            throw CommandFailure("cannot read \(path): \(FileFailure.reason(error))")
        }
        return try state(bytes, path)
    }

    /// The archive of what a chain's newest block has left.
    static func make(_ database: ChainDatabase) throws -> ArchivedState {
        var bytes: [UInt8] = []
        _ = try write(database) { bytes += $0 }
        return try state(bytes, "the archive")
    }

    /// Writes it to a file, which is whole or not there.
    ///
    /// - Returns: the content address, and the bytes.
    static func write(_ database: ChainDatabase, to path: String) throws -> (hash: Hash256, byteCount: Int) {
        let partial = path + ".partial"
        guard FileManager.default.createFile(atPath: partial, contents: nil),
            let file = FileHandle(forWritingAtPath: partial)
        else { throw CommandFailure("cannot write \(partial): \(String(cString: strerror(errno)))") }
        var (pending, byteCount) = ([UInt8](), 0)
        var failure: (any Error)?
        let flush = {
            if failure == nil { do { try file.write(contentsOf: Data(pending)) } catch { failure = error } }
            pending.removeAll(keepingCapacity: true)
        }
        do {
            let hash = try write(database) { bytes in
                byteCount += bytes.count
                pending += bytes
                if pending.count > 1 << 20 { flush() }
            }
            flush()
            if let failure { throw failure }
            try file.synchronize()
            try file.close()
            guard rename(partial, path) == 0 else {
                throw CommandFailure("cannot name \(path): \(String(cString: strerror(errno)))")
            }
            return (hash, byteCount)
        } catch {
            try? FileManager.default.removeItem(atPath: partial)
            throw (error as? CommandFailure) ?? CommandFailure("cannot write \(path): \(FileFailure.reason(error))")
        }
    }

    private static func write(_ database: ChainDatabase, sink: @escaping ([UInt8]) -> Void) throws -> Hash256 {
        let snapshot = try database.snapshot()
        var chain = ChainTrail()
        try chain.follow(snapshot)
        do throws(ChainArchiving.Failure) {
            return try ChainArchiving.write(snapshot, chain.trail, sink: sink)
        } catch {
            switch error {
            case .storage(let error): throw CommandFailure(error)
            case .state(let error): throw CommandFailure("the chain's state cannot be read: \(error)")
            case .archive(let error): throw CommandFailure("no archive can be made: \(error.message)")
            }
        }
    }

    private static func state(_ bytes: [UInt8], _ name: String) throws -> ArchivedState {
        do throws(ArchiveError) { return try ArchivedState(reading: bytes) } catch {
            throw CommandFailure("\(name): \(error.message)")
        }
    }
}

/// What came of an archive that was made.
struct ArchiveSummary {
    var path: String
    var hash: Hash256
    var byteCount: Int
    var blockCount: Int
    /// That it took.
    var seconds: Double
    /// That the rollup took.
    var chainSeconds: UInt64

    /// How many times as fast as the rollup.
    var rate: Double { Double(chainSeconds) / max(seconds, 0.001) }
}
