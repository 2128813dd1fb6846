import Cryptography
public import Primitives
public import StateTransition
public import Trie

/// A rollup's state after a block, read from an archive and checked against the block's header: accounts, slots, codes, and
/// a proof of each.
///
/// - Complexity: memory in proportion to the archive; tries are built when the first proof asks for them.
public final class ArchivedState: StateSource {
    private struct Account {
        var record: AccountRecord
        var slots: Range<Int>
    }

    public let chainID: UInt64
    /// Of the block whose state this is.
    public let header: BlockHeader
    /// keccak256 of the archive.
    public let contentAddress: Hash256
    /// Whose addresses the slots of contracts are made of, in ascending order of contract.
    public let holders: [(contract: Address, addresses: [Address])]
    /// Who has some of which items of ERC-1155 collections, in ascending order of collection, item and account.
    public let itemHolders: [(contract: Address, holders: [ItemHolder])]
    /// Those that the rollup's message passer has, in their order.
    public let withdrawals: [PassedWithdrawal]
    private var accounts = HashTable<Address, Account>()
    private var slots: [(key: UInt256, value: UInt256)] = []
    private var codes = HashTable<Hash256, [UInt8]>()
    private var accountTrie: MerkleTrie
    /// Of the accounts whose slots were proven: many proofs are of one token's storage.
    private var storageTries = HashTable<Address, StorageTrie>()

    /// Reads an archive.
    ///
    /// - Throws: what is wrong with it; nothing of one that is not whole is used.
    public init(reading bytes: [UInt8]) throws(ArchiveError) {
        guard bytes.starts(with: ArchiveRecord.magic) else { throw .notAnArchive }
        var records = ArchiveRecords(bytes)
        guard case .beginning(let chainID, let header)? = try records.next() else { throw records.malformed }
        var accounts = HashTable<Address, Account>()
        var slots: [(key: UInt256, value: UInt256)] = []
        var codes = HashTable<Hash256, [UInt8]>()
        var holders: [(contract: Address, addresses: [Address])] = []
        var withdrawals: [PassedWithdrawal] = []
        var itemHolders: [(contract: Address, holders: [ItemHolder])] = []
        var (kind, last) = (UInt64(0), nil as Address?)
        while let record = try records.next() {
            // Slots belong to the account before: the two kinds alternate.
            guard record.kind >= kind || (kind == 2 && record.kind == 1) else { throw records.malformed }
            kind = record.kind
            switch record {
            case .account(let address, let nonce, let balance, let codeHash):
                guard last.map({ $0 < address }) ?? true else { throw records.malformed }
                last = address
                accounts.set(
                    address,
                    Account(
                        record: AccountRecord(nonce: nonce, balance: balance, codeHash: codeHash),
                        slots: slots.count..<slots.count))
            case .slots(let more):
                guard !accounts.isEmpty, !more.isEmpty else { throw records.malformed }
                let index = accounts.count - 1
                for slot in more {
                    let range = accounts.entries[index].value.slots
                    guard !slot.value.isZero, range.isEmpty || slots[slots.count - 1].key < slot.key else {
                        throw records.malformed
                    }
                    slots.append(slot)
                    accounts[position: index].slots = range.lowerBound..<slots.count
                }
                accounts[position: index].record.hasStorage = true
            case .code(let code): codes.set(Keccak256.hash(code), code)
            case .holders(let contract, let addresses):
                if holders.last?.contract == contract {
                    holders[holders.count - 1].addresses += addresses
                } else {
                    guard holders.last.map({ $0.contract < contract }) ?? true else { throw records.malformed }
                    holders.append((contract, addresses))
                }
            case .withdrawal(let withdrawal):
                guard withdrawals.last.map({ $0.nonce < withdrawal.nonce }) ?? true else { throw records.malformed }
                withdrawals.append(withdrawal)
            case .itemHolders(let contract, let tokenID, let addresses):
                if itemHolders.last?.contract != contract {
                    guard itemHolders.last.map({ $0.contract < contract }) ?? true else { throw records.malformed }
                    itemHolders.append((contract, []))
                }
                for address in addresses {
                    let holder = ItemHolder(tokenID: tokenID, account: address)
                    let last = itemHolders[itemHolders.count - 1].holders.last
                    guard last.map({ $0 < holder }) ?? true else { throw records.malformed }
                    itemHolders[itemHolders.count - 1].holders.append(holder)
                }
            case .beginning, .end: throw records.malformed
            }
        }
        for entry in accounts.entries {
            let hash = entry.value.record.codeHash
            guard hash == EmptyHash.code || codes.index(of: hash) != nil else { throw .missingCode(hash) }
        }
        (self.chainID, self.header, self.holders) = (chainID, header, holders)
        (self.withdrawals, self.itemHolders) = (withdrawals, itemHolders)
        (self.accounts, self.slots, self.codes) = (accounts, slots, codes)
        contentAddress = Keccak256.hash(bytes)
        accountTrie = MerkleTrie(source: TrieNodeSource())
        super.init()
        do throws(StateError) {
            for entry in accounts.entries {
                let storage = try StorageTrie(slots[entry.value.slots])
                try accountTrie.set(Keccak256.hash(entry.key), storage.account(entry.value.record).encoded)
            }
        } catch {
            // A trie that began empty has nothing to load.
            throw .incomplete
        }
        let root = accountTrie.rootHash()
        guard root == header.stateRoot else { throw .otherState(expected: header.stateRoot, actual: root) }
        for withdrawal in withdrawals {
            guard (try? storage(PinnedContract.messagePasser, withdrawal.slot)) == 1 else {
                throw .unknownWithdrawal(withdrawal.hash)
            }
        }
    }

