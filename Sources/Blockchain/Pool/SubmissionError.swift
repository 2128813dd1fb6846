public import Sequencing
public import StateTransition

/// Why a transaction was not taken.
public enum SubmissionError: Error, Equatable, Sendable {
    case malformed(TransactionDecodingError)
    /// Not bound to a chain (EIP-155), so that it could be replayed on others.
    case unprotected
    case refused(MempoolError)
    /// The state of its sender cannot be read.
    case state
    /// OP Stack: a deposit comes from L1 only.
    case deposit
    /// No transactions are taken at the moment; why, for people.
    case notTaken(String)
}

extension SubmissionError {
    /// The JSON-RPC error code.
    public var code: Int {
        switch self {
        case .malformed, .unprotected, .deposit, .notTaken: -32_000
        case .refused(let error): error.code
        case .state: -32_603
        }
    }

    /// What is the matter, in the words of the common clients.
    public var message: String {
        switch self {
        case .malformed(let error): "invalid transaction encoding: \(error)"
        case .unprotected: "only replay-protected (EIP-155) transactions allowed over RPC"
        case .refused(let error): error.message
        case .state: "the sender's state cannot be read"
        case .notTaken(let why): why
        case .deposit: "transaction type not supported: deposits come from L1"
        }
    }
}
