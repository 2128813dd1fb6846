public import Primitives

/// The place of an account in its host: valid until the host's transaction ends, through every revert.
@frozen
public struct AccountHandle: Equatable, Sendable, BitwiseCopyable {
    public let index: Int32

    @inlinable @inline(__always)
    public init(index: Int32) { self.index = index }
}

/// The place of a storage slot in its host: valid until the host's transaction ends, through every revert.
@frozen
public struct SlotHandle: Equatable, Sendable, BitwiseCopyable {
    public let index: Int32

    @inlinable @inline(__always)
    public init(index: Int32) { self.index = index }
}

/// A point to which a host can undo its changes.
@frozen
public struct Checkpoint: Sendable, BitwiseCopyable {
    public let journalCount: Int32
    public let logCount: Int32

    @inlinable @inline(__always)
    public init(journalCount: Int32, logCount: Int32) {
        self.journalCount = journalCount
        self.logCount = logCount
    }
}

/// The state that a transaction runs on, as the interpreter's outer loop sees it.
///
/// Looking an account or slot up gives a handle and reads nothing from the state source, so that gas can be charged
/// before a cold read happens: a witness then needs only what the protocol says is read. Every change is journalled;
/// `revert(to:)` undoes changes, warmth and logs since a checkpoint.
///
/// A `StateError` is not a result of execution: it stops it, and whatever was done is thrown away.
public protocol Host: ~Copyable {
    // MARK: Finding, and warmth (EIP-2929)

    mutating func account(_ address: Address) -> AccountHandle
    func address(of account: AccountHandle) -> Address
    mutating func slot(_ account: AccountHandle, _ key: UInt256) -> SlotHandle
    /// Marks the account warm; true where it was cold.
    mutating func warm(_ account: AccountHandle) -> Bool
    /// Marks the slot warm; true where it was cold.
    mutating func warm(_ slot: SlotHandle) -> Bool

    // MARK: Reading

    /// Whether the account is in the state, empty or not (the rule before EIP-161).
    mutating func exists(_ account: AccountHandle) throws(StateError) -> Bool
    /// Whether nonce and balance are zero and there is no code, or no account at all (EIP-161).
    mutating func isEmpty(_ account: AccountHandle) throws(StateError) -> Bool
    mutating func balance(_ account: AccountHandle) throws(StateError) -> UInt256
    mutating func nonce(_ account: AccountHandle) throws(StateError) -> UInt64
    /// The hash of the code: of no bytes for an account without code, zero for an account that does not exist.
    mutating func codeHash(_ account: AccountHandle) throws(StateError) -> Hash256
    mutating func code(_ account: AccountHandle) throws(StateError) -> Code
    /// Whether a contract may not be created here: the account has code, a nonce or storage (EIP-684, EIP-7610).
    mutating func isOccupied(_ account: AccountHandle) throws(StateError) -> Bool
    /// The value now.
    mutating func storage(_ slot: SlotHandle) throws(StateError) -> UInt256
    /// The value at the start of the transaction (EIP-2200).
    mutating func originalStorage(_ slot: SlotHandle) throws(StateError) -> UInt256
    mutating func transientStorage(_ account: AccountHandle, _ key: UInt256) -> UInt256
    /// The hash of the ancestor block `number`; the caller has checked that it is one of the last 256.
    mutating func blockHash(_ number: UInt64) throws(StateError) -> Hash256

    // MARK: Changing

    mutating func setStorage(_ slot: SlotHandle, _ value: UInt256) throws(StateError)
    mutating func setTransientStorage(_ account: AccountHandle, _ key: UInt256, _ value: UInt256)
    /// Moves wei and touches both; the caller has checked the balance.
    mutating func transfer(_ value: UInt256, from: AccountHandle, to: AccountHandle) throws(StateError)
    /// Marks the account as touched, so that it is removed at the end if empty (EIP-161), or comes to be (before it).
    mutating func touch(_ account: AccountHandle) throws(StateError)
    mutating func setNonce(_ account: AccountHandle, _ nonce: UInt64) throws(StateError)
    /// Begins a contract: the account keeps its balance, loses any storage, and counts as created in this transaction.
    mutating func beginContract(_ account: AccountHandle, nonce: UInt64) throws(StateError)
    mutating func setCode(_ account: AccountHandle, _ bytes: UnsafeRawBufferPointer) throws(StateError)
    /// Whether the account was created in this transaction (EIP-6780).
    mutating func wasCreatedInTransaction(_ account: AccountHandle) -> Bool
    /// Marks the account for removal at the end of the transaction and sets its balance to zero; true the first time.
    mutating func selfDestruct(_ account: AccountHandle) throws(StateError) -> Bool
    mutating func appendLog(_ address: Address, topics: [Hash256], data: UnsafeRawBufferPointer)

    // MARK: Undoing

    mutating func checkpoint() -> Checkpoint
    mutating func revert(to checkpoint: Checkpoint)

    // MARK: Standing in for messages

    /// Whether `intercept` is called in place of every message that code sends; false unless a host says otherwise.
    static var interceptsMessages: Bool { get }
    /// Takes note of a message that is not sent: it counts as a success without output that used no gas.
    mutating func intercept(_ message: MessageSummary)
}

extension Host where Self: ~Copyable {
    @inlinable public static var interceptsMessages: Bool { false }
    @inlinable public mutating func intercept(_ message: MessageSummary) {}
}
