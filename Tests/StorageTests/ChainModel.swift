import Cryptography
import Glibc
import Primitives
import StateTransition
import Storage
import Trie

/// Deterministic random numbers.
struct Random: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return (state ^ (state >> 33)) &* 0xFF51_AFD7_ED55_8CCD
    }

    mutating func below(_ bound: Int) -> Int { Int((next() >> 16) % UInt64(bound)) }
}

/// A chain of random blocks in memory, that a database is compared with.
struct ChainModel {
    var random: Random
    private(set) var blocks: [ExecutedBlock]
    private let addresses: [Address]
    /// How many accounts a block changes at most.
    var changesPerBlock = 8
    /// Whether accounts and storages go as a whole now and then.
    var removesAccounts = true

    init(seed: UInt64, addressCount: Int = 24) {
        random = Random(state: seed)
        addresses = (1...UInt64(addressCount)).map { Address(truncating: UInt256($0 &* 0x9E37_79B9_7F4A_7C15)) }
        var diff = StateDiff()
        for address in addresses.prefix(addressCount / 2) {
            diff.accounts.append(
                StateDiff.AccountChange(address: address, record: AccountRecord(nonce: 0, balance: 1_000_000)))
        }
        let state = MemoryState()
        state.apply(diff)
        let header = BlockHeader(stateRoot: state.root, number: 0, gasLimit: 30_000_000)
        blocks = [ExecutedBlock(block: Block(header: header), senders: [], receipts: [], stateDiff: diff)]
    }

    var genesis: GenesisBlock { GenesisBlock(chainID: 1337, block: blocks[0].block, state: blocks[0].stateDiff) }

    var head: BlockReference { blocks[blocks.count - 1].reference }

    /// The state after a block.
    func state(_ number: Int) -> MemoryState {
        let state = MemoryState()
        for block in blocks.prefix(number + 1) { state.apply(block.stateDiff) }
        return state
    }

    mutating func unwind(to number: Int) { blocks.removeLast(blocks.count - 1 - number) }

    /// Adds a block with random changes of state and some transactions.
    mutating func extend() throws -> ExecutedBlock {
        let before = state(blocks.count - 1)
        let diff = try randomDiff(before)
        var transactions: [Transaction] = []
        var receipts: [Receipt] = []
        for index in 0..<random.below(4) {
            let nonce = random.next() >> 8
            transactions.append(
                Transaction(
                    kind: .dynamicFee, chainID: 1337, nonce: nonce, gasLimit: 21_000, to: addresses[0], value: 1,
                    signature: Signature(v: 1, r: 1, s: 1)))
            let logs = (0..<random.below(3)).map {
                Log(address: addresses[$0], topics: [Hash256(UInt256($0))], data: [1, 2, 3])
            }
            receipts.append(
                Receipt(
                    kind: .dynamicFee, outcome: .status(random.below(2) == 0),
                    cumulativeGasUsed: 21_000 * UInt64(index + 1), bloom: LogsBloom(logs), logs: logs))
        }
        let header = BlockHeader(
            parentHash: head.hash, stateRoot: try before.root(after: diff),
            transactionsRoot: orderedRoot(transactions.map { $0.encoded }),
            receiptsRoot: orderedRoot(receipts.map { $0.encoded }), number: head.number + 1,
            gasLimit: 30_000_000, timestamp: UInt64(blocks.count),
            extraData: [UInt8(truncatingIfNeeded: random.next())]
        )
        let block = ExecutedBlock(
            block: Block(header: header, transactions: transactions, withdrawals: []),
            senders: transactions.map { _ in addresses[1] }, receipts: receipts, stateDiff: diff)
        blocks.append(block)
        return block
    }