    // MARK: Reading

    public override func account(_ address: Address) throws(StateError) -> AccountRecord? { accounts[address]?.record }

    public override func storage(_ address: Address, _ slot: UInt256) throws(StateError) -> UInt256 {
        guard let range = accounts[address]?.slots else { return 0 }
        var (low, high) = (range.lowerBound, range.upperBound)
        while low < high {
            let middle = (low + high) / 2
            if slots[middle].key < slot { low = middle + 1 } else { high = middle }
        }
        return low < range.upperBound && slots[low].key == slot ? slots[low].value : 0
    }

    public override func code(_ hash: Hash256) throws(StateError) -> [UInt8] {
        guard let code = codes[hash] else { throw .missingCode(hash) }
        return code
    }

    /// Calls `body` with every account, in ascending order of address.
    public func forEachAccount(_ body: (Address, AccountRecord) -> Void) {
        for entry in accounts.entries { body(entry.key, entry.value.record) }
    }

    // MARK: Proofs

    /// Proves an account and slots of it in this state.
    ///
    /// - Complexity: O(*n*) in the slots of the account where it is its first proof.
    public func proof(of address: Address, slots keys: [UInt256]) throws(StateError) -> AccountProof {
        let account = accounts[address]
        let storage = try storageTrie(address, account?.slots ?? 0..<0)
        var proofs: [AccountProof.Slot] = []
        for key in keys {
            proofs.append(
                AccountProof.Slot(
                    key: key, value: try self.storage(address, key),
                    nodes: try storage.trie.proof(for: Keccak256.hash(Hash256(key)).bytes)))
        }
        return AccountProof(
            address: address,
            account: account.map { storage.account($0.record) } ?? TrieAccount(),
            nodes: try accountTrie.proof(for: Keccak256.hash(address).bytes), slots: proofs)
    }

    private func storageTrie(_ address: Address, _ range: Range<Int>) throws(StateError) -> StorageTrie {
        if range.isEmpty { return try StorageTrie([]) }
        if let trie = storageTries[address] { return trie }
        let trie = try StorageTrie(slots[range])
        storageTries.set(address, trie)
        return trie
    }
}

/// The storage of one account as a trie.
private final class StorageTrie {
    var trie = MerkleTrie(source: TrieNodeSource())

    init(_ slots: ArraySlice<(key: UInt256, value: UInt256)>) throws(StateError) {
        for slot in slots {
            try trie.set(StorageLeaf.key(of: slot.key), StorageLeaf.value(slot.value))
        }
    }

    func account(_ record: AccountRecord) -> TrieAccount {
        TrieAccount(
            nonce: record.nonce, balance: record.balance, storageRoot: trie.rootHash(), codeHash: record.codeHash)
    }
}
