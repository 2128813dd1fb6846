import Primitives
import SQLStore
import Settlement

/// Lets the jobs of all platforms that share a database send from one account, one after another, and each only what is still its
/// job's to send.
struct AccountTurns: SendingTurns {
    /// Milliseconds after which a turn is over that nobody has given back.
    private static let length: Int64 = 15_000
    /// How long a turn is waited for.
    private static let patience = Duration.seconds(120)
    private static let pause = Duration.milliseconds(40)

    private let account: String
    private let here: Turns
    private let progress: JobProgress
    private let holder = RandomText.hex(bytes: 8)

    /// - Parameters:
    ///   - here: for those of this process, which need not ask the database whose turn it is among them.
    ///   - progress: of the job that something is sent for.
    init(_ account: Address, _ here: Turns, _ progress: JobProgress) {
        self.account = "\(account)"
        self.here = here
        self.progress = progress
    }

    func take() async throws(SettlementError) {
        await here.take()
        guard progress.database.isShared else { return }
        do throws(SettlementError) { try await takeFromOthers() } catch {
            await here.leave()
            throw error
        }
    }

    private func takeFromOthers() async throws(SettlementError) {
        let end = ContinuousClock.now + Self.patience
        while true {
            let isTaken = try await write { [account, holder] connection throws(SQLStoreError) in
                let now = try connection.now()
                return try connection.execute(
                    """
                    INSERT INTO account_turns (account, holder, held_until) VALUES ($1, $2, $3)
                    ON CONFLICT (account) DO UPDATE SET holder = $2, held_until = $3 WHERE account_turns.held_until <= $4
                    """,
                    [.text(account), .text(holder), .integer(now + Self.length), .integer(now)]) == 1
            }
            if isTaken { return }
            guard .now < end, (try? await Task.sleep(for: Self.pause)) != nil else {
                throw .early("others send from \(account) all the time")
            }
        }
    }

    func confirm() async throws(SettlementError) {
        let isHeld = try await write {
            [account, holder, isShared = progress.database.isShared] connection throws(SQLStoreError) in
            if !isShared { return true }
            return try connection.execute(
                "UPDATE account_turns SET held_until = $3 WHERE account = $1 AND holder = $2",
                [.text(account), .text(holder), .integer(try connection.now() + Self.length)]) == 1
        }
        if !isHeld { throw .early("the turn to send from \(account) was over before anything was sent") }
    }

    func leave() async {
        if progress.database.isShared {
            // One that cannot be given back is over by itself.
            _ = try? await progress.database.write { [account, holder] connection throws(SQLStoreError) in
                try connection.execute(
                    "DELETE FROM account_turns WHERE account = $1 AND holder = $2", [.text(account), .text(holder)])
            }
        }
        await here.leave()
    }

    /// Writes where the job is still this process's.
    private func write<Result: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws(SQLStoreError) -> Result
    ) async throws(SettlementError) -> Result {
        do throws(JobFailure) { return try await progress.write(body) } catch {
            switch error {
            case .lost: throw .early("the job is another process's now")
            case .again(let text), .forGood(let text): throw .early(text)
            case .later: throw .early("the job waits")
            }
        }
    }
}
