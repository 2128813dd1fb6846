import JSONRPC
public import Primitives
public import StateTransition
import Trie

/// How a block is asked for.
public enum BlockName: Sendable, Equatable {
    case latest
    case safe
    case finalized
    case number(UInt64)
    case hash(Hash256)
}

/// A header and the hash that it has.
public struct HashedHeader: Sendable, Equatable {
    public let header: BlockHeader
    public let hash: Hash256

    public init(_ header: BlockHeader) {
        self.header = header
        hash = header.hash
    }
}

/// A block's header and transactions, which its header commits to.
public struct FetchedBlock: Sendable, Equatable {
    public let header: BlockHeader
    public let hash: Hash256
    public let transactions: [Transaction]
}

extension EthereumClient {
    /// The chain's id (EIP-695).
    ///
    /// - Parameter patience: for the answer, where it is another than in the settings.
    public func chainID(patience: Duration? = nil) async throws(EthereumClientError) -> UInt64 {
        try await call("eth_chainId", patience: patience) { reader in try reader.readQuantity() }
    }

    /// The header of a block; its hash is of what was read, and the one asked for where that was a hash.
    ///
    /// - Throws: `notFound`.
    public func header(_ name: BlockName) async throws(EthereumClientError) -> HashedHeader {
        let block = try await fetch(name, fullTransactions: false)
        return HashedHeader(block.header)
    }

    /// A block with its transactions, which hash to what its header says.
    ///
    /// - Throws: `notFound`.
    public func block(_ name: BlockName) async throws(EthereumClientError) -> FetchedBlock {
        try await fetch(name, fullTransactions: true)
    }

    /// The receipts of a block, which hash to what its header says.
    ///
    /// - Throws: `notFound`.
    public func receipts(of header: HashedHeader) async throws(EthereumClientError) -> [Receipt] {
        try await call(
            "eth_getBlockReceipts", { $0.data(header.hash) },
            read: { reader in
                if try reader.readNull() { throw EthereumClientError.notFound("block \(header.hash)") }
                var receipts: [Receipt] = []
                try reader.beginArray()
                while try reader.nextElement() { receipts.append(try reader.readReceipt()) }
                guard orderedRoot(count: receipts.count, { receipts[$0].encoded }) == header.header.receiptsRoot else {
                    throw EthereumClientError.unproven("receipts of block \(header.hash) that do not hash to its root")
                }
                return receipts
            })
    }

    private func fetch(
        _ name: BlockName, fullTransactions: Bool
    ) async throws(EthereumClientError) -> FetchedBlock {
        var method = "eth_getBlockByNumber"
        if case .hash = name { method = "eth_getBlockByHash" }
        return try await call(
            method,
            { json in
                json.block(name)
                json.boolean(fullTransactions)
            },
            read: { reader in
                if try reader.readNull() { throw EthereumClientError.notFound("block \(name)") }
                return try Self.block(&reader, name, fullTransactions: fullTransactions)
            })
    }

    private static func block(
        _ reader: inout JSONReader, _ name: BlockName, fullTransactions: Bool
    ) throws -> FetchedBlock {
        var header = BlockHeader()
        var stated: Hash256?
        var transactions: [Transaction] = []
        try reader.beginObject()
        while let key = try reader.nextKey() {
            if try reader.readField(key, of: &header) { continue }
            switch key {
            case "hash": stated = try reader.readHash()
            case "transactions" where fullTransactions:
                try reader.beginArray()
                while try reader.nextElement() { transactions.append(try reader.readTransaction()) }
            default: try reader.skipValue()
            }
        }
        let hash = header.hash
        guard stated == hash else {
            throw EthereumClientError.unproven("block \(header.number) with a header that does not hash to its hash")
        }
        switch name {
        case .hash(let asked) where asked != hash: throw EthereumClientError.unproven("another block than \(asked)")
        case .number(let asked) where asked != header.number:
            throw EthereumClientError.unproven("block \(header.number) in place of block \(asked)")
        default: break
        }
        if fullTransactions {
            let root = orderedRoot(count: transactions.count) { transactions[$0].encoded }
            guard root == header.transactionsRoot else {
                throw EthereumClientError.unproven("transactions of block \(hash) that do not hash to its root")
            }
        }
        return FetchedBlock(header: header, hash: hash, transactions: transactions)
    }
}

extension JSONWriter {
    /// Writes how a block is asked for.
    mutating func block(_ name: BlockName) {
        switch name {
        case .latest: string("latest")
        case .safe: string("safe")
        case .finalized: string("finalized")
        case .number(let number): quantity(number)
        case .hash(let hash): data(hash)
        }
    }
}

extension BlockName: CustomStringConvertible {
    public var description: String {
        switch self {
        case .latest: "latest"
        case .safe: "safe"
        case .finalized: "finalized"
        case .number(let number): "\(number)"
        case .hash(let hash): "\(hash)"
        }
    }
}
