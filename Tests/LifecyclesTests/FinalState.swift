import Cryptography
import Foundation
import Lifecycles
import Primitives
import StateTransition

/// The last state of a rollup, made by hand: accounts, what they hold, and the archive of it.
struct FinalState {
    struct Account {
        var record = AccountRecord()
        var slots: [UInt256: UInt256] = [:]
    }

    static let standardBridge = predeploy(0x10)
    static let erc721Bridge = predeploy(0x14)

    private(set) var accounts: [Address: Account] = [:]
    private var codes: [[UInt8]] = []
    private var holders: [Address: [Address]] = [:]
    private var itemHolders: [Address: [ItemHolder]] = [:]

    init() {
        let dissolver = PinnedContract.dissolver
        put(dissolver, code: [0x60, 1])
        accounts[dissolver]?.slots[0] = 1
        put(PinnedContract.weth, code: [0x60, 2])
    }

    static func predeploy(_ number: UInt64) -> Address {
        Address(truncating: UInt256(limbs: number, 0, 0x4200_0000, 0))
    }

    /// The same account for the same name.
    static func person(_ name: String) -> Address {
        let bytes = Keccak256.hash(Array(name.utf8)).bytes.prefix(20)
        return bytes.withUnsafeBytes { $0.loadUnaligned(as: Address.self) }
    }

    /// A code as it stands on the rollup.
    static func code(_ contract: String) throws -> [UInt8] {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let file = root.appendingPathComponent("contracts/artifacts/l2/\(contract).json")
        let artifact = try JSONSerialization.jsonObject(with: try Data(contentsOf: file)) as? [String: Any]
        return try Hex.decode(artifact?["deployedBytecode"] as? String ?? "")
    }

    // MARK: What is there

    mutating func put(_ address: Address, balance: UInt256 = 0, nonce: UInt64 = 0, code: [UInt8] = []) {
        var account = Account(record: AccountRecord(nonce: nonce, balance: balance))
        if !code.isEmpty {
            account.record.codeHash = Keccak256.hash(code)
            codes.append(code)
        }
        accounts[address] = account
    }

    mutating func resolve(_ contract: Address, _ resolver: Address) {
        set(PinnedContract.dissolver, 1, UInt256(contract), UInt256(resolver))
    }

    mutating func wrap(_ holder: Address, _ amount: UInt256) {
        set(PinnedContract.weth, 0, UInt256(holder), amount)
        let record = accounts[PinnedContract.weth]?.record.balance ?? 0
        accounts[PinnedContract.weth]?.record.balance = record &+ amount
        holders[PinnedContract.weth, default: []].append(holder)
    }

    mutating func token(_ token: Address, remote: Address, _ balances: [(Address, UInt256)]) throws {
        put(token, nonce: 1, code: try Self.code("OptimismMintableERC20"))
        for (holder, amount) in balances { set(token, 0, UInt256(holder), amount) }
        let supply = balances.reduce(0 as UInt256) { $0 &+ $1.1 }
        let slots: [UInt256: UInt256] = [2: supply, 4: UInt256(remote), 5: UInt256(Self.standardBridge), 6: 18]
        accounts[token]?.slots.merge(slots) { $1 }
        holders[token] = balances.map { $0.0 }
    }

    mutating func collection(_ token: Address, remote: Address, _ owners: [(UInt256, Address)]) throws {
        put(token, nonce: 1, code: try Self.code("OptimismMintableERC721"))
        for (place, (id, owner)) in owners.enumerated() {
            set(token, 0, id, UInt256(owner))
            set(token, 5, UInt256(UInt64(place)), id)
        }
        let slots: [UInt256: UInt256] = [
            4: UInt256(UInt64(owners.count)), 9: UInt256(remote), 10: 1, 11: UInt256(Self.erc721Bridge),
        ]
        accounts[token]?.slots.merge(slots) { $1 }
    }

    mutating func minted(_ token: Address, _ texts: [String], _ owners: [Address]) throws {
        put(token, nonce: 1, code: try Self.code("MayflyERC721"))
        for (index, owner) in owners.enumerated() { set(token, 0, UInt256(UInt64(index + 1)), UInt256(owner)) }
        accounts[token]?.slots[5] = UInt256(UInt64(owners.count))
        write(texts, of: token, at: [7, 10, 12], hash: 1)
    }

