import Cryptography
public import Primitives
import StateTransition

/// What one account has in the pool, in order of nonce.
public struct AccountContent: Sendable {
    public let sender: Address
    public let pending: [PooledTransaction]
    public let queued: [PooledTransaction]
}

extension Mempool {
    /// How many transactions are executable and how many wait (`txpool_status`).
    public var status: (pending: Int, queued: Int) { (pendingCount, queuedCount) }

    /// Everything in the pool (`txpool_content`, `txpool_inspect`), by account in no order.
    ///
    /// - Complexity: O(n).
    public var content: [AccountContent] {
        accountIndices.values.map { content(ofIndex: $0) }
    }

    /// What one account has in the pool (`txpool_contentFrom`).
    public func content(from address: Address) -> AccountContent {
        guard let index = accountIndices[AddressKey(address)] else {
            return AccountContent(sender: address, pending: [], queued: [])
        }
        return content(ofIndex: index)
    }

    /// Whether the transaction with this hash is executable; nil where the pool does not have it.
    public func isPending(_ hash: Hash256) -> Bool? {
        guard let pooled = byHash[Hash256Key(hash)], let index = accountIndices[AddressKey(pooled.sender)] else {
            return nil
        }
        return accounts[index].pending.index(of: pooled.nonce) != nil
    }

    private func content(ofIndex index: Int) -> AccountContent {
        AccountContent(
            sender: accounts[index].address, pending: accounts[index].pending.all.map { $0.transaction },
            queued: accounts[index].queued.map { $0.transaction })
    }
}

extension PooledTransaction {
    /// The transaction in a line, as `txpool_inspect` says it.
    public var summary: String {
        let target = transaction.to.map { $0.checksummed } ?? "contract creation"
        let price = transaction.maxFeePerGas.decimal
        return "\(target): \(transaction.value.decimal) wei + \(transaction.gasLimit) gas × \(price) wei"
    }
}
