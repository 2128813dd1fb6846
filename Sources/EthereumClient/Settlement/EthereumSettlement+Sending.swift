public import Derivation
public import Layers
public import Primitives
import StateTransition

extension EthereumSettlement: SettlementSending {
    public func outlook(of account: Address) async throws(LayerError) -> SettlementOutlook {
        do throws(EthereumClientError) {
            let head = try await client.header(.latest)
            let included = try await client.nonce(of: account, countsPending: false)
            let pending = try await client.nonce(of: account, countsPending: true)
            let fees = try await client.fees()
            return SettlementOutlook(
                head: BlockID(number: head.header.number, hash: head.hash), includedNonce: included,
                pendingNonce: pending, baseFee: fees.baseFee, blobBaseFee: fees.blobBaseFee, tip: fees.tip)
        } catch {
            throw LayerError(.settlement, error)
        }
    }

    public func send(_ encoded: [UInt8], hash: Hash256) async throws(LayerError) -> SendingRefusal? {
        do throws(EthereumClientError) {
            try await client.send(encoded, hash: hash)
            return nil
        } catch {
            if case .refused(_, let message, _) = error { return SendingRefusal(message) ?? .other(error.message) }
            throw LayerError(.settlement, error)
        }
    }

    public func inclusion(of hash: Hash256) async throws(LayerError) -> BlockID? {
        do throws(EthereumClientError) {
            return try await client.inclusion(of: hash).map { BlockID(number: $0.blockNumber, hash: $0.blockHash) }
        } catch {
            throw LayerError(.settlement, error)
        }
    }
}

extension SendingRefusal {
    /// What a node's words mean; nil for what matters not.
    init?(_ message: String) {
        if message.contains("nonce too low") {
            self = .nonceTooLow
        } else if message.contains("already reserved") {
            self = .kindConflict
        } else if ["underpriced", "fee too low", "less than block base fee", "fee cap too low"]
            .contains(where: { message.contains($0) })
        {
            self = .underpriced
        } else {
            return nil
        }
    }
}
