public import Primitives

/// Records which accounts and slots code reads or changes: what a prestate trace shows the former state of.
///
/// Sender, recipient and coinbase of the transaction are the caller's to add.
public struct AccessTracer: Tracer {
    /// The slots of one account.
    public struct Slots {
        /// In the order of first access; the value says whether the slot was written to.
        public var written: HashTable<UInt256, Bool>
    }

    public static var tracesMessages: Bool { true }
    public static var tracesState: Bool { true }
    /// In the order of first access.
    public private(set) var accounts: HashTable<Address, Slots>
    private let seed: UInt64

    /// - Parameter seed: of the tables; one that nobody can know who picks the slots.
    public init(seed: UInt64 = 0) {
        self.seed = seed
        accounts = HashTable(seed: seed)
    }

    public mutating func didEnter(_ message: MessageSummary) {
        didAccess(message.recipient)
        didAccess(message.codeAddress)
    }

    public mutating func didAccess(_ account: Address) {
        _ = accounts.indexInserting(account) { Slots(written: HashTable(seed: seed)) }
    }

    public mutating func didReadStorage(of account: Address, key: UInt256, value: UInt256) {
        let (index, _) = accounts.indexInserting(account) { Slots(written: HashTable(seed: seed)) }
        _ = accounts[position: index].written.indexInserting(key) { false }
    }

    public mutating func didWriteStorage(of account: Address, key: UInt256, value: UInt256) {
        let (index, _) = accounts.indexInserting(account) { Slots(written: HashTable(seed: seed)) }
        accounts[position: index].written.set(key, true)
    }
}
