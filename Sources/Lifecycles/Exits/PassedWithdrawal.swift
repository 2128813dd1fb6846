import Cryptography
public import Primitives
import StateTransition

/// A withdrawal as the rollup's message passer has it (OP Stack specification, withdrawals).
public struct PassedWithdrawal: Equatable, Sendable {
    /// Of the rollup's block.
    public var blockNumber: UInt64
    public var nonce: UInt256
    public var sender: Address
    public var target: Address
    /// Wei.
    public var value: UInt256
    public var gasLimit: UInt256
    public var data: [UInt8]

    public init(
        blockNumber: UInt64, nonce: UInt256, sender: Address, target: Address, value: UInt256, gasLimit: UInt256,
        data: [UInt8]
    ) {
        self.blockNumber = blockNumber
        self.nonce = nonce
        self.sender = sender
        self.target = target
        self.value = value
        self.gasLimit = gasLimit
        self.data = data
    }

    /// What the message passer and the portal know it by.
    public var hash: Hash256 {
        let padding = [UInt8](repeating: 0, count: (32 - data.count % 32) % 32)
        let words = [nonce, UInt256(sender), UInt256(target), value, gasLimit, 192, UInt256(UInt64(data.count))]
        return Keccak256.hash(words.flatMap { Hash256($0).bytes } + data + padding)
    }

    /// Where the message passer's storage has it.
    public var slot: UInt256 { UInt256(Keccak256.hash(hash.bytes + Hash256().bytes)) }

    static let topic = Keccak256.hash(
        Array("MessagePassed(uint256,address,address,uint256,uint256,bytes,bytes32)".utf8))

    /// Reads the event of a withdrawal; nil where the log is of something else.
    init?(_ log: Log, block: UInt64) {
        guard log.address == PinnedContract.messagePasser, log.topics.count == 4, log.topics[0] == Self.topic,
            let value = log.word(0), let gasLimit = log.word(1), let place = log.word(2)?.asUInt64, place % 32 == 0,
            let start = Int(exactly: place / 32), let count = log.word(start)?.asUInt64.flatMap({ Int(exactly: $0) }),
            count <= log.data.count, 32 * (start + 1) + count <= log.data.count
        else { return nil }
        self.init(
            blockNumber: block, nonce: UInt256(log.topics[1]), sender: Address(truncating: UInt256(log.topics[2])),
            target: Address(truncating: UInt256(log.topics[3])), value: value, gasLimit: gasLimit,
            data: Array(log.data[32 * (start + 1)..<32 * (start + 1) + count]))
    }
}
