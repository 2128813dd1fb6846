import Primitives

/// The fields of the meta table.
struct ChainMarks: Equatable, Sendable {
    /// The layout of the tables; another number is another layout.
    static let schema: UInt32 = 1
    /// What the format field begins with.
    static let program: [UInt8] = Array("mayfly".utf8)

    var chainID: UInt64
    var genesis: BlockReference
    var head: BlockReference
    var safe: BlockReference?
    var finalized: BlockReference?
    /// The oldest block whose state can be read.
    var oldestState: UInt64

    /// The version of the state that a block of the chain has left; nil for numbers before the genesis block.
    func version(_ number: UInt64) -> UInt32? {
        guard number >= genesis.number, number - genesis.number < UInt64(UInt32.max) - 1 else { return nil }
        return UInt32(number - genesis.number) + 1
    }

    // MARK: Storage

    private static func key(_ name: StaticString) -> Key {
        var key = Key()
        name.withUTF8Buffer { key.append($0) }
        return key
    }

    static var formatKey: Key { key("format") }
    static var format: [UInt8] { program + withUnsafeBytes(of: schema.bigEndian) { Array($0) } }

    func write(_ transaction: borrowing WriteTransaction, _ table: Table) throws(StorageError) {
        func bytes(_ reference: BlockReference?) -> [UInt8] {
            guard let reference else { return [] }
            return withUnsafeBytes(of: reference.number.bigEndian) { Array($0) } + reference.hash.bytes
        }
        let chain = withUnsafeBytes(of: chainID.bigEndian) { Array($0) } + bytes(genesis)
        let old = withUnsafeBytes(of: oldestState.bigEndian) { Array($0) }
        try transaction.put(table, Self.key("chain"), chain)
        try transaction.put(table, Self.key("head"), bytes(head))
        try transaction.put(table, Self.key("safe"), bytes(safe))
        try transaction.put(table, Self.key("finalized"), bytes(finalized))
        try transaction.put(table, Self.key("oldest-state"), old)
    }

    /// Nil where no chain has begun.
    init?(_ transaction: DatabaseTransaction, _ table: Table) throws(StorageError) {
        func reference(_ bytes: UnsafeRawBufferPointer) -> BlockReference? {
            guard bytes.count == 40 else { return nil }
            return BlockReference(number: bytes.number(at: 0, as: UInt64.self), hash: bytes.hash(at: 8))
        }
        func field(_ name: StaticString) throws(StorageError) -> BlockReference? {
            guard let value = try transaction.get(table, Self.key(name)) else { return nil }
            return reference(value)
        }
        guard let chain = try transaction.get(table, Self.key("chain")) else { return nil }
        guard chain.count == 48, let genesis = reference(chain.dropping(8)), let head = try field("head"),
            let oldest = try transaction.get(table, Self.key("oldest-state")), oldest.count == 8
        else { throw .damaged("the table of marks is malformed", path: transaction.environment.path) }
        chainID = chain.number(at: 0, as: UInt64.self)
        self.genesis = genesis
        self.head = head
        safe = try field("safe")
        finalized = try field("finalized")
        oldestState = oldest.number(at: 0, as: UInt64.self)
    }

    init(chainID: UInt64, genesis: BlockReference) {
        self.chainID = chainID
        self.genesis = genesis
        head = genesis
        oldestState = genesis.number
    }
}
