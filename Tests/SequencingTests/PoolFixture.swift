import EVM
import Primitives
import Sequencing
import StateTransition

/// A pool with the accounts of a pretended chain.
struct PoolFixture {
    var pool: Mempool
    var states: [UInt64: SenderState] = [:]
    var now: UInt64 = 0
    /// By hash: the place in the order of admission.
    var arrivals: [[UInt8]: Int] = [:]
    private var admitted = 0
    private var made: UInt64 = 0

    static let ether = UInt256(1_000_000_000_000_000_000)

    init(
        _ configuration: MempoolConfiguration = MempoolConfiguration(), baseFee: UInt256 = 10,
        revision: Revision = .osaka, blobBaseFee: UInt256 = 1
    ) {
        pool = Mempool(
            configuration: configuration,
            head: MempoolHead(
                number: 1, baseFee: baseFee, blobBaseFee: blobBaseFee, gasLimit: 30_000_000, blobLimit: 9,
                revision: revision, chainID: 1))
    }

    static func address(_ number: UInt64) -> Address { Address(truncating: UInt256(0x1000 + number)) }

    func state(_ sender: UInt64) -> SenderState { states[sender] ?? SenderState(nonce: 0, balance: Self.ether) }

    /// A transfer of `value` with 21,000 gas.
    mutating func transfer(
        _ sender: UInt64, _ nonce: UInt64, tip: UInt256 = 2, cap: UInt256 = 100, value: UInt256 = 1, size: Int = 0
    ) -> PooledTransaction {
        pooled(
            sender,
            Transaction(
                kind: .dynamicFee, chainID: 1, nonce: nonce, maxFeePerGas: cap, maxPriorityFeePerGas: tip,
                gasLimit: 21_000 + UInt64(size) * 10, to: Self.address(0), value: value,
                input: [UInt8](repeating: 0, count: size)))
    }

    mutating func pooled(
        _ sender: UInt64, _ transaction: Transaction, authorities: [UInt64] = [], sidecar: VerifiedSidecar? = nil
    ) -> PooledTransaction {
        made += 1
        return PooledTransaction(
            transaction, hash: Hash256(UInt256(made)), sender: Self.address(sender), encoded: transaction.encoded,
            authorities: authorities.map { Self.address($0) }, sidecar: sidecar)
    }

    /// Admits a transaction; nil, or the error.
    @discardableResult
    mutating func add(_ transaction: PooledTransaction, from sender: UInt64, isLocal: Bool = false) -> MempoolError? {
        var change = MempoolChange()
        return add(transaction, from: sender, isLocal: isLocal, change: &change)
    }

    mutating func add(
        _ transaction: PooledTransaction, from sender: UInt64, isLocal: Bool = false, change: inout MempoolChange
    ) -> MempoolError? {
        do throws(MempoolError) {
            try pool.admit(
                transaction, state: state(sender), block: pool.head.number, now: now, isLocal: isLocal,
                change: &change)
            noteArrival(transaction)
            return nil
        } catch {
            return error
        }
    }

    @discardableResult
    mutating func addTransfer(
        _ sender: UInt64, _ nonce: UInt64, tip: UInt256 = 2, cap: UInt256 = 100, value: UInt256 = 1
    ) -> MempoolError? {
        add(transfer(sender, nonce, tip: tip, cap: cap, value: value), from: sender)
    }

    /// Goes on to a new head with the states that changed.
    @discardableResult
    mutating func apply(
        _ changed: [UInt64: SenderState] = [:], baseFee: UInt256? = nil, included: [PooledTransaction] = [],
        dropped: [PooledTransaction] = []
    ) -> MempoolChange {
        var head = pool.head
        head.number += 1
        if let baseFee { head.baseFee = baseFee }
        for (sender, state) in changed { states[sender] = state }
        let back = dropped.filter { pool.transaction($0.hash) == nil }
        let change = pool.apply(
            HeadUpdate(
                head: head,
                accounts: changed.sorted { $0.key < $1.key }.map { (Self.address($0.key), $0.value) },
                included: included.map(\.hash), dropped: dropped),
            now: now)
        back.forEach { noteArrival($0) }
        return change
    }

    private mutating func noteArrival(_ transaction: PooledTransaction) {
        admitted += 1
        arrivals[transaction.hash.bytes] = admitted
    }

    func pendingNonces(_ sender: UInt64) -> [UInt64] {
        pool.content(from: Self.address(sender)).pending.map(\.nonce)
    }

    func queuedNonces(_ sender: UInt64) -> [UInt64] {
        pool.content(from: Self.address(sender)).queued.map(\.nonce)
    }
}

/// Random numbers that are the same in every run (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
