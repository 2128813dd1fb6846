import JSONRPC
public import Primitives
public import StateTransition

/// Where a transaction is, and what came of it, by the node's word.
public struct Inclusion: Sendable, Equatable {
    public var transactionHash: Hash256
    public var blockHash: Hash256
    public var blockNumber: UInt64
    public var isSuccess: Bool
    public var gasUsed: UInt64
    /// Wei a gas that was paid; zero where the node does not say.
    public var gasPrice: UInt256 = 0
    /// Of a creation.
    public var contractAddress: Address?
    public var logs: [Log]
}

extension EthereumClient {
    /// Sends a signed transaction, in its network form where it has blobs; also where the node has it already.
    ///
    /// - Returns: its hash.
    /// - Throws: `refused` saying why the node does not take it.
    @discardableResult
    public func send(_ encoded: [UInt8], hash: Hash256) async throws(EthereumClientError) -> Hash256 {
        do throws(EthereumClientError) {
            return try await call(
                "eth_sendRawTransaction", { $0.data(encoded) }, read: { reader in try reader.readHash() })
        } catch {
            if case .refused(_, let message, _) = error, message.contains("already known") { return hash }
            throw error
        }
    }

    /// Where a transaction is; nil where it is in no block.
    public func inclusion(of hash: Hash256) async throws(EthereumClientError) -> Inclusion? {
        try await call(
            "eth_getTransactionReceipt", { $0.data(hash) },
            read: { reader in
                if try reader.readNull() { return nil }
                return try reader.readInclusion()
            })
    }

    /// Gas that a transaction would use, by the node's word.
    ///
    /// - Throws: `refused` with the data of a revert.
    public func gasEstimate(
        from sender: Address, to: Address?, value: UInt256 = 0, input: [UInt8]
    ) async throws(EthereumClientError) -> UInt64 {
        try await call(
            "eth_estimateGas",
            { json in
                json.beginObject()
                json.key("from")
                json.data(sender)
                if let to {
                    json.key("to")
                    json.data(to)
                }
                json.key("value")
                json.quantity(value)
                json.key("input")
                json.data(input)
                json.endObject()
            }, read: { reader in try reader.readQuantity() })
    }
}

extension JSONReader {
    fileprivate mutating func readInclusion() throws -> Inclusion {
        var inclusion = Inclusion(
            transactionHash: Hash256(), blockHash: Hash256(), blockNumber: 0, isSuccess: false, gasUsed: 0,
            contractAddress: nil, logs: [])
        var ahead = self
        try beginObject()
        while let key = try nextKey() {
            if try readNull() { continue }
            switch key {
            case "transactionHash": inclusion.transactionHash = try readHash()
            case "blockHash": inclusion.blockHash = try readHash()
            case "blockNumber": inclusion.blockNumber = try readQuantity()
            case "gasUsed": inclusion.gasUsed = try readQuantity()
            case "effectiveGasPrice": inclusion.gasPrice = try readUInt256()
            case "contractAddress": inclusion.contractAddress = try readAddress()
            default: try skipValue()
            }
        }
        let receipt = try ahead.readReceipt()
        inclusion.isSuccess = receipt.isSuccess ?? false
        inclusion.logs = receipt.logs
        return inclusion
    }
}
