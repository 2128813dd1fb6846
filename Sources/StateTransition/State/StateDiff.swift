public import Primitives

/// What a block changed: enough to bring the state before it to the state after it.
///
/// The order is the one in which execution first met the accounts and slots, the same on every machine.
public struct StateDiff: Sendable {
    /// One account that changed, in itself or in its storage.
    public struct AccountChange: Sendable {
        public var address: Address
        /// What the account is now, or nil where it is gone. `hasStorage` says nothing here.
        public var record: AccountRecord?
        /// Whether nonce, balance, code or existence differ from before.
        public var isRecordChanged: Bool
        /// Whether everything stored before is gone; the slots below are then all there is.
        public var isStorageCleared: Bool
        /// The account's changed slots: a range of `slots`.
        public var slots: Range<Int>

        public init(
            address: Address, record: AccountRecord?, isRecordChanged: Bool = true, isStorageCleared: Bool = false,
            slots: Range<Int> = 0..<0
        ) {
            self.address = address
            self.record = record
            self.isRecordChanged = isRecordChanged
            self.isStorageCleared = isStorageCleared
            self.slots = slots
        }
    }

    /// One slot that changed; zero means that it is gone.
    public struct SlotChange: Sendable {
        public var key: UInt256
        public var value: UInt256

        public init(key: UInt256, value: UInt256) {
            self.key = key
            self.value = value
        }
    }

    /// A code that an account has now and that was not known before.
    public struct NewCode: Sendable {
        public var hash: Hash256
        public var bytes: [UInt8]

        public init(hash: Hash256, bytes: [UInt8]) {
            self.hash = hash
            self.bytes = bytes
        }
    }

    public var accounts: [AccountChange] = []
    public var slots: [SlotChange] = []
    public var codes: [NewCode] = []

    public init() {}

    public var isEmpty: Bool { accounts.isEmpty }
}
