import Cryptography
import Glibc
public import Primitives
import StateTransition
import Storage
import Synchronization

/// A file that has what the block that is open got, written before anybody hears of it: a process that dies and comes back
/// seals the same block.
///
/// The file outlives the process, not the machine's power: only sealed blocks are on the disk itself.
public final class OpenBlockJournal: Sendable {
    /// What was found in the file.
    public struct Content: Sendable {
        public var parent: Hash256
        /// With the transactions of all sub-blocks.
        public var attributes: BlockAttributes
    }

    private let path: String
    private let descriptor: Mutex<Int32>

    /// Opens the file, or makes it where there is none.
    public init(path: String) throws(ChainError) {
        self.path = path
        let opened = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard opened >= 0 else { throw Self.failure(path) }
        descriptor = Mutex(opened)
    }

    deinit { _ = descriptor.withLock { close($0) } }

    private static func failure(_ path: String) -> ChainError {
        .storage(
            StorageError(
                .failed(errno), "the file cannot be written: \(String(cString: strerror(errno)))", path: path,
                remedy: "Make room on the disk, or give the directory to the user who runs the node."))
    }

    // MARK: Writing

    /// Begins anew with a block that is being opened.
    ///
    /// - Parameter attributes: those that the block was opened with.
    public func begin(_ parent: Hash256, _ attributes: BlockAttributes) throws(ChainError) {
        var writer = RLPWriter()
        writer.appendList { list in
            list.append(parent)
            list.append(attributes.timestamp)
            list.append(attributes.randomness)
            list.append(attributes.feeRecipient)
            list.append(attributes.parentBeaconBlockRoot ?? Hash256())
            list.append(attributes.gasLimit ?? 0)
            list.append(attributes.baseFeeParameters ?? [])
            list.append(attributes.minimumBaseFee.map { [1] + Self.bytes($0) } ?? [])
            list.appendList { items in for transaction in attributes.transactions { items.append(transaction.encoded) }
            }
        }
        try write(writer.bytes, anew: true)
    }

    /// Adds the transactions of a sub-block.
    public func append(_ subBlock: SubBlock) throws(ChainError) {
        var writer = RLPWriter(minimumCapacity: subBlock.encoded.reduce(16) { $0 + $1.count + 4 })
        writer.appendList { list in for transaction in subBlock.encoded { list.append(transaction) } }
        try write(writer.bytes, anew: false)
    }

    private static func bytes(_ number: UInt64) -> [UInt8] { withUnsafeBytes(of: number.bigEndian) { Array($0) } }

    /// A record is its length and a checksum, eight bytes each, and the bytes.
    private func write(_ payload: [UInt8], anew: Bool) throws(ChainError) {
        let record = Self.bytes(UInt64(payload.count)) + Self.bytes(Keccak256.hash(payload).word0) + payload
        let isWritten = descriptor.withLock { descriptor in
            if anew {
                guard ftruncate(descriptor, 0) == 0, lseek(descriptor, 0, SEEK_SET) == 0 else { return false }
            } else if lseek(descriptor, 0, SEEK_END) < 0 {
                return false
            }
            return record.withUnsafeBytes { bytes in
                var written = 0
                while written < bytes.count, let base = bytes.baseAddress {
                    let count = Glibc.write(descriptor, base + written, bytes.count - written)
                    if count < 0 && errno != EINTR { return false }
                    written += max(0, count)
                }
                return true
            }
        }
        guard isWritten else { throw Self.failure(path) }
    }

    // MARK: Reading

    /// What the last process left; nil where it left nothing that can be read. A record that was not written whole was never
    /// told of, and does not count.
    public func content() -> Content? {
        var records = Records(read())
        guard let first = records.next(), var content = Self.content(first) else { return nil }
        while let record = records.next() {
            guard let transactions = Self.transactions(record) else { break }
            content.attributes.transactions += transactions
        }
        return content
    }

    private func read() -> [UInt8] {
        descriptor.withLock { descriptor in
            let size = lseek(descriptor, 0, SEEK_END)
            guard size > 0, size < 1 << 30 else { return [] }
            return [UInt8](unsafeUninitializedCapacity: Int(size)) { buffer, count in
                while count < buffer.count, let base = buffer.baseAddress {
                    let got = pread(descriptor, base + count, buffer.count - count, count)
                    if got == 0 || (got < 0 && errno != EINTR) { break }
                    count += max(0, got)
                }
            }
        }
    }

    private struct Records {
        private var rest: ArraySlice<UInt8>

        init(_ bytes: [UInt8]) { rest = bytes[...] }

        mutating func next() -> [UInt8]? {
            guard rest.count >= 16 else { return nil }
            let length = rest.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            let checksum = rest.dropFirst(8).prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            guard length <= UInt64(rest.count - 16) else { return nil }
            let payload = Array(rest.dropFirst(16).prefix(Int(length)))
            guard Keccak256.hash(payload).word0 == checksum else { return nil }
            rest = rest.dropFirst(16 + Int(length))
            return payload
        }
    }

    private static func content(_ record: [UInt8]) -> Content? {
        do throws(RLPError) {
            var reader = RLPReader(record)
            var list = try reader.readList()
            let parent = try list.readHash()
            var attributes = BlockAttributes(
                timestamp: try list.readUInt64(), randomness: try list.readHash(), feeRecipient: try list.readAddress())
            attributes.withdrawals = []
            attributes.parentBeaconBlockRoot = try list.readHash()
            let gasLimit = try list.readUInt64()
            attributes.gasLimit = gasLimit == 0 ? nil : gasLimit
            let parameters = Array(try list.readBytes())
            attributes.baseFeeParameters = parameters.isEmpty ? nil : parameters
            let minimum = Array(try list.readBytes())
            if minimum.count == 9 {
                attributes.minimumBaseFee = minimum.dropFirst().reduce(0) { $0 << 8 | UInt64($1) }
            }
            guard let transactions = try decoded(list.readList()) else { return nil }
            attributes.transactions = transactions
            return Content(parent: parent, attributes: attributes)
        } catch {
            return nil
        }
    }

    private static func transactions(_ record: [UInt8]) -> [Transaction]? {
        var reader = RLPReader(record)
        guard let list = try? reader.readList() else { return nil }
        return try? decoded(list)
    }

    private static func decoded(_ list: RLPReader) throws(RLPError) -> [Transaction]? {
        var list = list
        var transactions: [Transaction] = []
        while !list.isAtEnd {
            let bytes = Array(try list.readBytes())
            guard let transaction = try? Transaction(decoding: bytes) else { return nil }
            transactions.append(transaction)
        }
        return transactions
    }
}

extension Chain {
    /// Seals the block that an earlier process had open when it ended, where its parent is the head.
    ///
    /// - Returns: the block; nil where there is nothing to go on with.
    /// - Throws: `storage` where it cannot be put on disk. A block that cannot be made again is left.
    public func recover(_ journal: OpenBlockJournal) throws(ChainError) -> SealedBlock? {
        guard let content = journal.content(), content.parent == database.head.hash else { return nil }
        do throws(ChainError) {
            return try seal(try open(content.attributes), isDurable: true).sealed
        } catch {
            if case .storage = error { throw error }
            return nil
        }
    }
}
