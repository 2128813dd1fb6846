import ArgumentParser
import NIOHTTP1
import Platform
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

    @OptionGroup var question: PlatformQuestion

    func run() async throws {
        struct Member: Decodable { var address, role, createdAt: String }
        struct List: Decodable { var members: [Member] }
        try await question.ask(.GET, "/members", as: List.self) { list in
            TextTable.print(
                ["ADDRESS", "ROLE", "ADDED"], list.members.map { [$0.address, $0.role, $0.createdAt] })
        }
    }
}

struct MemberAddCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Adds a member by address, or gives one another role.")

    @Argument(help: "The account that they sign in with.")
    var address: String

    @OptionGroup var options: RoleOptions
    @OptionGroup var question: PlatformQuestion

    func run() async throws {
        struct Member: Decodable { var address, role: String }
        let body = ["address": address, "role": options.role.rawValue]
        try await question.ask(.POST, "/members", body, as: Member.self) { member in
            print("\(member.address) is \(member.role)")
        }
    }
}

struct MemberRemoveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Removes a member, who is out at once.")

    @Argument(help: "The member's address.")
    var address: String

    @OptionGroup var question: PlatformQuestion

    func run() async throws {
        // A path has to be made of what an address is made of.
        guard let account = try? Address(hex: address) else {
            throw ValidationError("The address takes 0x and 40 hexadecimal digits.")
        }
        try await question.delete(
            "/members/\(account)", done: ["address": "\(account)"], text: "\(address) is no member any more")
    }
}
