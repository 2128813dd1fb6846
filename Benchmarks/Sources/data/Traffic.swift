import Derivation
import Primitives
import Publishing
import StateTransition

/// Made-up traffic that looks like a rollup's: a few accounts do most, most recipients are known, amounts and prices are
/// what wallets propose or what people type, and signatures are random.
struct Traffic {
    enum Kind: String, CaseIterable {
        case eth = "ETH transfer"
        case erc20 = "ERC-20 transfer"
    }

    private var state: UInt64 = 0x1234_5678_9ABC_DEF0
    private var accounts: [Address] = []
    private var nonces: [UInt64] = []
    private var tokens: [Address] = []
    let kind: Kind
    let configuration: RollupConfiguration

    init(_ kind: Kind, _ configuration: RollupConfiguration) {
        self.kind = kind
        self.configuration = configuration
        for _ in 0..<2_000 {
            accounts.append(address())
            nonces.append(next() % 500)
        }
        for _ in 0..<12 { tokens.append(address()) }
    }

    private mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }

    private mutating func word() -> UInt256 { UInt256(limbs: next(), next(), next(), next()) }
    private mutating func address() -> Address { Address(truncating: word()) }
    private mutating func unit() -> Double { Double(next() >> 11) / 9_007_199_254_740_992 }

    /// An index under `count`, small ones much more often.
    private mutating func skewed(_ count: Int) -> Int { min(count - 1, Int(1 / (1 - unit() * 0.9999)) - 1) }

    private mutating func recipient() -> Address {
        unit() < 0.7 ? accounts[Int(next() % UInt64(accounts.count))] : address()
    }

    private mutating func transaction() -> [UInt8] {
        let sender = unit() < 0.5 ? skewed(accounts.count) : Int(next() % UInt64(accounts.count))
        let tips: [UInt64] = [0, 1_000_000, 100_000_000, 1_000_000_000, 1_500_000_000]
        let caps: [UInt64] = [1_000_000_000, 2_000_000_000, 1_000_000 + next() % 3_000_000_000]
        var made = Transaction(
            kind: .dynamicFee, chainID: configuration.l2ChainID, nonce: nonces[sender],
            maxFeePerGas: UInt256(caps[Int(next() % 3)]), maxPriorityFeePerGas: UInt256(tips[Int(next() % 5)]),
            gasLimit: 21_000, signature: Signature(v: next() & 1, r: word(), s: word() >> 1))
        nonces[sender] += 1
        switch kind {
        case .eth:
            made.to = recipient()
            let finney = UInt256(1_000_000_000_000_000)
            made.value =
                switch next() % 3 {
                case 0: UInt256(1 + next() % 1_000) &* finney
                case 1: UInt256(1 + next() % 100) &* finney &* 100
                default: UInt256(next() % 1_000_000_000_000_000_000)
                }
        case .erc20:
            made.to = tokens[skewed(tokens.count)]
            let usual: [UInt64] = [65_000, 60_000, 52_000, 51_234, 46_109]
            made.gasLimit = unit() < 0.7 ? usual[Int(next() % 5)] : 34_000 + next() % 36_000
            let amount =
                switch next() % 3 {
                case 0: UInt256(1 + next() % 10_000) &* 1_000_000
                case 1: UInt256(1 + next() % 1_000_000_000_000)
                default: UInt256(1 + next() % 1_000) &* 1_000_000_000_000_000_000
                }
            made.input = [0xA9, 0x05, 0x9C, 0xBB] + UInt256(recipient()).bytes + amount.bytes
        }
        return made.encoded
    }

    /// Blocks of two seconds, six to an L1 block.
    mutating func blocks(_ count: Int, transactions: Int) -> [UnsafeBlock] {
        var blocks: [UnsafeBlock] = []
        var parent = configuration.genesis.reference
        for index in 1...count {
            let isFirst = index % 6 == 0
            let reference = L2BlockReference(
                number: UInt64(index), hash: Hash256(word()), parentHash: parent.hash, timestamp: parent.timestamp + 2,
                l1Origin: isFirst
                    ? BlockID(number: parent.l1Origin.number + 1, hash: Hash256(word())) : parent.l1Origin,
                sequenceNumber: isFirst ? 0 : parent.sequenceNumber + 1)
            blocks.append(
                UnsafeBlock(reference: reference, transactions: (0..<transactions).map { _ in transaction() }))
            parent = reference
        }
        return blocks
    }
}
