import ArgumentParser
import DevL1
import Foundation
import Keystores
import Settlement

/// Whose key signs, and where it is.
struct KeyOptions: ParsableArguments {
    @Option(
        name: .customLong("key-file"),
        help: ArgumentHelp(
            "A file with the private key of the account, 64 hexadecimal digits, that only you may read. It goes before "
                + "--keystore. Without either: MAYFLY_KEY or MAYFLY_KEYSTORE_FILE in the environment, and on the embedded L1 "
                + "a development account: the first, the second for the batcher, the third for the proposer.",
            valueName: "file"))
    var keyFile: String?

    @Option(
        help: ArgumentHelp(
            "An encrypted keystore (mayfly key): its file, its account's address in the usual directory, or a directory with "
                + "the key of the role or only one.", valueName: "file|dir|address"))
    var keystore: String?

    @OptionGroup var password: PasswordOptions
    @OptionGroup var remote: SignerOptions

    /// Who acts, where nobody says whose key it is: each has an account of its own, as nonces allow no other.
    enum Role: Int {
        case person = 0
        case batcher = 1
        case proposer = 2

        /// The label of its key in a directory of keystores; a person may be of several.
        var label: KeyRole? {
            switch self {
            case .person: nil
            case .batcher: .batcher
            case .proposer: .proposer
            }
        }
    }

    func validate() throws {
        if keystore?.isEmpty == true { throw ValidationError("--keystore takes a file, a directory or an address.") }
        if remote.isNamed, keyFile != nil || keystore != nil {
            throw ValidationError("--signer takes the place of --key-file and --keystore: give one of them.")
        }
    }

    /// Who signs: a remote signer where one is named, else the key.
    ///
    /// - Parameter chainID: of L1.
    func signer(chainID: UInt64, for role: Role = .person) throws -> AccountSigner {
        if let remote = try remote.signer() { return .remote(remote) }
        return .key(try key(chainID: chainID, for: role))
    }

    private func key(chainID: UInt64, for role: Role) throws -> SigningKey {
        do throws(SigningKeyError) {
            if let keyFile { return try SigningKey(file: keyFile) }
            if keystore == nil, let key = try SigningKey(environment: "MAYFLY_KEY") { return key }
        } catch {
            throw CommandFailure(error.message)
        }
        if let chosen = keystore ?? ProcessInfo.processInfo.environment["MAYFLY_KEYSTORE_FILE"], !chosen.isEmpty {
            let file = try KeyOutput.told { try KeystoreChoice.file(chosen, role: role.label) }
            return try KeystoreChoice.key(file, password: password)
        }
        guard chainID == DevL1Settings().chainID, let key = Self.developmentKey(role) else {
            throw CommandFailure(
                "there is no key to sign with on chain \(chainID): give --key-file, --keystore or --signer, or MAYFLY_KEY or "
                    + "MAYFLY_KEYSTORE_FILE in the environment")
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
