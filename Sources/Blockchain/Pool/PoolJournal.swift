import Glibc
import Sequencing
import Storage
import Synchronization

/// A file that has the transactions which the pool took, written before whoever sent one hears of it: a process that dies
/// and comes back has them again.
///
/// It is written anew with what still waits whenever it has grown to twice that. It outlives the process, not the machine's
/// power. Where the disk is full transactions are taken and not kept.
public final class PoolJournal: Sendable {
    private struct File {
        var descriptor: Int32
        var byteCount: Int
        /// The size at which it is written anew, bytes.
        var limit: Int
    }

    private let path: String
    private let smallest: Int
    private let file: Mutex<File>

    /// Bytes: longer ones no pool takes.
    private static let longestTransaction = 1 << 20

    /// Opens the file, or makes it where there is none.
    ///
    /// - Parameter smallest: bytes below which it is never written anew.
    /// - Throws: `storage` where it cannot be written.
    public init(path: String, smallest: Int = 1 << 20) throws(ChainError) {
        self.path = path
        self.smallest = smallest
        let descriptor = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw .storage(
                StorageError(
                    .failed(errno), "the file cannot be written: \(String(cString: strerror(errno)))", path: path,
                    remedy: "Make room on the disk, or give the directory to the user who runs the node."))
        }
        let byteCount = max(0, Int(lseek(descriptor, 0, SEEK_END)))
        file = Mutex(File(descriptor: descriptor, byteCount: byteCount, limit: max(smallest, byteCount)))
    }

    deinit { _ = file.withLock { close($0.descriptor) } }

    /// Adds transactions.
    ///
    /// - Parameters:
    ///   - transactions: as they are in blocks (EIP-2718).
    ///   - waiting: gives all that wait, these included.
    func append(_ transactions: [[UInt8]], waiting: () -> [[UInt8]]) {
        let records = Self.records(transactions)
        file.withLock { file in
            if Self.write(records, to: file.descriptor) {
                file.byteCount += records.count
            } else {
                // Half a record would hide those after it.
                _ = ftruncate(file.descriptor, off_t(file.byteCount))
            }
            if file.byteCount > file.limit { rewrite(&file, waiting()) }
        }
    }

    /// Writes the file anew with what waits.
    func rewrite(waiting: () -> [[UInt8]]) { file.withLock { rewrite(&$0, waiting()) } }

    /// Where that fails the file stays as it is.
    private func rewrite(_ file: inout File, _ transactions: [[UInt8]]) {
        file.limit = max(smallest, 2 * file.byteCount)
        let records = Self.records(transactions)
        let next = path + ".new"
        let descriptor = open(next, O_RDWR | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return }
        guard Self.write(records, to: descriptor), rename(next, path) == 0 else {
            close(descriptor)
            unlink(next)
            return
        }
        close(file.descriptor)
        file = File(descriptor: descriptor, byteCount: records.count, limit: max(smallest, 2 * records.count))
    }

    /// A record is its length, four bytes, and a transaction, whose signature is its checksum.
    private static func records(_ transactions: [[UInt8]]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(transactions.reduce(0) { $0 + $1.count + 4 })
        for transaction in transactions {
            withUnsafeBytes(of: UInt32(transaction.count).bigEndian) { bytes.append(contentsOf: $0) }
            bytes.append(contentsOf: transaction)
        }
        return bytes
    }

    private static func write(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        bytes.withUnsafeBytes { bytes in
            var written = 0
            while written < bytes.count, let base = bytes.baseAddress {
                let count = Glibc.write(descriptor, base + written, bytes.count - written)
                if count < 0 && errno != EINTR { return false }
                written += max(0, count)
            }
            return true
        }
    }

    // MARK: Reading

    /// Calls `body` with what the last process left, some after others, as far as it can be read.
    func read(_ body: ([[UInt8]]) -> Void) {
        var position = 0
        var rest: [UInt8] = []
        while rest.count < Self.longestTransaction + 4 {
            let chunk = chunk(at: position)
            guard !chunk.isEmpty else { return }
            position += chunk.count
            rest += chunk
            let transactions = Self.takeRecords(from: &rest)
            if !transactions.isEmpty { body(transactions) }
        }
    }

    private func chunk(at position: Int) -> [UInt8] {
        file.withLock { file in
            [UInt8](unsafeUninitializedCapacity: 1 << 18) { buffer, count in
                repeat {
                    count = pread(file.descriptor, buffer.baseAddress, buffer.count, off_t(position))
                } while count < 0 && errno == EINTR
                count = max(0, count)
            }
        }
    }

    /// The whole records at the start.
    private static func takeRecords(from bytes: inout [UInt8]) -> [[UInt8]] {
        var found: [[UInt8]] = []
        var start = 0
        while bytes.count - start >= 4 {
            let length = bytes[start..<start + 4].reduce(0) { $0 << 8 | Int($1) }
            guard (1...longestTransaction).contains(length), bytes.count - start - 4 >= length else { break }
            found.append(Array(bytes[start + 4..<start + 4 + length]))
            start += 4 + length
        }
        bytes.removeFirst(start)
        return found
    }
}

extension TransactionPool {
    /// Takes again what an earlier process had in its pool, and writes down from now on what is taken. What cannot be in a
    /// block any more is left out, and so are blobs and what is sent without a signature.
    public func keep(in journal: PoolJournal) {
        journal.read { transactions in _ = submit(batch: transactions) }
        self.journal.withLock { $0 = journal }
        rewriteJournal()
    }

    /// Leaves in the journal only what waits, so that who starts next has little to read.
    public func rewriteJournal() { journal.withLock { $0 }?.rewrite { waiting } }

    /// Writes down transactions that the pool took.
    func note(_ transactions: [PooledTransaction]) {
        guard let journal = journal.withLock({ $0 }) else { return }
        let encoded = transactions.filter { $0.isKept }.map { $0.encoded }
        if !encoded.isEmpty { journal.append(encoded) { waiting } }
    }

    /// What no sealed block has, each account's in the order of its nonces.
    private var waiting: [[UInt8]] {
        let (included, accounts) = state.withLock { ($0.open?.included ?? [], $0.pool.content) }
        let pooled = included + accounts.flatMap { $0.pending + $0.queued }
        return pooled.filter { $0.isKept }.map { $0.encoded }
    }
}

extension PooledTransaction {
    fileprivate var isKept: Bool { sidecar == nil && !isImpersonated }
}
