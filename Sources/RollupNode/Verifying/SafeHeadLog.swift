public import Derivation
import Foundation
import Primitives
import Synchronization

/// Which block of the rollup was the last that each block of L1 gave: kept in a file, so that derivation goes on after a
/// restart where it was, and knows what a final block of L1 makes final.
///
/// What a loss of power leaves undone is no harm: whoever reads an entry checks both blocks.
public final class SafeHeadLog: Sendable {
    /// One block of L1 with which blocks of the rollup became known.
    public struct Entry: Equatable, Sendable {
        public var l1: BlockID
        /// The last one known with it.
        public var l2: BlockID

        public init(l1: BlockID, l2: BlockID) {
            self.l1 = l1
            self.l2 = l2
        }
    }

    private static let entrySize = 80
    private let file: Mutex<FileHandle>
    private let entryCount: Mutex<Int>

    /// Opens the file, or makes it.
    public init(path: String) throws {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw CocoaError(.fileReadUnknown, userInfo: [NSFilePathErrorKey: path])
        }
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        let size = try handle.seekToEnd()
        // An entry that was being written when the process ended is none.
        entryCount = Mutex(Int(size) / Self.entrySize)
        file = Mutex(handle)
    }

    public var count: Int { entryCount.withLock { $0 } }

    public var last: Entry? {
        let count = count
        return count > 0 ? entry(count - 1) : nil
    }

    /// The entry at an index below `count`; nil where it cannot be read.
    public func entry(_ index: Int) -> Entry? {
        file.withLock { file in
            guard (try? file.seek(toOffset: UInt64(index * Self.entrySize))) != nil,
                let data = try? file.read(upToCount: Self.entrySize), data.count == Self.entrySize
            else { return nil }
            return Entry(decoding: [UInt8](data))
        }
    }

    /// Notes the last block of the rollup that a block of L1 gave; in place of what was noted for that one before.
    public func note(_ entry: Entry) throws {
        var index = count
        if let last, last.l1 == entry.l1 { index -= 1 }
        try file.withLock { file in
            try file.seek(toOffset: UInt64(index * Self.entrySize))
            try file.write(contentsOf: Data(entry.encoded))
        }
        entryCount.withLock { $0 = index + 1 }
    }

    /// Forgets all entries from an index on.
    public func truncate(to count: Int) throws {
        try file.withLock { try $0.truncate(atOffset: UInt64(count * Self.entrySize)) }
        entryCount.withLock { $0 = count }
    }

    /// The last entry with an L1 block up to a number.
    ///
    /// - Complexity: O(log *n*) reads.
    public func last(upToL1 number: UInt64) -> Entry? {
        let index = count(upToL1: number)
        return index > 0 ? entry(index - 1) : nil
    }

    /// How many entries have an L1 block up to a number.
    public func count(upToL1 number: UInt64) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            guard let entry = entry(middle) else { return low }
            if entry.l1.number <= number { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

extension SafeHeadLog.Entry {
    fileprivate var encoded: [UInt8] {
        var bytes: [UInt8] = []
        for block in [l1, l2] {
            withUnsafeBytes(of: block.number.bigEndian) { bytes.append(contentsOf: $0) }
            bytes.append(contentsOf: block.hash.bytes)
        }
        return bytes
    }

    fileprivate init(decoding bytes: [UInt8]) {
        func block(_ start: Int) -> BlockID {
            let number = bytes[start..<start + 8].reduce(0 as UInt64) { $0 << 8 | UInt64($1) }
            return BlockID(number: number, hash: Hash256(Array(bytes[start + 8..<start + 40])) ?? Hash256())
        }
        self.init(l1: block(0), l2: block(40))
    }
}
