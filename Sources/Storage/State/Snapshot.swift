import Primitives
import StateTransition

/// A view of the database at one moment, with the places in the state's tables where it read last. One thread at a time
/// may use it.
final class Snapshot {
    let tables: ChainTables
    private let reading: ReadTransaction
    private let accounts: Cursor
    private let slots: Cursor

    init(_ environment: Environment, _ tables: ChainTables) throws(StorageError) {
        self.tables = tables
        reading = try environment.read()
        accounts = try reading.transaction.cursor(tables.accounts)
        slots = try reading.transaction.cursor(tables.slots)
    }

    var transaction: DatabaseTransaction { reading.transaction }

    /// The account as the block of `version` left it.
    func account(_ address: Address, _ version: UInt32) throws(StorageError) -> StoredAccount? {
        var key = Key()
        key.append(address)
        guard let value = try accounts.newest(key, version), !value.isEmpty else { return nil }
        guard let account = StoredAccount(value) else { throw damaged("the account \(Hex.encode(address.bytes))") }
        return account
    }

    /// The slot as the block of `version` left it.
    func slot(_ address: Address, _ slot: UInt256, _ version: UInt32) throws(StorageError) -> UInt256 {
        var key = Key()
        key.append(address)
        key.append(Hash256(slot))
        guard let value = try slots.newest(key, version) else { return .zero }
        guard let number = UInt256(bigEndianBytes: value) else {
            throw damaged("a slot of \(Hex.encode(address.bytes))")
        }
        return number
    }

    /// The state root that the block of `version` left, and the version of its node.
    func root(_ version: UInt32) throws(StorageError) -> (hash: Hash256, version: UInt32) {
        var key = Key()
        key.append(version)
        guard let value = try transaction.get(tables.roots, key), value.count == 36 else {
            throw damaged("the state root of version \(version) is missing")
        }
        return (value.hash(at: 0), value.number(at: 32, as: UInt32.self))
    }

    func code(_ hash: Hash256) throws(StorageError) -> [UInt8]? {
        var key = Key()
        key.append(hash)
        return try transaction.get(tables.codes, key).map { Array($0) }
    }

    func canonicalHash(_ number: UInt64) throws(StorageError) -> Hash256? {
        var key = Key()
        key.append(number)
        guard let value = try transaction.get(tables.canonical, key) else { return nil }
        guard value.count == 32 else { throw damaged("the hash of block \(number)") }
        return value.hash(at: 0)
    }

    func damaged(_ what: String) -> StorageError {
        .damaged("\(what) is malformed", path: transaction.environment.path)
    }
}

extension Cursor {
    /// The value that the newest entry not after `version` has, of those whose key is `key` and a past version.
    @inline(__always)
    func newest(_ key: Key, _ version: UInt32) throws(StorageError) -> UnsafeRawBufferPointer? {
        var target = key
        let count = key.count
        target.append(~version)
        return try target.withBytes { (bytes) throws(StorageError) in
            guard let entry = try seek(bytes), entry.key.count == count + 4, key.isPrefix(of: entry.key) else {
                return nil
            }
            return entry.value
        }
    }
}
