import ArgumentParser
import NIOHTTP1
import Platform

struct APIKeyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "api-key",
        abstract: "The keys of programs that act for an organisation of a platform: see, make, revoke.",
        discussion:
            "The organisation is that of the API key that this is asked with, which has to be of an administrator.",
        subcommands: [APIKeyListCommand.self, APIKeyNewCommand.self, APIKeyRevokeCommand.self])
}

struct APIKeyListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Lists the keys with their roles; their secrets are known to nobody.")

    @OptionGroup var question: PlatformQuestion

    func run() async throws {
        struct Key: Decodable {
            var id, name, role, createdAt: String
            var revokedAt: String?
        }
        struct List: Decodable { var keys: [Key] }
        try await question.ask(.GET, "/keys", as: List.self) { list in
            TextTable.print(
                ["ID", "ROLE", "MADE", "REVOKED", "NAME"],
                list.keys.map { [$0.id, $0.role, $0.createdAt, $0.revokedAt ?? "-", $0.name] })
        }
    }
}

struct APIKeyNewCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "new", abstract: "Makes a key, and prints it: it is told this once.")

    @Argument(help: "What it is for, for people.")
    var name: String

    @OptionGroup var options: RoleOptions
    @OptionGroup var question: PlatformQuestion

    func run() async throws {
        struct Key: Decodable { var secret: String }
        try await question.ask(.POST, "/keys", ["name": name, "role": options.role.rawValue], as: Key.self) { key in
            print(key.secret)
        }
    }
}

struct APIKeyRevokeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke", abstract: "Revokes a key, at once and for ever.")

    @Argument(help: "The key's id, which the list tells.")
    var id: String

    @OptionGroup var question: PlatformQuestion

    func run() async throws {
        guard !id.isEmpty, id.utf8.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }) else {
            throw ValidationError("The id takes the hexadecimal digits that mayfly api-key list tells.")
        }
        try await question.delete("/keys/\(id)", done: ["id": id], text: "\(id) is revoked")
    }
}