    private mutating func randomDiff(_ state: MemoryState) throws -> StateDiff {
        var diff = StateDiff()
        var touched: Set<Address> = []
        for _ in 0..<random.below(changesPerBlock + 1) {
            let address = addresses[random.below(addresses.count)]
            guard touched.insert(address).inserted else { continue }
            let old = try state.account(address)
            if old != nil && removesAccounts && random.below(5) == 0 {
                diff.accounts.append(
                    StateDiff.AccountChange(address: address, record: nil, isStorageCleared: true))
                continue
            }
            var record = old ?? AccountRecord()
            record.nonce = random.next() >> UInt64(random.below(64))
            record.balance = random.below(4) == 0 ? 0 : UInt256(random.next()) &* UInt256(random.next())
            if random.below(4) == 0 {
                let code = (0..<random.below(3_000)).map { UInt8(truncatingIfNeeded: $0) }
                record.codeHash = Keccak256.hash(code)
                if !code.isEmpty { diff.codes.append(StateDiff.NewCode(hash: record.codeHash, bytes: code)) }
            }
            let first = diff.slots.count
            var keys: Set<UInt64> = []
            for _ in 0..<random.below(6) {
                let key = UInt64(random.below(12))
                guard keys.insert(key).inserted else { continue }
                let value: UInt256 = random.below(3) == 0 ? 0 : UInt256(random.next() >> UInt64(random.below(64)))
                diff.slots.append(StateDiff.SlotChange(key: UInt256(key), value: value))
            }
            diff.accounts.append(
                StateDiff.AccountChange(
                    address: address, record: record,
                    isStorageCleared: old != nil && removesAccounts && random.below(8) == 0,
                    slots: first..<diff.slots.count))
        }
        return diff
    }

    // MARK: Comparing

    /// What differs between a stored state and that of the model, if anything.
    func difference(_ stored: StoredState, _ number: Int) throws -> String? {
        let state = state(number)
        for address in addresses {
            let expected = try state.account(address)
            let found = try stored.account(address)
            guard found == expected else { return "\(number): account \(address): \(String(describing: found))" }
            for slot in 0..<12 as Range<UInt64> {
                let value = try state.storage(address, UInt256(slot))
                guard try stored.storage(address, UInt256(slot)) == value else {
                    return "\(number): slot \(slot) of \(address)"
                }
            }
            if let hash = expected?.codeHash, hash != EmptyHash.code {
                guard Keccak256.hash(try stored.code(hash)) == hash else { return "\(number): code \(hash)" }
            }
            let slots = (0..<4 as Range<UInt64>).map { UInt256($0) }
            let proof = try stored.proof(of: address, slots: slots)
            do {
                try proof.verify(stateRoot: blocks[number].block.header.stateRoot)
            } catch {
                return "\(number): the proof of \(address): \(error)"
            }
            for slot in proof.slots {
                guard slot.value == (try state.storage(address, slot.key)) else {
                    return "\(number): the proof of slot \(slot.key)"
                }
            }
        }
        guard try stored.root(after: StateDiff()) == blocks[number].block.header.stateRoot else {
            return "\(number): the root"
        }
        return nil
    }

    /// What differs between a stored block and that of the model, if anything.
    func difference(_ snapshot: ChainSnapshot, block number: Int) throws -> String? {
        let expected = blocks[number]
        guard try snapshot.reference(UInt64(number)) == expected.reference else { return "\(number): the hash" }
        guard try snapshot.reference(expected.hash) == expected.reference else { return "\(number): the number" }
        guard try snapshot.block(expected.reference) == expected.block else { return "\(number): the block" }
        guard try snapshot.receipts(expected.reference) == expected.receipts else { return "\(number): the receipts" }
        guard try snapshot.senders(expected.reference) == expected.senders else { return "\(number): the senders" }
        for (index, hash) in expected.transactionHashes.enumerated() {
            let location = try snapshot.location(ofTransaction: hash)
            guard location?.block == expected.reference, location?.index == index else {
                return "\(number): the place of transaction \(index)"
            }
            guard
                try snapshot.encodedTransaction(index, of: expected.reference)
                    == expected.block.transactions[index].encoded
            else { return "\(number): transaction \(index)" }
        }
        return nil
    }
}

/// A directory that goes with its test.
final class TemporaryDirectory {
    let path: String

    init(in parent: String = "/tmp") {
        var template = Array("\(parent)/mayfly-storage-XXXXXX".utf8CString)
        _ = mkdtemp(&template)
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    var database: String { path + "/data" }
    var file: String { database + "/chain.mdb" }

    deinit {
        for folder in [database + "/copy", database, path] {
            guard let stream = opendir(folder) else { continue }
            while let entry = readdir(stream) {
                let name = withUnsafeBytes(of: &entry.pointee.d_name) {
                    String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
                }
                if name != "." && name != ".." { unlink("\(folder)/\(name)") }
            }
            closedir(stream)
            rmdir(folder)
        }
    }
}

/// The bytes of a file.
func contents(_ path: String) -> [UInt8] {
    let file = open(path, O_RDONLY)
    guard file >= 0 else { return [] }
    defer { close(file) }
    var status = stat()
    fstat(file, &status)
    var bytes = [UInt8](repeating: 0, count: status.st_size)
    let count = read(file, &bytes, bytes.count)
    return Array(bytes.prefix(max(0, count)))
}
