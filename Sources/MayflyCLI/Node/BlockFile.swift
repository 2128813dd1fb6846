import Foundation
import StateTransition

/// A file of blocks in RLP, one after the other, as nodes export them: read a block at a time.
struct BlockFile {
    /// Bytes that a block may have: no block of any chain comes near it.
    private static let blockLimit = 256 << 20

    let path: String
    private let file: FileHandle
    /// Where the next block begins.
    private(set) var offset: UInt64 = 0

    init(_ path: String) throws {
        self.path = path
        guard let file = FileHandle(forReadingAtPath: path) else {
            throw CommandFailure("cannot read \(path): \(String(cString: strerror(errno)))")
        }
        self.file = file
    }

    /// The next block; nil at the end of the file.
    mutating func next() throws -> Block? {
        let prefix = try read(9)
        guard let first = prefix.first else { return nil }
        guard first >= 0xC0 else { throw failure("no RLP of a block begins here") }
        var count = Int(first) - 0xC0
        var prefixCount = 1
        if first > 0xF7 {
            prefixCount += Int(first) - 0xF7
            guard prefix.count >= prefixCount else { throw failure("the file ends in the middle of a block") }
            count = prefix[1..<prefixCount].reduce(0) { min($0, 1 << 40) << 8 | Int($1) }
        }
        guard count <= Self.blockLimit else { throw failure("a block of \(count) bytes is larger than any") }
        try file.seek(toOffset: offset)
        let bytes = try read(prefixCount + count)
        guard bytes.count == prefixCount + count else { throw failure("the file ends in the middle of a block") }
        do throws(BlockDecodingError) {
            let block = try Block(decoding: bytes)
            offset += UInt64(bytes.count)
            return block
        } catch {
            throw failure("no block: \(error)")
        }
    }

    private func read(_ count: Int) throws -> [UInt8] { [UInt8](try file.read(upToCount: count) ?? Data()) }

    private func failure(_ what: String) -> CommandFailure { CommandFailure("\(path), byte \(offset): \(what)") }
}
