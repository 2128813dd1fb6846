import JSONRPC
public import Primitives
import StateTransition
public import Trie

/// What recent blocks asked for, and what the next one will (`eth_feeHistory`).
public struct FeeEstimate: Sendable, Equatable {
    /// Wei a gas, of the next block.
    public var baseFee: UInt256
    /// Wei a blob gas, of the next block.
    public var blobBaseFee: UInt256
    /// Wei a gas; what the cheaper half of recent transactions paid, at least 1.
    public var tip: UInt256
}

extension EthereumClient {
    /// Wei that an account has, by the node's word.
    public func balance(
        of address: Address, at name: BlockName = .latest
    ) async throws(EthereumClientError) -> UInt256 {
        try await call(
            "eth_getBalance",
            { json in
                json.data(address)
                json.block(name)
            }, read: { reader in try reader.readUInt256() })
    }

    /// The nonce of an account's next transaction, by the node's word.
    ///
    /// - Parameter countsPending: whether transactions count that wait in the node's pool.
    public func nonce(of address: Address, countsPending: Bool) async throws(EthereumClientError) -> UInt64 {
        try await call(
            "eth_getTransactionCount",
            { json in
                json.data(address)
                json.string(countsPending ? "pending" : "latest")
            }, read: { reader in try reader.readQuantity() })
    }

    /// What an account and slots of it hold, proven against the state root of a block.
    public func proof(
        of address: Address, slots: [UInt256], at header: HashedHeader
    ) async throws(EthereumClientError) -> AccountProof {
        try await call(
            "eth_getProof",
            { json in
                json.data(address)
                json.beginArray()
                for slot in slots { json.data(Hash256(slot)) }
                json.endArray()
                json.data(header.hash)
            },
            read: { reader in
                let proof = try reader.readProof(of: address, slots: slots)
                do throws(AccountProofError) {
                    try proof.verify(stateRoot: header.header.stateRoot)
                } catch {
                    throw EthereumClientError.unproven("a proof of \(address) that does not hold: \(error)")
                }
                return proof
            })
    }

    /// The result of a message call, by the node's word.
    ///
    /// - Throws: `refused` with the data of a revert.
    public func read(
        _ input: [UInt8], from contract: Address, at name: BlockName = .latest
    ) async throws(EthereumClientError) -> [UInt8] {
        try await call(
            "eth_call",
            { json in
                json.beginObject()
                json.key("to")
                json.data(contract)
                json.key("input")
                json.data(input)
                json.endObject()
                json.block(name)
            }, read: { reader in try reader.readData() })
    }

    /// What the next block asks for.
    public func fees() async throws(EthereumClientError) -> FeeEstimate {
        try await call(
            "eth_feeHistory",
            { json in
                json.quantity(5 as UInt64)
                json.string("latest")
                json.beginArray()
                json.number(50)
                json.endArray()
            },
            read: { reader in
                var estimate = FeeEstimate(baseFee: 0, blobBaseFee: 1, tip: 1)
                var tips: [UInt256] = []
                let prices: (inout JSONReader) throws(JSONError) -> [UInt256] = { reader throws(JSONError) in
                    try reader.readArray { reader throws(JSONError) in try reader.readUInt256() }
                }
                try reader.beginObject()
                while let key = try reader.nextKey() {
                    if try reader.readNull() { continue }
                    switch key {
                    case "baseFeePerGas": estimate.baseFee = try prices(&reader).last ?? 0
                    case "baseFeePerBlobGas": estimate.blobBaseFee = try prices(&reader).last ?? 1
                    case "reward": tips = try reader.readArray(prices).compactMap { $0.first }.filter { !$0.isZero }
                    default: try reader.skipValue()
                    }
                }
                tips.sort()
                if !tips.isEmpty { estimate.tip = tips[tips.count / 2] }
                return estimate
            })
    }
}
