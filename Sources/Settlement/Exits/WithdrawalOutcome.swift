/// What became of a withdrawal that was finalised.
public enum WithdrawalOutcome: String, Sendable, Equatable {
    case paid
    /// Its message failed and is kept by the messenger on L1, which runs it again for anybody.
    case kept
    /// Its call failed, and it has one try.
    case failed
}
