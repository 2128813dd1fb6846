import ArgumentParser
import Cryptography
import Keystores
import Primitives

struct KeyRotateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate",
        abstract: "Makes a new key for a role; the old one stays, without a role.",
        discussion: "L1 knows nothing of it: what is to be done there is printed.")

    @Argument(help: "The role.")
    var role: KeyRole

    @OptionGroup var place: KeystoreDirectoryOptions
    @OptionGroup var password: PasswordOptions

    @Flag(help: "Print one JSON object instead of text.")
    var json = false

    private struct Report: Encodable {
        let key: KeyReport
        let previous: String
        let steps: [String]
    }

    func run() throws {
        let directory = place.directory
        let roles = KeyRoles(in: directory)
        let (entry, previous) = try KeyOutput.told {
            // Before anybody thinks of a password.
            _ = try roles.account(of: role)
            let entry = try directory.add(PrivateKey.random(), password: try password.newPassword())
            return (entry, try roles.move(role, to: entry.address))
        }
        let report = Report(
            key: KeyReport(entry, role: role), previous: previous.checksummed,
            steps: RotationSteps.steps(role, from: previous, to: entry.address))
        if json { return try KeyOutput.print(json: report) }
        KeyOutput.print(report.key)
        print("before   \(report.previous), whose key stays")
        print("\nWhat is left to do:")
        for (index, step) in report.steps.enumerated() { print("\(index + 1). \(step)") }
    }
}

/// What the owner of a rollup does after a role has another key, which no command does yet.
enum RotationSteps {
    static func steps(_ role: KeyRole, from old: Address, to new: Address) -> [String] {
        let (old, word, new) = (old.checksummed, Hash256(UInt256(new)), new.checksummed)
        let onL1 = "mayfly has no command for it yet: use another wallet or tool."
        switch role {
        case .batcher:
            return [
                "Send ether to \(new) on L1.",
                "Let the owner call SystemConfig.setBatcherHash(bytes32) on L1 with \(word). \(onL1)",
                "Until that block is there keep the old batcher running: then stop it, and start it with the new key.",
                "A budget of the rollup goes on paying the account that it was launched with.",
            ]
        case .proposer:
            return [
                "Send ether to \(new) on L1, for bonds. Nothing on L1 names the proposer.",
                "Stop the proposer, and start it with the new key.",
                "Bonds of earlier proposals come back to \(old): keep its key until they have.",
            ]
        case .sequencer:
            return [
                "Let the owner call SystemConfig.setUnsafeBlockSigner(address) on L1 with \(new). \(onL1)"
            ]
        case .owner:
            return [
                "Let \(old) call transferOwnership(address) of SystemConfig on L1 with \(new), for each rollup that it "
                    + "owns. \(onL1)",
                "Have ether at \(new) on L1. Rollups that are launched later take --owner \(new).",
            ]
        case .launcher:
            return ["Send ether to \(new) on L1. Rollups that \(old) owns stay its own: see the role owner."]
        case .operator:
            return ["Nothing uses the key of an operator yet."]
        }
    }
}
