import EVM
import Primitives

/// An account as a block's execution knows it. It keeps its place from the first look-up to the end of the block.
///
/// Marks that hold for one transaction are the number of that transaction (its epoch), so that nothing has to be reset
/// when the next one begins.
struct AccountEntry {
    let address: Address
    /// Whether the source has been asked; until then every field below is meaningless.
    var isLoaded = false
    var exists = false
    /// Whether what the source stores for the account is gone: it was removed at the end of a transaction.
    var isStorageCleared = false
    /// Always warm.
    let isPrecompile: Bool
    var warmEpoch: UInt32 = 0
    var touchedEpoch: UInt32 = 0
    var createdEpoch: UInt32 = 0
    var destroyedEpoch: UInt32 = 0
    /// The account's slots, in the order of their look-up; -1 for none.
    var firstSlot: Int32 = -1
    var lastSlot: Int32 = -1
    var nonce: UInt64 = 0
    var balance: UInt256 = 0
    var codeHash = EmptyHash.code
    var code: Code?
    /// The account before the block.
    var original: AccountRecord?

    init(address: Address, isPrecompile: Bool) {
        self.address = address
        self.isPrecompile = isPrecompile
    }

    @inline(__always)
    var isEmpty: Bool { nonce == 0 && balance.isZero && codeHash == EmptyHash.code }
}

/// A storage slot as a block's execution knows it.
struct SlotEntry {
    let key: UInt256
    let account: Int32
    /// The account's next slot, or -1.
    var next: Int32 = -1
    var isLoaded = false
    var warmEpoch: UInt32 = 0
    /// The transaction that `transactionOriginal` belongs to.
    var originalEpoch: UInt32 = 0
    var value: UInt256 = 0
    var transactionOriginal: UInt256 = 0
    var blockOriginal: UInt256 = 0

    init(key: UInt256, account: Int32) {
        self.key = key
        self.account = account
    }
}

/// How to undo one change.
struct JournalRecord {
    enum Kind: UInt8 {
        case accountWarmed
        case slotWarmed
        case touched
        case cameToBe
        case created
        case destroyed
        case balance
        case nonce
        case code
        case storage
        case transientStorage
    }

    /// What was there before.
    let value: UInt256
    /// The account, slot or transient entry.
    let index: Int32
    let kind: Kind

    @inline(__always)
    init(_ kind: Kind, _ index: Int32, _ value: UInt256 = 0) {
        self.value = value
        self.index = index
        self.kind = kind
    }
}

/// A slot of transient storage (EIP-1153).
struct TransientKey: TableKey {
    let account: Int32
    let key: UInt256

    @inline(__always)
    func tableHash(seed: UInt64) -> UInt64 { slotHash(account: account, key: key, seed: seed) }
}

@inline(__always)
func slotHash(account: Int32, key: UInt256, seed: UInt64) -> UInt64 {
    key.tableHash(seed: seed &+ UInt64(UInt32(bitPattern: account)) &* 0x9E37_79B9_7F4A_7C15)
}
