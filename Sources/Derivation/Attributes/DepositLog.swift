import Cryptography
public import Primitives
public import StateTransition

/// What makes a deposit unlike every other (OP Stack specification, deposits, source hash computation).
public enum DepositSource: Equatable, Sendable {
    /// A user's, by its log's place among all logs of the L1 block.
    case user(l1Hash: Hash256, logIndex: UInt64)
    /// The L1 attributes of the block at a place among those with the same L1 origin.
    case l1Attributes(l1Hash: Hash256, sequenceNumber: UInt64)
    /// An upgrade's, by its name in UTF-8.
    case upgrade(intent: [UInt8])
    /// The call of the dissolver in a block after the last ordinary one: by the L1 block that closed the rollup, and the
    /// block's place from zero. Not of the specification, whose domains are small numbers: its own is "mayfly" in ASCII.
    case dissolution(l1Hash: Hash256, index: UInt64)

    public var hash: Hash256 {
        switch self {
        case .user(let l1Hash, let index): Self.hash(domain: 0, Self.pair(l1Hash, index))
        case .l1Attributes(let l1Hash, let number): Self.hash(domain: 1, Self.pair(l1Hash, number))
        case .upgrade(let intent): Self.hash(domain: 2, Keccak256.hash(intent))
        case .dissolution(let l1Hash, let index): Self.hash(domain: 0x6D61_7966_6C79, Self.pair(l1Hash, index))
        }
    }

    private static func pair(_ hash: Hash256, _ number: UInt64) -> Hash256 {
        Keccak256.hash(hash.bytes + UInt256(number).bytes)
    }

    private static func hash(domain: UInt64, _ identity: Hash256) -> Hash256 {
        Keccak256.hash(UInt256(domain).bytes + identity.bytes)
    }
}

/// Why a log of the deposit contract is no deposit; the contract writes no such log.
public enum DepositLogError: Error, Equatable, Sendable {
    case topics
    case unknownVersion
    case data
}

/// Reads the deposit contract's event `TransactionDeposited(address,address,uint256,bytes)`.
public enum DepositLog {
    /// keccak256 of the event's signature.
    public static var topic: Hash256 {
        Hash256(
            UInt256(
                limbs: 0x09FC_577C_55BB_7C32, 0x5742_40A2_8925_604D, 0x5196_1FCB_4C78_4893, 0xB381_3568_D999_1FC9))
    }

    /// Mint, value, gas limit and the byte that tells a creation: what every deposit's packed data begin with.
    private static var packedHeader: Int { 73 }

    /// The deposit that a log asks for.
    ///
    /// - Parameters:
    ///   - l1Hash: of the L1 block with the log.
    ///   - logIndex: the log's place among all logs of the block.
    public static func transaction(
        _ log: Log, l1Hash: Hash256, logIndex: UInt64
    ) throws(DepositLogError) -> Transaction {
        guard log.topics.count == 4, log.topics[0] == topic else { throw .topics }
        guard log.topics[3].isZero else { throw .unknownVersion }
        let packed = try packedData(log.data)
        let to = packed[72] == 0 ? Address(truncating: UInt256(log.topics[2])) : nil
        guard let mint = UInt256(bigEndianBytes: packed[0..<32]), let value = UInt256(bigEndianBytes: packed[32..<64])
        else { throw .data }
        return Transaction(
            kind: .deposit, gasLimit: packed[64..<72].reduce(0) { $0 << 8 | UInt64($1) }, to: to, value: value,
            input: Array(packed[packedHeader...]),
            deposit: Deposit(
                sourceHash: DepositSource.user(l1Hash: l1Hash, logIndex: logIndex).hash,
                from: Address(truncating: UInt256(log.topics[1])), mint: mint))
    }

    /// The event's one argument that is not indexed: padded with less than a word.
    private static func packedData(_ data: [UInt8]) throws(DepositLogError) -> [UInt8] {
        let words = ABIWords(data)
        guard data.count >= 64, data.count % 32 == 0, words.word(0) == 32, let stated = words.word(1)?.asUInt64,
            stated <= UInt64(data.count - 64), stated + 32 > UInt64(data.count - 64)
        else { throw .data }
        let count = Int(stated)
        guard count >= packedHeader else { throw .data }
        return Array(data[64..<64 + count])
    }

    /// The deposits among the logs of a block's receipts, in order and in their canonical form.
    ///
    /// - Parameter contract: whose logs count.
    /// - Throws: at the first log that is no deposit: deposits are never left out.
    public static func transactions(
        _ receipts: [Receipt], contract: Address, l1Hash: Hash256
    ) throws(DepositLogError) -> [[UInt8]] {
        var transactions: [[UInt8]] = []
        var logIndex: UInt64 = 0
        for receipt in receipts {
            for log in receipt.logs {
                defer { logIndex += 1 }
                guard receipt.isSuccess == true, log.address == contract, log.topics.first == topic else { continue }
                transactions.append(try transaction(log, l1Hash: l1Hash, logIndex: logIndex).encoded)
            }
        }
        return transactions
    }
}
