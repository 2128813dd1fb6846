public import Primitives
public import StateTransition
import Trie

/// Why messages of the Flashblocks stream make no block.
public enum FlashblockError: Error, Equatable, Sendable {
    /// The first message that was seen of a block is not its first; the next block will do.
    case noBeginning
    /// A message is missing or came twice.
    case wrongIndex(expected: UInt64)
    case transaction(TransactionDecodingError)
    /// The messages do not make the block whose hash they name.
    case wrongHash(computed: Hash256)
}

/// Puts the messages of the Flashblocks stream together to blocks.
public struct FlashblockAssembly: Sendable {
    /// Of the block that is coming.
    public private(set) var base: FlashblockPayload.Base?
    /// All that came so far, in canonical form.
    public private(set) var transactions: [[UInt8]] = []
    private var id: UInt64 = 0
    private var nextIndex: UInt64 = 0

    public init() {}

    /// Takes the next message.
    ///
    /// - Returns: the block, once its last message has come.
    /// - Throws: where the messages do not go together; what came of the block is forgotten then.
    public mutating func add(_ payload: FlashblockPayload) throws(FlashblockError) -> Block? {
        if let base = payload.base {
            (self.base, id, nextIndex) = (base, payload.id, 0)
            transactions = []
        }
        guard let base, payload.id == id else { throw .noBeginning }
        guard payload.index == nextIndex else {
            self.base = nil
            throw .wrongIndex(expected: nextIndex)
        }
        nextIndex &+= 1
        transactions += payload.difference.transactions
        guard payload.isLast else { return nil }
        self.base = nil
        return try block(base, payload.difference)
    }

    private func block(
        _ base: FlashblockPayload.Base, _ last: FlashblockPayload.Difference
    ) throws(FlashblockError) -> Block {
        var decoded: [Transaction] = []
        for bytes in transactions {
            do throws(TransactionDecodingError) {
                decoded.append(try Transaction(decoding: bytes))
            } catch {
                throw .transaction(error)
            }
        }
        let header = BlockHeader(
            parentHash: base.parentHash, coinbase: base.feeRecipient, stateRoot: last.stateRoot,
            transactionsRoot: orderedRoot(transactions), receiptsRoot: last.receiptsRoot, logsBloom: last.logsBloom,
            number: base.number, gasLimit: base.gasLimit, gasUsed: last.gasUsed, timestamp: base.timestamp,
            extraData: base.extraData, mixHash: base.randomness, baseFee: base.baseFee,
            withdrawalsRoot: last.withdrawalsRoot, blobGasUsed: last.blobGasUsed ?? 0, excessBlobGas: 0,
            parentBeaconBlockRoot: base.parentBeaconBlockRoot, requestsHash: EmptyHash.requests)
        guard header.hash == last.blockHash else { throw .wrongHash(computed: header.hash) }
        return Block(header: header, transactions: decoded, withdrawals: [])
    }
}
