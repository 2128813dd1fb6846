public import Primitives

/// What a state holds about one account apart from its code and storage.
@frozen
public struct AccountRecord: Equatable, Sendable, BitwiseCopyable {
    public var nonce: UInt64
    /// Wei.
    public var balance: UInt256
    /// keccak256 of the code; `EmptyHash.code` where there is none.
    public var codeHash: Hash256
    /// Whether any slot of the account is not zero.
    public var hasStorage: Bool

    @inlinable
    public init(
        nonce: UInt64 = 0, balance: UInt256 = 0, codeHash: Hash256 = EmptyHash.code, hasStorage: Bool = false
    ) {
        self.nonce = nonce
        self.balance = balance
        self.codeHash = codeHash
        self.hasStorage = hasStorage
    }

    /// Whether nonce and balance are zero and there is no code (EIP-161).
    @inlinable
    public var isEmpty: Bool { nonce == 0 && balance.isZero && codeHash == EmptyHash.code }
}

/// The hashes that stand for nothing.
public enum EmptyHash {
    /// keccak256 of no bytes: the code hash of an account without code.
    @inlinable @inline(__always)
    public static var code: Hash256 {
        Hash256(
            UInt256(limbs: 0x7BFA_D804_5D85_A470, 0xE500_B653_CA82_273B, 0x927E_7DB2_DCC7_03C0, 0xC5D2_4601_86F7_233C))
    }

    /// The root of a trie without entries: keccak256 of the RLP of no bytes.
    @inlinable @inline(__always)
    public static var trieRoot: Hash256 {
        Hash256(
            UInt256(limbs: 0x0162_2FB5_E363_B421, 0x5B48_E01B_996C_ADC0, 0xFF83_45E6_92C0_F86E, 0x56E8_1F17_1BCC_55A6))
    }

    /// keccak256 of the RLP of an empty list: the hash of no uncles.
    @inlinable @inline(__always)
    public static var list: Hash256 {
        Hash256(
            UInt256(limbs: 0xF0A1_42FD_40D4_9347, 0xD312_451B_948A_7413, 0xAB85_B567_B6CC_D41A, 0x1DCC_4DE8_DEC7_5D7A))
    }

    /// SHA-256 of no bytes: the hash of no requests (EIP-7685).
    @inlinable @inline(__always)
    public static var requests: Hash256 {
        Hash256(
            UInt256(limbs: 0xA495_991B_7852_B855, 0x27AE_41E4_649B_934C, 0x9AFB_F4C8_996F_B924, 0xE3B0_C442_98FC_1C14))
    }
}

/// Where a state is read from: a table in memory, a database, a witness.
///
/// A class, for ring 0 has no existentials: the dynamic call happens once for each account, slot and code that a block
/// reads for the first time, never on what is loaded already. Reads are of the state before the block; what the block
/// changes stays in `JournaledState` until its `StateDiff` is applied.
open class StateSource {
    public init() {}

    /// The account at `address`, or nil where the state has none.
    open func account(_ address: Address) throws(StateError) -> AccountRecord? { nil }

    /// The value of a storage slot; zero where the account or the slot does not exist.
    open func storage(_ address: Address, _ slot: UInt256) throws(StateError) -> UInt256 { 0 }

    /// The code with this hash, which is not `EmptyHash.code`.
    open func code(_ hash: Hash256) throws(StateError) -> [UInt8] { throw .missingCode(hash) }

    /// The hash of the ancestor block `number`, one of the last 256.
    open func blockHash(_ number: UInt64) throws(StateError) -> Hash256 { throw .missingBlockHash(number: number) }

    // MARK: Roots

    /// The root of the state that `diff` leads to; the source itself does not change.
    open func root(after diff: StateDiff) throws(StateError) -> Hash256 { throw .backend(code: 0) }

    /// The storage root of one account in the state that `diff` leads to.
    open func storageRoot(_ address: Address, after diff: StateDiff) throws(StateError) -> Hash256 {
        throw .backend(code: 0)
    }
}
