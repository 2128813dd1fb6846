import ArgumentParser
import DevL1
import Settlement

/// Whose key signs.
struct KeyOptions: ParsableArguments {
    @Option(
        name: .customLong("key-file"),
        help: ArgumentHelp(
            "A file with the private key of the account, 64 hexadecimal digits, that only you may read. Without it: "
                + "MAYFLY_KEY in the environment, and on the embedded L1 the first development account.",
            valueName: "file"))
    var keyFile: String?

    /// - Parameter chainID: of L1.
    func key(chainID: UInt64) throws -> SigningKey {
        do throws(SigningKeyError) {
            if let keyFile { return try SigningKey(file: keyFile) }
            if let key = try SigningKey(environment: "MAYFLY_KEY") { return key }
        } catch {
            throw CommandFailure(error.message)
        }
        guard chainID == DevL1Settings().chainID, let key = Self.developmentKey else {
            throw CommandFailure(
                "there is no key to sign with on chain \(chainID): give --key-file, or MAYFLY_KEY in the environment")
        }
        return key
    }

    /// The first of the accounts that the embedded L1 has by itself.
    static var developmentKey: SigningKey? {
        DevelopmentAccount.accounts(mnemonic: DevL1Settings().mnemonic, count: 1).first.flatMap {
            SigningKey($0.privateKey)
        }
    }
}
