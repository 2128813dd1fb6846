import Cryptography
public import Primitives

/// Why bytes are not a block.
public enum BlockDecodingError: Error, Equatable, Sendable {
    case malformed(RLPError)
    case transaction(index: Int, TransactionDecodingError)
}

/// A block: its header and what the header commits to.
public struct Block: Equatable, Sendable {
    public var header: BlockHeader
    public var transactions: [Transaction]
    public var uncles: [BlockHeader]
    /// From Shanghai on.
    public var withdrawals: [Withdrawal]?

    public init(
        header: BlockHeader, transactions: [Transaction] = [], uncles: [BlockHeader] = [],
        withdrawals: [Withdrawal]? = nil
    ) {
        self.header = header
        self.transactions = transactions
        self.uncles = uncles
        self.withdrawals = withdrawals
    }

    /// Decodes exactly one block.
    ///
    /// - Complexity: O(*n*) in the bytes.
    public init(decoding bytes: [UInt8]) throws(BlockDecodingError) {
        let parts: Parts
        do throws(RLPError) {
            parts = try Parts(bytes)
        } catch {
            throw .malformed(error)
        }
        var transactions: [Transaction] = []
        transactions.reserveCapacity(parts.transactions.count)
        for (index, encoded) in parts.transactions.enumerated() {
            do throws(TransactionDecodingError) {
                transactions.append(try Transaction(decoding: encoded))
            } catch {
                throw .transaction(index: index, error)
            }
        }
        self.init(
            header: parts.header, transactions: transactions, uncles: parts.uncles, withdrawals: parts.withdrawals)
    }

    /// A block whose transactions are still bytes.
    private struct Parts {
        let header: BlockHeader
        var transactions: [ArraySlice<UInt8>] = []
        var uncles: [BlockHeader] = []
        var withdrawals: [Withdrawal]?

        init(_ bytes: [UInt8]) throws(RLPError) {
            var outer = RLPReader(bytes)
            var fields = try outer.readList()
            try outer.expectEnd()
            header = try BlockHeader(reading: &fields)
            var items = try fields.readList()
            while !items.isAtEnd {
                if items.isAtList {
                    transactions.append(try items.readItem())
                } else {
                    let envelope = try items.readBytes()
                    // A legacy transaction is a list here; wrapped in bytes it would have two forms.
                    guard let type = envelope.first, type < 0x80 else { throw .expectedList }
                    transactions.append(envelope)
                }
            }
            var headers = try fields.readList()
            while !headers.isAtEnd { uncles.append(try BlockHeader(reading: &headers)) }
            if !fields.isAtEnd {
                var list = try fields.readList()
                var read: [Withdrawal] = []
                while !list.isAtEnd { read.append(try Withdrawal(reading: &list)) }
                withdrawals = read
            }
            try fields.expectEnd()
        }
    }

    /// The RLP.
    public var encoded: [UInt8] {
        var writer = RLPWriter(minimumCapacity: 1024 + transactions.count * 160)
        writer.appendList { list in
            header.encode(to: &list)
            list.appendList { items in for transaction in transactions { transaction.encodeInBlock(to: &items) } }
            list.appendList { items in for uncle in uncles { uncle.encode(to: &items) } }
            if let withdrawals {
                list.appendList { items in for withdrawal in withdrawals { withdrawal.encode(to: &items) } }
            }
        }
        return writer.bytes
    }

    /// keccak256 of the RLP of the uncles' headers.
    public var unclesHash: Hash256 {
        if uncles.isEmpty { return EmptyHash.list }
        var writer = RLPWriter(minimumCapacity: uncles.count * 640)
        writer.appendList { list in for uncle in uncles { uncle.encode(to: &list) } }
        return Keccak256.hash(writer.bytes)
    }
}
