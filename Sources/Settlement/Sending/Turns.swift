/// Who else sends from an account, and how one keeps out of the others' way: each reads the account's nonce and uses it before
/// the next one reads it.
public protocol SendingTurns: Sendable {
    /// Waits for one's turn; `leave` has to follow.
    func take() async throws(SettlementError)

    /// Makes sure that it is one's turn still, and that what is to be sent is still one's to send; asked after the nonce was read
    /// and before it is used. Whoever comes next can only use a nonce that what is then sent takes from it, or loses to it.
    func confirm() async throws(SettlementError)

    func leave() async
}

/// Lets those who use one thing do so one after another, in the order in which they came.
public actor Turns: SendingTurns {
    private var isTaken = false
    private var waiting: [CheckedContinuation<Void, Never>] = []

    public init() {}

    /// Waits for one's turn; `leave` has to follow.
    public func take() async {
        guard isTaken else { return isTaken = true }
        await withCheckedContinuation { waiting.append($0) }
    }

    public func confirm() {}

    public func leave() {
        if waiting.isEmpty { isTaken = false } else { waiting.removeFirst().resume() }
    }
}
