import ArgumentParser
import DevL1
import Settlement

/// Whose key signs.
struct KeyOptions: ParsableArguments {
    @Option(
        name: .customLong("key-file"),
        help: ArgumentHelp(
            "A file with the private key of the account, 64 hexadecimal digits, that only you may read. Without it: "
                + "MAYFLY_KEY in the environment, and on the embedded L1 a development account: the first, the second for "
                + "the batcher, the third for the proposer.",
            valueName: "file"))
    var keyFile: String?

    /// Who acts, where nobody says whose key it is: each has an account of its own, as nonces allow no other.
    enum Role: Int {
        case person = 0
        case batcher = 1
        case proposer = 2
    }

    /// - Parameter chainID: of L1.
    func key(chainID: UInt64, for role: Role = .person) throws -> SigningKey {
        do throws(SigningKeyError) {
            if let keyFile { return try SigningKey(file: keyFile) }
            if let key = try SigningKey(environment: "MAYFLY_KEY") { return key }
        } catch {
            throw CommandFailure(error.message)
        }
        guard chainID == DevL1Settings().chainID, let key = Self.developmentKey(role) else {
            throw CommandFailure(
                "there is no key to sign with on chain \(chainID): give --key-file, or MAYFLY_KEY in the environment")
        }
        return key
    }

    /// The account that the embedded L1 has for a role.
    static func developmentKey(_ role: Role = .person) -> SigningKey? {
        DevelopmentAccount.accounts(mnemonic: DevL1Settings().mnemonic, count: role.rawValue + 1).last.flatMap {
            SigningKey($0.privateKey)
        }
    }
}
