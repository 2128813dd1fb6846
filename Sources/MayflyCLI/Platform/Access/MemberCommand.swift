public import ArgumentParser
import Foundation
import NIOHTTP1
public import Platform
import Primitives

struct MemberCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "member",
        abstract: "The people who may act for an organisation of a platform: see, add, remove.",
        discussion: "The organisation is the API key's, which has to be of an administrator.",
        subcommands: [MemberListCommand.self, MemberAddCommand.self, MemberRemoveCommand.self])
}

struct MemberListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Lists the members with their roles.")

    @OptionGroup var platform: PlatformOptions

    @Flag(help: "Print the platform's JSON instead of a table.")
    var json = false

    func run() async throws {
        struct Member: Decodable { var address, role, createdAt: String }
        struct List: Decodable { var members: [Member] }
        let client = try platform.client()
        let data = try await client.ask(.GET, "/members")
        if json {
            print(String(decoding: data, as: UTF8.self))
        } else {
            TextTable.print(
                ["ADDRESS", "ROLE", "ADDED"],
                try client.decode(List.self, data).members.map { [$0.address, $0.role, $0.createdAt] })
        }
        fflush(nil)
    }
}

struct MemberAddCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Adds a member by address, or gives one another role.")

    @Argument(help: "The account that they sign in with.")
    var address: String

    @Option(help: "What they may do; each role may do all that those before it may: viewer, operator, administrator.")
    var role: AccessRole = .viewer

    @OptionGroup var platform: PlatformOptions

    @Flag(help: "Print the platform's JSON instead of text.")
    var json = false

    func run() async throws {
        let answer = try await platform.client().ask(.POST, "/members", ["address": address, "role": role.rawValue])
        print(json ? String(decoding: answer, as: UTF8.self) : "\(address) is \(role.rawValue)")
        fflush(nil)
    }
}

struct MemberRemoveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Removes a member, who is out at once.")

    @Argument(help: "The member's address.")
    var address: String

    @OptionGroup var platform: PlatformOptions

    @Flag(help: "Print JSON instead of text.")
    var json = false

    func run() async throws {
        // A path has to be made of what an address is made of.
        guard let account = try? Address(hex: address) else {
            throw ValidationError("The address takes 0x and 40 hexadecimal digits.")
        }
        try await platform.client().ask(.DELETE, "/members/\(account)")
        print(json ? try JSONLine.text(["address": "\(account)"]) : "\(address) is no member any more")
        fflush(nil)
    }
}

extension AccessRole: ExpressibleByArgument {}
