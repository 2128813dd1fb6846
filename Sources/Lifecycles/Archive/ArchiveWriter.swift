import Cryptography
public import Primitives
public import StateTransition

/// Writes a rollup's whole state after a block, so that every proof against it can be made without the rollup.
///
/// The same state makes the same bytes, whoever writes them: accounts, slots, holders and items come in ascending order.
/// What comes out of order is refused.
public struct ArchiveWriter {
    private let sink: ([UInt8]) -> Void
    private var hash = Keccak256()
    private var count: UInt64 = 0
    private var lastAccount: Address?
    private var slots: [(key: UInt256, value: UInt256)] = []
    private var lastSlot: UInt256?
    private var codes = HashTable<Hash256, Bool>()
    private var lastContract: Address?
    private var lastNonce: UInt256?
    private var lastCollection: Address?

    /// - Parameters:
    ///   - header: of the block.
    ///   - sink: takes the bytes in their order.
    public init(chainID: UInt64, header: BlockHeader, sink: @escaping ([UInt8]) -> Void) {
        self.sink = sink
        write(ArchiveRecord.magic)
        write(.beginning(chainID: chainID, header: header))
    }

    /// Adds an account that comes after all before it.
    public mutating func append(_ address: Address, _ account: AccountRecord) throws(ArchiveError) {
        writeSlots()
        guard lastAccount.map({ $0 < address }) ?? true else { throw .order("account \(address)") }
        (lastAccount, lastSlot) = (address, nil)
        if account.codeHash != EmptyHash.code { codes.set(account.codeHash, true) }
        write(.account(address, nonce: account.nonce, balance: account.balance, codeHash: account.codeHash))
    }

    /// Adds a slot of the account that was added last.
    public mutating func append(slot: UInt256, _ value: UInt256) throws(ArchiveError) {
        guard lastAccount != nil, lastSlot.map({ $0 < slot }) ?? true, !value.isZero else {
            throw .order("slot \(Hash256(slot))")
        }
        lastSlot = slot
        slots.append((slot, value))
        if slots.count == ArchiveRecord.slotLimit { writeSlots() }
    }

    /// Adds the codes of all accounts that were added.
    public mutating func appendCodes(_ code: (Hash256) throws(StateError) -> [UInt8]) throws(StateError) {
        writeSlots()
        for hash in codes.entries.map(\.key).sorted() { write(.code(try code(hash))) }
        codes.removeAll()
    }

    /// Adds whose addresses the slots of a contract are made of.
    ///
    /// - Parameter holders: in any order.
    public mutating func append(holders: [Address], of contract: Address) throws(ArchiveError) {
        guard lastContract.map({ $0 < contract }) ?? true else { throw .order("contract \(contract)") }
        lastContract = contract
        write(pieces: holders.sorted()) { .holders(of: contract, $0) }
    }

    /// Adds a withdrawal that comes after all before it.
    public mutating func append(_ withdrawal: PassedWithdrawal) throws(ArchiveError) {
        guard lastNonce.map({ $0 < withdrawal.nonce }) ?? true else { throw .order("withdrawal \(withdrawal.hash)") }
        lastNonce = withdrawal.nonce
        write(.withdrawal(withdrawal))
    }

    /// Adds who has some of which item of an ERC-1155 collection that comes after those before it.
    ///
    /// - Parameter itemHolders: in any order.
    public mutating func append(itemHolders: [ItemHolder], of collection: Address) throws(ArchiveError) {
        guard lastCollection.map({ $0 < collection }) ?? true else { throw .order("collection \(collection)") }
        lastCollection = collection
        var rest = itemHolders.sorted()[...]
        while let tokenID = rest.first?.tokenID {
            let item = rest.prefix { $0.tokenID == tokenID }
            write(pieces: item.map(\.account)) { .itemHolders(of: collection, tokenID: tokenID, $0) }
            rest = rest.dropFirst(item.count)
        }
    }

    /// Ends the archive.
    ///
    /// - Returns: its content address: the keccak256 of all bytes.
    public consuming func finish() -> Hash256 {
        write(.end(count: count))
        return hash.finalize()
    }

    /// Writes addresses, each once, in records of as many as one has room for.
    ///
    /// - Parameter addresses: in ascending order.
    private mutating func write(pieces addresses: [Address], _ record: ([Address]) -> ArchiveRecord) {
        var piece: [Address] = []
        for address in addresses where address != piece.last {
            if piece.count == ArchiveRecord.holderLimit {
                write(record(piece))
                piece.removeAll()
            }
            piece.append(address)
        }
        if !piece.isEmpty { write(record(piece)) }
    }

    private mutating func writeSlots() {
        if slots.isEmpty { return }
        write(.slots(slots))
        slots.removeAll(keepingCapacity: true)
    }

    private mutating func write(_ record: ArchiveRecord) {
        write(record.encoded)
        count += 1
    }

    private mutating func write(_ bytes: [UInt8]) {
        hash.update(bytes)
        sink(bytes)
    }
}

/// Why there is no archive.
public enum ArchiveError: Error, Equatable, Sendable {
    /// What the file begins with is not an archive of this version.
    case notAnArchive
    /// Bytes at this place are no record, or one that has no place there.
    case malformed(offset: Int)
    /// It ends before its end, or goes on after it.
    case incomplete
    /// What was to be added comes before what is there.
    case order(String)
    /// The accounts make another state than the header names.
    case otherState(expected: Hash256, actual: Hash256)
    /// An account's code is missing.
    case missingCode(Hash256)
    /// The state's message passer does not have a withdrawal that the archive tells of.
    case unknownWithdrawal(Hash256)

    /// What is wrong, and what helps.
    public var message: String {
        switch self {
        case .notAnArchive:
            "it is not an archive of a rollup, or one of another version (mayfly derive --archive makes one)"
        case .malformed(let offset):
            "byte \(offset): no record of an archive. Make it anew with mayfly derive --archive."
        case .incomplete: "it is cut off. Make it anew with mayfly derive --archive."
        case .order(let what): "\(what) is out of order"
        case .otherState(let expected, let actual):
            "its accounts make the state \(actual), and its header names \(expected): it is not to be trusted"
        case .missingCode(let hash): "the code \(hash) is missing"
        case .unknownWithdrawal(let hash): "its state does not have the withdrawal \(hash)"
        }
    }
}
