/// Lets those who use one thing do so one after another, in the order in which they came.
///
/// Those who send from one account share one: each reads the account's nonce and uses it before the next one reads it.
public actor Turns {
    private var isTaken = false
    private var waiting: [CheckedContinuation<Void, Never>] = []

    public init() {}

    /// Waits for one's turn; `leave` has to follow.
    public func take() async {
        guard isTaken else { return isTaken = true }
        await withCheckedContinuation { waiting.append($0) }
    }

    public func leave() {
        if waiting.isEmpty { isTaken = false } else { waiting.removeFirst().resume() }
    }
}
