import Derivation
import Primitives
import Publishing
import StateTransition

/// Numbers that look random and are the same in each run.
struct Dice: Sendable {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1 }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }

    mutating func number(below bound: Int) -> Int { Int(next() % UInt64(bound)) }

    mutating func happens(oneIn chance: Int) -> Bool { chance > 0 && number(below: chance) == 0 }

    mutating func bytes(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8(truncatingIfNeeded: next()) } }

    mutating func word() -> UInt256 { UInt256(limbs: next(), next(), next(), next()) }

    mutating func hash() -> Hash256 { Hash256(word()) }

    mutating func address() -> Address { Address(truncating: word()) }

    /// A transfer with a signature that need not mean anything.
    mutating func transfer(input: Int = 0) -> [UInt8] {
        Transaction(
            kind: .dynamicFee, chainID: testConfiguration.l2ChainID, nonce: next() & 0xFFF,
            maxFeePerGas: UInt256(next() >> 32), maxPriorityFeePerGas: 1_000_000, gasLimit: 21_000, to: address(),
            value: UInt256(next() & 0xFFFF) &* 1_000_000_000_000, input: bytes(input),
            signature: Signature(v: next() & 1, r: word(), s: word() >> 1)
        ).encoded
    }
}

let testConfiguration = RollupConfiguration(
    genesis: .init(
        l1: BlockID(number: 100, hash: Hash256(UInt256(limbs: 1, 0, 0, 0))),
        l2: BlockID(number: 0, hash: Hash256(UInt256(limbs: 2, 0, 0, 0))), l2Time: 1_000,
        systemConfig: SystemConfig(batcher: Address(truncating: 7), gasLimit: 30_000_000)),
    blockTime: 2, sequencingWindow: 400, l1ChainID: 900, l2ChainID: 10,
    batchInbox: Address(truncating: 0xFF), depositContract: Address(truncating: 0xD0),
    systemConfigContract: Address(truncating: 0x5C), allowsAltDA: true)!

/// Blocks that follow each other from the genesis on, six to an L1 origin.
func consecutiveBlocks(_ count: Int, _ dice: inout Dice, transactions: Int, input: Int = 0) -> [UnsafeBlock] {
    var blocks: [UnsafeBlock] = []
    var parent = testConfiguration.genesis.reference
    for index in 1...count {
        let origin = UInt64(index / 6)
        let isFirst = index % 6 == 0
        let reference = L2BlockReference(
            number: UInt64(index), hash: dice.hash(), parentHash: parent.hash, timestamp: parent.timestamp + 2,
            l1Origin: isFirst ? BlockID(number: 100 + origin, hash: dice.hash()) : parent.l1Origin,
            sequenceNumber: isFirst ? 0 : parent.sequenceNumber + 1)
        blocks.append(
            UnsafeBlock(
                reference: reference, transactions: (0..<transactions).map { _ in dice.transfer(input: input) }))
        parent = reference
    }
    return blocks
}
