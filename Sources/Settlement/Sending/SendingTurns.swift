/// Lets those who send from one account do so one after another, in the order in which they came: each reads the account's nonce
/// and uses it before the next one reads it. Blocks are waited for together.
public actor SendingTurns {
    private var isTaken = false
    private var waiting: [CheckedContinuation<Void, Never>] = []

    public init() {}

    func take() async {
        guard isTaken else { return isTaken = true }
        await withCheckedContinuation { waiting.append($0) }
    }

    func leave() {
        if waiting.isEmpty { isTaken = false } else { waiting.removeFirst().resume() }
    }
}
