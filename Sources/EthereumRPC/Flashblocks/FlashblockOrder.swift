public import Primitives

/// Why a message of the Flashblocks stream does not go with those before it.
public enum FlashblockError: Error, Equatable, Sendable {
    /// A message is missing, or came twice or too late.
    case wrongIndex(expected: UInt64)
    /// It is about another block than the messages before it, and not the first of that.
    case noBeginning
    /// It says that it is about another block than the first message with its id did.
    case wrongNumber
}

/// Follows the order of the messages of the Flashblocks stream: what each adds to which block.
///
/// Nothing that the messages say is believed but what they ask for: whoever follows executes it, and compares the hash.
public struct FlashblockOrder: Sendable {
    /// What a message asks for.
    public enum Step: Equatable, Sendable {
        /// A block begins; with the canonical forms of its first transactions.
        case begin(FlashblockPayload.Base, transactions: [[UInt8]])
        case extend(transactions: [[UInt8]])
        /// The block is whole, and has this hash; with the last transactions.
        case end(hash: Hash256, transactions: [[UInt8]])
        /// It is about a block whose beginning was missed or refused.
        case pass
    }

    private struct Current {
        var id: UInt64
        var number: UInt64
        var nextIndex: UInt64
    }

    private var current: Current?
    /// The block whose further messages are passed over; nil before the first message.
    private var passed: UInt64?
    private var hasBegun = false

    public init() {}

    /// Takes the next message.
    ///
    /// - Throws: where it does not go with those before it; the rest of its block is passed over then.
    public mutating func add(_ payload: FlashblockPayload) throws(FlashblockError) -> Step {
        if let base = payload.base {
            let isFirst = payload.index == 0 && base.number == payload.blockNumber
            (current, passed) = (nil, payload.id)
            guard isFirst else { throw payload.index == 0 ? .wrongNumber : .wrongIndex(expected: 0) }
            hasBegun = true
            current = Current(id: payload.id, number: base.number, nextIndex: 1)
            return .begin(base, transactions: payload.difference.transactions)
        }
        guard let block = current, block.id == payload.id else {
            let isKnown = passed == payload.id || !hasBegun
            (current, passed) = (nil, payload.id)
            if isKnown { return .pass }
            throw .noBeginning
        }
        guard payload.index == block.nextIndex else {
            passOver()
            throw .wrongIndex(expected: block.nextIndex)
        }
        guard payload.blockNumber == block.number else {
            passOver()
            throw .wrongNumber
        }
        guard payload.isLast else {
            current?.nextIndex &+= 1
            return .extend(transactions: payload.difference.transactions)
        }
        passOver()
        return .end(hash: payload.difference.blockHash, transactions: payload.difference.transactions)
    }

    /// Takes nothing more of the block that is under way.
    public mutating func passOver() {
        if let current { passed = current.id }
        current = nil
    }
}
