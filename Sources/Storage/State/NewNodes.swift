import Glibc
import Primitives
import Trie

/// The nodes that a block adds to the tries and the places that it leaves, as the tables hold them, in one buffer.
final class NewNodes: TrieNodeSink {
    private struct Record {
        var start: Int
        var keyCount: Int32
        var valueCount: Int32
        var isStorage: Bool
    }

    let version: UInt32
    /// Whose storage trie is being committed; nil for the account trie.
    var owner: Address?
    private var bytes: [UInt8] = []
    private var records: [Record] = []
    /// What `VacatedNodes` reads.
    private(set) var vacated: [UInt8] = []

    /// - Parameters:
    ///   - capacity: how many bytes it may come to.
    init(version: UInt32, capacity: Int) {
        self.version = version
        bytes.reserveCapacity(capacity)
        super.init()
    }

    override func store(
        _ hash: Hash256, _ encoding: UnsafeRawBufferPointer, path: UnsafeBufferPointer<UInt8>,
        childVersions: UnsafeBufferPointer<UInt32>
    ) {
        let start = bytes.count
        withUnsafeBytes(of: version.bigEndian) { bytes.append(contentsOf: $0) }
        if let owner { withUnsafeBytes(of: owner) { bytes.append(contentsOf: $0) } }
        bytes.append(contentsOf: path)
        let middle = bytes.count
        bytes.append(UInt8(truncatingIfNeeded: childVersions.count))
        for child in childVersions { withUnsafeBytes(of: child.bigEndian) { bytes.append(contentsOf: $0) } }
        bytes.append(contentsOf: encoding)
        records.append(
            Record(
                start: start, keyCount: Int32(middle - start), valueCount: Int32(bytes.count - middle),
                isStorage: owner != nil))
    }

    override func vacate(_ place: TrieNodePlace) {
        withUnsafeBytes(of: place.version.bigEndian) { vacated.append(contentsOf: $0) }
        vacated.append(UInt8(truncatingIfNeeded: place.path.count) | (owner == nil ? 0 : 0x80))
        if let owner { withUnsafeBytes(of: owner) { vacated.append(contentsOf: $0) } }
        vacated.append(contentsOf: place.path)
    }

    var byteCount: Int { bytes.count }

    /// Writes the nodes, ascending, at the ends of their tables.
    func write(_ transaction: borrowing WriteTransaction, _ tables: ChainTables) throws(StorageError) {
        try bytes.withUnsafeBufferPointer { (buffer) throws(StorageError) in
            let bytes = UnsafeRawBufferPointer(buffer)
            func key(_ record: Record) -> UnsafeRawBufferPointer {
                UnsafeRawBufferPointer(rebasing: bytes[record.start..<record.start + Int(record.keyCount)])
            }
            let sorted = records.sorted { left, right in
                if left.isStorage != right.isStorage { return right.isStorage }
                return precedes(key(left), key(right))
            }
            for record in sorted {
                let start = record.start + Int(record.keyCount)
                let value = UnsafeRawBufferPointer(rebasing: bytes[start..<start + Int(record.valueCount)])
                let table = record.isStorage ? tables.storageNodes : tables.accountNodes
                try transaction.put(table, key(record), value, isLast: true)
            }
        }
    }
}

/// The order of keys in the database.
@inline(__always)
private func precedes(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Bool {
    // Keys are never empty.
    guard let first = left.baseAddress, let second = right.baseAddress else { return false }
    let order = memcmp(first, second, min(left.count, right.count))
    return order == 0 ? left.count < right.count : order < 0
}

/// Reads the places that a version has left: version, the number of nibbles with 0x80 for a storage trie, address of
/// the account for a storage trie, nibbles.
struct VacatedNodes {
    private let bytes: UnsafeRawBufferPointer
    private var offset = 0

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    /// The key of the next place; nil at the end.
    mutating func next() -> (isStorage: Bool, key: Key)? {
        guard offset + 5 <= bytes.count else { return nil }
        let isStorage = bytes[offset + 4] & 0x80 != 0
        let count = (isStorage ? 20 : 0) + Int(bytes[offset + 4] & 0x7F)
        guard offset + 5 + count <= bytes.count, count <= 84 else { return nil }
        var key = Key()
        key.append(bytes.number(at: offset, as: UInt32.self))
        for byte in bytes[offset + 5..<offset + 5 + count] { key.append(byte) }
        offset += 5 + count
        return (isStorage, key)
    }
}
