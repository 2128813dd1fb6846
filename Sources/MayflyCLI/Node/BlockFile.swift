import Primitives
import StateTransition

/// A file of blocks in RLP, one after the other, as nodes export them, compressed or not: read a block at a time.
struct BlockFile {
    /// Bytes that a block may have: no block of any chain comes near it.
    private static let blockLimit = 256 << 20

    let path: String
    private let file: InputFile
    /// Where the next block begins, in the unpacked bytes.
    private(set) var offset: UInt64 = 0

    /// Bytes of the file that were read, and all of them; nil where it has no length.
    var progress: (read: UInt64, size: UInt64?) { (file.readCount, file.size) }

    init(_ path: String) throws {
        self.path = path
        file = try InputFile(path)
    }

    /// The next block; nil at the end of the file.
    mutating func next() throws -> Block? {
        let prefix = Array(try file.peek(9))
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
        let bytes = try file.take(prefixCount + count)
        guard bytes.count == prefixCount + count else { throw failure("the file ends in the middle of a block") }
        do throws(BlockDecodingError) {
            let block = try Block(decoding: bytes)
            offset += UInt64(bytes.count)
            return block
        } catch {
            throw failure("what stands there is no block: \(Self.text(error))")
        }
    }

    private static func text(_ error: BlockDecodingError) -> String {
        switch error {
        case .malformed(let rlp): text(rlp)
        case .transaction(let index, .malformed(let rlp)): "transaction \(index): \(text(rlp))"
        case .transaction(let index, .empty): "transaction \(index) is empty"
        case .transaction(let index, .unknownType(let type)):
            "transaction \(index) is of type \(type), which is not known"
        case .transaction(let index, .invalidParity): "the signature of transaction \(index) has no parity"
        }
    }

    private static func text(_ error: RLPError) -> String {
        switch error {
        case .truncated: "an item says that it is longer than what is left"
        case .notCanonical: "an item is not written in its shortest form"
        case .expectedBytes: "there is a list where bytes should be"
        case .expectedList: "there are bytes where a list should be"
        case .trailingBytes: "something follows the last field"
        case .wrongWidth(let expected, let actual): "a field has \(actual) bytes instead of \(expected)"
        }
    }

    private func failure(_ what: String) -> CommandFailure { CommandFailure("\(path), byte \(offset): \(what)") }
}
