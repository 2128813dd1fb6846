import Cryptography
public import Primitives
public import StateTransition

/// What a rollup's logs tell of exits, and its state does not: who has had some of a token or of which item of an ERC-1155
/// collection, as balances are kept by the hashes of addresses, and the withdrawals that were begun.
public struct ExitTrail: Sendable {
    /// In the order in which they were made.
    public private(set) var withdrawals: [PassedWithdrawal] = []
    private var receivers: [Address: Set<Address>] = [:]
    private var itemReceivers: [Address: Set<ItemHolder>] = [:]

    private static let transfer = Keccak256.hash(Array("Transfer(address,address,uint256)".utf8))
    private static let deposit = Keccak256.hash(Array("Deposit(address,uint256)".utf8))

    private static let transferSingle = Keccak256.hash(
        Array("TransferSingle(address,address,address,uint256,uint256)".utf8))
    private static let transferBatch = Keccak256.hash(
        Array("TransferBatch(address,address,address,uint256[],uint256[])".utf8))
    /// The most items that MayflyERC1155 moves in one call.
    private static let batchLimit = 64

    private static let probes = [transfer, deposit, transferSingle, transferBatch, PassedWithdrawal.topic].map {
        LogsBloom.Probe($0)
    }

    /// A trail without steps.
    public init() {}

    /// What an archive has of it.
    public init(_ archive: ArchivedState) {
        withdrawals = archive.withdrawals
        for (contract, holders) in archive.holders { for holder in holders { note(holder, of: contract) } }
        for (contract, holders) in archive.itemHolders { itemReceivers[contract] = Set(holders) }
    }

    /// Whether a block whose logs have this filter may tell something.
    public static func mayBe(in bloom: LogsBloom) -> Bool {
        probes.contains { bloom.mayContain($0) }
    }

    /// Takes up what a block's logs tell.
    public mutating func note(_ logs: [Log], block: UInt64) {
        for log in logs {
            if let withdrawal = PassedWithdrawal(log, block: block) {
                withdrawals.append(withdrawal)
            } else if log.topics.count == 3, log.topics[0] == Self.transfer {
                note(Address(truncating: UInt256(log.topics[2])), of: log.address)
            } else if log.address == PinnedContract.weth, log.topics.count == 2, log.topics[0] == Self.deposit {
                note(Address(truncating: UInt256(log.topics[1])), of: log.address)
            } else if log.topics.count == 4, [Self.transferSingle, Self.transferBatch].contains(log.topics[0]) {
                noteItems(log)
            }
        }
    }

    /// Who has been given some of a token, in ascending order.
    public func holders(of token: Address) -> [Address] {
        receivers[token]?.sorted() ?? []
    }

    /// Those of them who have some in a state.
    public func holders(of token: Address, in state: StateSource) throws(StateError) -> [Address] {
        var holders: [Address] = []
        for holder in self.holders(of: token) {
            let slot = PinnedStorage.slot(PinnedStorage.balances, holder)
            if try !state.storage(token, slot).isZero { holders.append(holder) }
        }
        return holders
    }

    /// Who has been given some of which item of an ERC-1155 collection, in ascending order.
    public func itemHolders(of collection: Address) -> [ItemHolder] {
        itemReceivers[collection]?.sorted() ?? []
    }

    /// Those of them who have some in a state.
    public func itemHolders(of collection: Address, in state: StateSource) throws(StateError) -> [ItemHolder] {
        var holders: [ItemHolder] = []
        for holder in itemHolders(of: collection) {
            if try !state.storage(collection, PinnedStorage.slot(of: holder)).isZero { holders.append(holder) }
        }
        return holders
    }

    /// Takes up who has been given items (EIP-1155); what is not as MayflyERC1155 writes it is another contract's.
    private mutating func noteItems(_ log: Log) {
        let receiver = Address(truncating: UInt256(log.topics[3]))
        let isSingle = log.topics[0] == Self.transferSingle
        let ids = isSingle ? log.word(0).map { [$0] } : log.words(0, limit: Self.batchLimit)
        let amounts = isSingle ? log.word(1).map { [$0] } : log.words(1, limit: Self.batchLimit)
        guard let ids, let amounts, ids.count == amounts.count else { return }
        for (id, amount) in zip(ids, amounts) where !amount.isZero {
            itemReceivers[log.address, default: []].insert(ItemHolder(tokenID: id, account: receiver))
        }
    }

    private mutating func note(_ holder: Address, of token: Address) {
        receivers[token, default: []].insert(holder)
    }
}
