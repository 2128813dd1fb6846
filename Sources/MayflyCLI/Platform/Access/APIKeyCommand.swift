import ArgumentParser
import Foundation
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

    @OptionGroup var platform: PlatformOptions

    @Flag(help: "Print the platform's JSON instead of a table.")
    var json = false

    func run() async throws {
        struct Key: Decodable {
            var id, name, role, createdAt: String
            var revokedAt: String?
        }
        struct List: Decodable { var keys: [Key] }
        let client = try platform.client()
        let data = try await client.ask(.GET, "/keys")
        if json {
            print(String(decoding: data, as: UTF8.self))
        } else {
            TextTable.print(
                ["ID", "ROLE", "MADE", "REVOKED", "NAME"],
                try client.decode(List.self, data).keys.map {
                    [$0.id, $0.role, $0.createdAt, $0.revokedAt ?? "-", $0.name]
                })
        }
        fflush(nil)
    }
}

struct APIKeyNewCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "new", abstract: "Makes a key, and prints it: it is told this once.")

    @Argument(help: "What it is for, for people.")
    var name: String

    @Option(help: "What it may do; each role may do all that those before it may: viewer, operator, administrator.")
    var role: AccessRole = .viewer

    @OptionGroup var platform: PlatformOptions

    @Flag(help: "Print the platform's JSON instead of the key alone.")
    var json = false

    func run() async throws {
        struct Key: Decodable { var secret: String }
        let client = try platform.client()
        let answer = try await client.ask(.POST, "/keys", ["name": name, "role": role.rawValue])
        print(json ? String(decoding: answer, as: UTF8.self) : try client.decode(Key.self, answer).secret)
        fflush(nil)
    }
}

struct APIKeyRevokeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke", abstract: "Revokes a key, at once and for ever.")

    @Argument(help: "The key's id, which the list tells.")
    var id: String

    @OptionGroup var platform: PlatformOptions

    @Flag(help: "Print JSON instead of text.")
    var json = false

    func run() async throws {
        guard !id.isEmpty, id.utf8.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }) else {
            throw ValidationError("The id takes the hexadecimal digits that mayfly api-key list tells.")
        }
        try await platform.client().ask(.DELETE, "/keys/\(id)")
        print(json ? try JSONLine.text(["id": id]) : "\(id) is revoked")
        fflush(nil)
    }
}
