import Cryptography
public import Primitives

/// What an account and slots of it hold, with the trie nodes that prove it: the content of `eth_getProof` (EIP-1186).
public struct AccountProof: Equatable, Sendable {
    /// One slot; zero where the storage does not have it.
    public struct Slot: Equatable, Sendable {
        public var key: UInt256
        public var value: UInt256
        /// From the storage root down; empty where the storage is.
        public var nodes: [[UInt8]]

        public init(key: UInt256, value: UInt256, nodes: [[UInt8]]) {
            self.key = key
            self.value = value
            self.nodes = nodes
        }
    }

    public var address: Address
    /// `TrieAccount()` where the state does not have the account.
    public var account: TrieAccount
    /// From the state root down.
    public var nodes: [[UInt8]]
    public var slots: [Slot]

    public init(address: Address, account: TrieAccount, nodes: [[UInt8]], slots: [Slot]) {
        self.address = address
        self.account = account
        self.nodes = nodes
        self.slots = slots
    }

    /// Proves an account and slots of it in the state with this root.
    ///
    /// - Throws: `StateError` where a node on a path is missing from `source` or malformed.
    /// - Complexity: a few nodes read for the account and each slot, whatever the size of the state.
    public init(
        of address: Address, slots keys: [UInt256], root: Hash256, source: TrieNodeSource
    ) throws(StateError) {
        var accounts = MerkleTrie(root: root, source: source)
        let storageRoot = try Self.account(address, in: &accounts).storageRoot
        try self.init(
            of: address, slots: keys, accounts: accounts, storage: MerkleTrie(root: storageRoot, source: source))
    }

    /// Proves an account and slots of it in the state with this trie of accounts; `storage` is that account's.
    ///
    /// - Throws: `StateError` where a node on a path is missing or malformed.
    /// - Complexity: a few nodes read for the account and each slot, whatever the size of the state.
    public init(
        of address: Address, slots keys: [UInt256], accounts: consuming MerkleTrie, storage: consuming MerkleTrie
    ) throws(StateError) {
        self.address = address
        nodes = try accounts.proof(for: Keccak256.hash(address).bytes)
        account = try Self.account(address, in: &accounts)
        slots = []
        for key in keys {
            let slotKey = Keccak256.hash(Hash256(key))
            let slotNodes = try storage.proof(for: slotKey.bytes)
            guard let value = Self.value(try storage.get(slotKey)) else { throw .malformedNode(account.storageRoot) }
            slots.append(Slot(key: key, value: value, nodes: slotNodes))
        }
    }

    private static func account(_ address: Address, in accounts: inout MerkleTrie) throws(StateError) -> TrieAccount {
        guard let encoded = try accounts.get(Keccak256.hash(address)) else { return TrieAccount() }
        guard let account = try? TrieAccount(decoding: encoded) else { throw .malformedNode(accounts.rootHash()) }
        return account
    }

    /// Checks that the state with this root holds just what the proof says.
    ///
    /// - Throws: `AccountProofError`, naming the part that does not hold.
    public func verify(stateRoot: Hash256) throws(AccountProofError) {
        let encoded: [UInt8]?
        do throws(ProofError) {
            encoded = try verifyProof(root: stateRoot, key: Keccak256.hash(address).bytes, proof: nodes)
        } catch {
            throw .account(error)
        }
        var proven = TrieAccount()
        if let encoded {
            guard let decoded = try? TrieAccount(decoding: encoded) else { throw .malformedAccount }
            proven = decoded
        }
        guard account == proven else { throw .otherAccount }
        for (index, slot) in slots.enumerated() {
            let stored: [UInt8]?
            do throws(ProofError) {
                let key = Keccak256.hash(Hash256(slot.key)).bytes
                stored = try verifyProof(root: proven.storageRoot, key: key, proof: slot.nodes)
            } catch {
                throw .slot(index: index, error)
            }
            guard let value = Self.value(stored) else { throw .malformedSlot(index: index) }
            guard slot.value == value else { throw .otherValue(index: index) }
        }
    }

    /// The number that a storage trie holds; zero for nothing, nil for what no storage trie can hold.
    private static func value(_ stored: [UInt8]?) -> UInt256? {
        guard let stored else { return .zero }
        var reader = RLPReader(stored)
        guard let value = try? reader.readUInt256(), reader.isAtEnd, !value.isZero else { return nil }
        return value
    }
}

/// Why a proof of an account does not hold.
public enum AccountProofError: Error, Equatable, Sendable {
    /// The nodes of the account prove nothing.
    case account(ProofError)
    /// What the state holds at the address is no account.
    case malformedAccount
    /// The state holds another account at the address than the proof says, or none.
    case otherAccount
    /// The nodes of a slot prove nothing.
    case slot(index: Int, ProofError)
    /// What the storage holds in the slot is no value.
    case malformedSlot(index: Int)
    /// The storage holds another value in the slot than the proof says.
    case otherValue(index: Int)
}