    /// An ERC-1155 collection.
    ///
    /// - Parameter isListed: whether the archive lists a holder.
    mutating func multiToken(
        _ token: Address, _ texts: [String], _ balances: [(id: UInt256, holder: Address, amount: UInt256)],
        isListed: (Address) -> Bool = { _ in true }
    ) throws {
        put(token, nonce: 1, code: try Self.code("MayflyERC1155"))
        var supplies: [UInt256: UInt256] = [:]
        for (id, holder, amount) in balances {
            let item = UInt256(Keccak256.hash(Hash256().bytes + Hash256(id).bytes))
            set(token, item, UInt256(holder), amount)
            supplies[id] = (supplies[id] ?? 0) &+ amount
        }
        for (id, supply) in supplies { set(token, 3, id, supply) }
        accounts[token]?.slots[4] = 0xBEEF
        write(texts, of: token, at: [5, 8, 10], hash: 2)
        itemHolders[token] = balances.filter { isListed($0.holder) }.map {
            ItemHolder(tokenID: $0.id, account: $0.holder)
        }
    }

    /// Puts texts where Vyper keeps them, and the hash of all in a slot.
    private mutating func write(_ texts: [String], of token: Address, at slots: [UInt64], hash: UInt256) {
        var encoded: [[UInt8]] = []
        for (text, first) in zip(texts, slots) {
            let padding = [UInt8](repeating: 0, count: (32 - text.utf8.count % 32) % 32)
            let words = Array(text.utf8) + padding
            accounts[token]?.slots[UInt256(first)] = UInt256(UInt64(text.utf8.count))
            for index in 0..<words.count / 32 {
                let word = words[32 * index..<32 * (index + 1)].withUnsafeBytes { UInt256(bigEndianBytes: $0) }
                accounts[token]?.slots[UInt256(first + 1 + UInt64(index))] = word
            }
            encoded.append(Hash256(UInt256(UInt64(text.utf8.count))).bytes + words)
        }
        var heads: [UInt8] = []
        var offset = 96
        for tail in encoded {
            heads += Hash256(UInt256(UInt64(offset))).bytes
            offset += tail.count
        }
        accounts[token]?.slots[hash] = UInt256(Keccak256.hash(heads + encoded.flatMap { $0 }))
    }

    mutating func pass(_ withdrawal: PassedWithdrawal) {
        let passer = PinnedContract.messagePasser
        if accounts[passer] == nil { put(passer, code: [0x60, 3]) }
        accounts[passer]?.slots[withdrawal.slot] = 1
        let balance = accounts[passer]?.record.balance ?? 0
        accounts[passer]?.record.balance = balance &+ withdrawal.value
        withdrawals.append(withdrawal)
    }

    private(set) var withdrawals: [PassedWithdrawal] = []

    private mutating func set(_ contract: Address, _ mapping: UInt256, _ key: UInt256, _ value: UInt256) {
        let slot = UInt256(Keccak256.hash(Hash256(mapping).bytes + Hash256(key).bytes))
        accounts[contract]?.slots[slot] = value
    }

    // MARK: The archive

    func archive() throws -> ArchivedState {
        let state = MemoryState()
        for (address, account) in accounts {
            state.setAccount(address, account.record)
            for (slot, value) in account.slots { state.setStorage(address, slot, value) }
        }
        var header = BlockHeader()
        header.stateRoot = state.root
        var bytes: [UInt8] = []
        var writer = ArchiveWriter(chainID: 7, header: header) { bytes += $0 }
        for (address, account) in accounts.sorted(by: { $0.key < $1.key }) {
            try writer.append(address, account.record)
            for (slot, value) in account.slots.sorted(by: { $0.key < $1.key }) where !value.isZero {
                try writer.append(slot: slot, value)
            }
        }
        let all = codes
        try writer.appendCodes { hash throws(StateError) in
            guard let code = all.first(where: { Keccak256.hash($0) == hash }) else { throw .missingCode(hash) }
            return code
        }
        for (contract, holders) in holders.sorted(by: { $0.key < $1.key }) {
            try writer.append(holders: holders, of: contract)
        }
        for withdrawal in withdrawals { try writer.append(withdrawal) }
        for (contract, holders) in itemHolders.sorted(by: { $0.key < $1.key }) {
            try writer.append(itemHolders: holders, of: contract)
        }
        _ = writer.finish()
        return try ArchivedState(reading: bytes)
    }
}
