import Cryptography
import Derivation
import Primitives
import Publishing
import StateTransition

/// An L1 with a pool as common nodes have one, for the batcher's account alone.
struct SimulatedL1 {
    struct Sent {
        var submission: Submission
        var hash: Hash256
    }

    var configuration = testConfiguration
    var blocks: [L1Block] = []
    /// The batcher's transactions of each block.
    var included: [[Sent]] = [[]]
    var pool: [UInt64: Sent] = [:]
    var blobs: [Hash256: [UInt8]] = [:]
    var prices = L1Prices(baseFee: 1_000_000_000, blobBaseFee: 1_000_000, tip: 1_000_000)
    /// What a node refused because transactions before it were missing.
    var gaps = 0
    private var branch: UInt64 = 0

    init() {
        let genesis = BlockHeader(number: 100, timestamp: 1_000, mixHash: Hash256(UInt256(100)), baseFee: 7)
        blocks = [L1Block(header: genesis, hash: genesis.hash, transactions: [], receipts: [])]
        configuration.genesis.l1.hash = genesis.hash
    }

    var head: BlockID { blocks[blocks.count - 1].reference.id }
    var includedNonce: UInt64 { UInt64(included.reduce(0) { $0 + $1.count }) }
    var pendingNonce: UInt64 {
        var nonce = includedNonce
        while pool[nonce] != nil { nonce += 1 }
        return nonce
    }

    func block(_ number: UInt64) -> L1Block? {
        number >= 100 && number - 100 < UInt64(blocks.count) ? blocks[Int(number - 100)] : nil
    }

    /// The block that has one of these transactions.
    func find(_ hashes: [Hash256]) -> BlockID? {
        for (index, list) in included.enumerated() where list.contains(where: { hashes.contains($0.hash) }) {
            return blocks[index].reference.id
        }
        return nil
    }

    /// What a node does with a transaction.
    mutating func send(_ sent: Sent) -> SubmissionRefusal? {
        let nonce = sent.submission.nonce
        if nonce < includedNonce { return .nonceTooLow }
        if nonce > pendingNonce {
            gaps += 1
            return .other
        }
        let hasBlobs = sent.submission.payload.hasBlobs
        if let present = pool[nonce] {
            if present.hash == sent.hash { return nil }
            let isSame = present.submission.payload.hasBlobs == hasBlobs
            guard isSame else { return .kindConflict }
            func suffices(_ new: UInt256, _ old: UInt256) -> Bool {
                hasBlobs ? new >= old &* 2 : new &* 10 >= old &* 11
            }
            let (new, old) = (sent.submission.fees, present.submission.fees)
            guard suffices(new.maxFeePerGas, old.maxFeePerGas),
                suffices(new.maxPriorityFeePerGas, old.maxPriorityFeePerGas),
                !hasBlobs || suffices(new.maxFeePerBlobGas, old.maxFeePerBlobGas)
            else { return .underpriced }
        } else if pool.values.contains(where: { $0.submission.payload.hasBlobs != hasBlobs }) {
            return .kindConflict
        }
        pool[nonce] = sent
        return nil
    }

    /// Adds a block twelve seconds after the last one, with what the pool has and the prices allow.
    ///
    /// - Parameter limit: transactions at most.
    mutating func mine(limit: Int = 6) {
        let parent = blocks[blocks.count - 1]
        var taken: [Sent] = []
        var nonce = includedNonce
        while taken.count < limit, let next = pool[nonce] {
            let fees = next.submission.fees
            guard fees.maxFeePerGas >= prices.baseFee &+ fees.maxPriorityFeePerGas,
                !next.submission.payload.hasBlobs || fees.maxFeePerBlobGas >= prices.blobBaseFee
            else { break }
            pool[nonce] = nil
            taken.append(next)
            nonce += 1
        }
        let header = BlockHeader(
            parentHash: parent.hash, number: parent.header.number + 1, timestamp: parent.header.timestamp + 12,
            extraData: UInt256(branch).bytes, mixHash: Hash256(UInt256(parent.header.number + 1)), baseFee: 7,
            parentBeaconBlockRoot: Hash256(UInt256(9)))
        let transactions = taken.map { transaction($0) }
        blocks.append(L1Block(header: header, hash: header.hash, transactions: transactions, receipts: []))
        included.append(taken)
        for sent in pool.values where sent.submission.nonce < nonce { pool[sent.submission.nonce] = nil }
    }

    /// Loses the last blocks; what they had goes back to the pool or is lost.
    mutating func reorganise(_ depth: Int, _ dice: inout Dice) {
        branch += 1
        let lost = min(depth, blocks.count - 1)
        let isLost = dice.happens(oneIn: 2)
        for list in included.suffix(lost) { for sent in list where !isLost { pool[sent.submission.nonce] = sent } }
        blocks.removeLast(lost)
        included.removeLast(lost)
        // A pool keeps nothing that cannot be included.
        let pending = pendingNonce
        for nonce in Array(pool.keys) where nonce >= pending { pool[nonce] = nil }
    }

    /// As derivation reads it: of a kind that needs no signature.
    private mutating func transaction(_ sent: Sent) -> Transaction {
        var made = Transaction(
            kind: .deposit, to: configuration.batchInbox,
            deposit: Deposit(sourceHash: Hash256(), from: configuration.genesis.systemConfig.batcher))
        switch sent.submission.payload {
        case .calldata(let data): made.input = data
        case .blobs(let list):
            made.kind = .blob
            for blob in list {
                let hash = Keccak256.hash(blob)
                blobs[hash] = blob
                made.blobHashes.append(hash)
            }
        case .cancellation: made.to = configuration.genesis.systemConfig.batcher
        }
        return made
    }
}
