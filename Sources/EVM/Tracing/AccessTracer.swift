public import Primitives

/// Records which accounts and slots code reads or changes: what a prestate trace shows the former state of.
///
/// Sender, recipient and coinbase of the transaction are the caller's to add.
public struct AccessTracer: Tracer {
    /// The slots of one account.
    public struct Slots {
        /// In the order of first access; the value says whether the slot was written to.
        public var written = HashTable<UInt256, Bool>()
    }

    public static var tracesMessages: Bool { true }
    public static var tracesState: Bool { true }
    /// In the order of first access.
    public private(set) var accounts = HashTable<Address, Slots>()

    public init() {}

    public mutating func didEnter(_ message: MessageSummary) {
        didAccess(message.recipient)
        didAccess(message.codeAddress)
    }

    public mutating func didAccess(_ account: Address) { _ = accounts.indexInserting(account) { Slots() } }

    public mutating func didReadStorage(of account: Address, key: UInt256, value: UInt256) {
        let (index, _) = accounts.indexInserting(account) { Slots() }
        _ = accounts[position: index].written.indexInserting(key) { false }
    }

    public mutating func didWriteStorage(of account: Address, key: UInt256, value: UInt256) {
        let (index, _) = accounts.indexInserting(account) { Slots() }
        accounts[position: index].written.set(key, true)
    }
}
