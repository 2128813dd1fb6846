/// Records on a PostgreSQL server, of any number of processes on any number of machines.
public final class PostgreSQLDatabase: SQLDatabase {
    /// Connections of one process at a time.
    private static let sessionCount = 4

    private let sessions: FreeSessions

    /// Connects, to say at once where that can't be done.
    ///
    /// - Parameter url: `postgres://USER@HOST/NAME`, or anything else that libpq takes (PostgreSQL documentation,
    ///   "Connection Strings"). What it does not say comes from PG... variables, and the password from `~/.pgpass` as well.
    public init(url: String) async throws(SQLStoreError) {
        let library = try LibPQ.shared.get()
        sessions = FreeSessions((0..<Self.sessionCount).map { _ in PostgreSQLSession(library, url: url) })
        try await read { connection throws(SQLStoreError) in _ = try connection.now() }
    }

    public var isShared: Bool { true }

    public func write<Result: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws(SQLStoreError) -> Result
    ) async throws(SQLStoreError) -> Result { try await transaction(isWriting: true, body) }

    public func read<Result: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws(SQLStoreError) -> Result
    ) async throws(SQLStoreError) -> Result { try await transaction(isWriting: false, body) }

    public func close() async { await sessions.close() }

    private func transaction<Result: Sendable>(
        isWriting: Bool, _ body: @escaping @Sendable (any SQLConnection) throws(SQLStoreError) -> Result
    ) async throws(SQLStoreError) -> Result {
        let session = await sessions.take()
        let result = await session.transaction(isWriting: isWriting, body)
        await sessions.giveBack(session)
        return try result.get()
    }
}

/// Hands out connections, to those who ask in their order.
private actor FreeSessions {
    private let all: [PostgreSQLSession]
    private var free: [PostgreSQLSession]
    private var waiting: [CheckedContinuation<PostgreSQLSession, Never>] = []

    init(_ sessions: [PostgreSQLSession]) { (all, free) = (sessions, sessions) }

    func take() async -> PostgreSQLSession {
        if let session = free.popLast() { return session }
        return await withCheckedContinuation { waiting.append($0) }
    }

    func giveBack(_ session: PostgreSQLSession) {
        if waiting.isEmpty { free.append(session) } else { waiting.removeFirst().resume(returning: session) }
    }

    func close() async { for session in all { await session.close() } }
}
