import Dispatch
import EVM
import Primitives
import StateTransition
import Synchronization

/// Senders of many transactions, recovered on all processors.
enum SenderRecovery {
    /// Signatures that one thread recovers at a time: each takes about 25 microseconds.
    private static let stride = 8

    /// - Throws: `invalid` naming the first transaction whose signature is worth nothing.
    static func senders(
        of transactions: [Transaction], _ revision: Revision, _ chainID: UInt64
    ) throws(ChainError) -> [Address] {
        let recovered = concurrently(transactions.count) { index in
            sender(of: transactions[index], revision, chainID)
        }
        var senders: [Address] = []
        senders.reserveCapacity(transactions.count)
        for (index, result) in recovered.enumerated() {
            switch result {
            case .success(let sender): senders.append(sender)
            case .failure(let rule): throw .invalid(.transaction(index: index, rule))
            }
        }
        return senders
    }

    private static func sender(
        of transaction: Transaction, _ revision: Revision, _ chainID: UInt64
    ) -> Result<Address, InvalidTransaction> {
        do throws(InvalidTransaction) {
            return .success(try transaction.sender(revision: revision, chainID: chainID))
        } catch {
            return .failure(error)
        }
    }

    /// What `body` gives for each of `count` indices, in their order; in parallel where that is worth it.
    static func concurrently<Value: Sendable>(_ count: Int, _ body: @Sendable (Int) -> Value) -> [Value] {
        if count <= stride { return (0..<count).map(body) }
        let pieces = (count + stride - 1) / stride
        let results = Mutex([[Value]?](repeating: nil, count: pieces))
        DispatchQueue.concurrentPerform(iterations: pieces) { piece in
            let values = (piece * stride..<min(count, (piece + 1) * stride)).map(body)
            results.withLock { $0[piece] = values }
        }
        return results.withLock { $0 }.flatMap { $0 ?? [] }
    }
}
