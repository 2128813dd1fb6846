import ArgumentParser
import Foundation

/// Where a platform keeps its records.
struct DatabaseChoice: ParsableArguments {
    private static let variable = "MAYFLY_DATABASE"

    @Option(
        help: ArgumentHelp(
            "A PostgreSQL database for the records, postgres://USER@HOST/NAME. Default: MAYFLY_DATABASE, else a file in --data.",
            valueName: "url"))
    var database: String?

    /// - Returns: nil for a file.
    func url() throws -> String? {
        if let database {
            try Self.check(database)
            guard !Self.hasPassword(database) else {
                throw ValidationError(
                    "--database: others can read a command line: give the password in ~/.pgpass, PGPASSWORD or \(Self.variable)"
                )
            }
            return database
        }
        guard let url = ProcessInfo.processInfo.environment[Self.variable], !url.isEmpty else { return nil }
        try Self.check(url)
        return url
    }

    private static func check(_ url: String) throws {
        guard url.hasPrefix("postgres://") || url.hasPrefix("postgresql://") else {
            throw ValidationError("--database: give postgres://USER@HOST/NAME")
        }
    }

    static func hasPassword(_ url: String) -> Bool {
        if url.lowercased().contains("password=") { return true }
        guard let start = url.range(of: "://")?.upperBound else { return false }
        let authority = url[start...].prefix { $0 != "/" && $0 != "?" }
        guard let at = authority.lastIndex(of: "@") else { return false }
        return authority[..<at].contains(":")
    }
}
