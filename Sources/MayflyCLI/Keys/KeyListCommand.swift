import ArgumentParser
import Cryptography
import Keystores
import Primitives

struct KeyListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Shows the accounts whose keys there are, and their roles; opens none.")

    @OptionGroup var place: KeystoreDirectoryOptions

    @Flag(help: "Print one JSON object instead of text.")
    var json = false

    private struct Report: Encodable {
        let directory: String
        let keys: [KeyReport]
        let problems: [String]
        /// Roles of accounts whose keys are not here.
        let absent: [String: String]
    }

    func run() throws {
        let directory = place.directory
        let report = try KeyOutput.told {
            let listing = try directory.list()
            let roles = try KeyRoles(in: directory).read()
            let names = [Address: KeyRole](roles.map { ($0.value, $0.key) }, uniquingKeysWith: { first, _ in first })
            let accounts = Set(listing.entries.map { $0.address })
            let absent = roles.filter { !accounts.contains($0.value) }
            return Report(
                directory: directory.path,
                keys: listing.entries.map { KeyReport($0, role: names[$0.address]) },
                problems: listing.problems.map { $0.message },
                absent: [String: String](
                    uniqueKeysWithValues: absent.map { ($0.key.rawValue, $0.value.checksummed) }))
        }
        if json { return try KeyOutput.print(json: report) }
        if report.keys.isEmpty { print("There are no keys in \(report.directory). Make one: mayfly key new") }
        for key in report.keys {
            let role = key.role ?? "-"
            let gap = String(repeating: " ", count: max(0, 10 - role.count))
            print("\(key.address)  \(role)\(gap)  \(key.file)")
        }
        for (role, account) in report.absent.sorted(by: { $0.key < $1.key }) {
            StandardStreams.writeError("warning: the \(role) is \(account), whose key is not here")
        }
        for problem in report.problems { StandardStreams.writeError("warning: \(problem)") }
    }
}

struct KeyAddressCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "address",
        abstract: "Prints the address of a role's key, for scripts: --batcher $(mayfly key address batcher)")

    @Argument(help: "The role.")
    var role: KeyRole

    @OptionGroup var place: KeystoreDirectoryOptions

    @Flag(help: "Print one JSON object instead of text.")
    var json = false

    func run() throws {
        let directory = place.directory
        let account = try KeyOutput.told { try KeyRoles(in: directory).account(of: role).checksummed }
        if json { return try KeyOutput.print(json: ["role": role.rawValue, "address": account]) }
        print(account)
    }
}
