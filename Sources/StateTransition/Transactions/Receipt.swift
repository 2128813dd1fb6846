public import Primitives

/// What a transaction came to, as the block commits to it.
public struct Receipt: Equatable, Sendable {
    /// How the outcome is stated.
    public enum Outcome: Equatable, Sendable {
        /// The state root after the transaction, before Byzantium.
        case stateRoot(Hash256)
        /// From Byzantium on (EIP-658).
        case status(Bool)
    }

    public var kind: Transaction.Kind
    public var outcome: Outcome
    /// The gas of this transaction and those before it in the block.
    public var cumulativeGasUsed: UInt64
    public var bloom: LogsBloom
    public var logs: [Log]
    /// OP Stack: the nonce of a deposit's sender before it ran (Regolith).
    public var depositNonce: UInt64?
    /// OP Stack: 1 in the receipt of a deposit since Canyon.
    public var depositReceiptVersion: UInt64?

    public init(
        kind: Transaction.Kind, outcome: Outcome, cumulativeGasUsed: UInt64, bloom: LogsBloom, logs: [Log],
        depositNonce: UInt64? = nil, depositReceiptVersion: UInt64? = nil
    ) {
        self.kind = kind
        self.outcome = outcome
        self.cumulativeGasUsed = cumulativeGasUsed
        self.bloom = bloom
        self.logs = logs
        self.depositNonce = depositNonce
        self.depositReceiptVersion = depositReceiptVersion
    }

    /// Whether the transaction succeeded, where the receipt says so.
    public var isSuccess: Bool? {
        if case .status(let isSuccess) = outcome { return isSuccess }
        return nil
    }

    /// The form that the receipts root commits to: the RLP of a legacy receipt, or type byte and payload (EIP-2718).
    public var encoded: [UInt8] {
        var writer = RLPWriter(minimumCapacity: 320 + logs.count * 160)
        if kind != .legacy { writer.appendEncoded(CollectionOfOne(kind.rawValue)) }
        writer.appendList { list in
            switch outcome {
            case .stateRoot(let root): list.append(root)
            case .status(let isSuccess): list.append(isSuccess ? 1 : 0 as UInt64)
            }
            list.append(cumulativeGasUsed)
            list.append(bloom.bytes)
            list.appendList { items in for log in logs { log.encode(to: &items) } }
            if let depositNonce { list.append(depositNonce) }
            if let depositReceiptVersion { list.append(depositReceiptVersion) }
        }
        return writer.bytes
    }
}

extension Log {
    /// Appends the RLP of address, topics and data.
    public func encode(to writer: inout RLPWriter) {
        writer.appendList { list in
            list.append(address)
            list.appendList { items in for topic in topics { items.append(topic) } }
            list.append(data)
        }
    }
}
