import ArgumentParser
import Cryptography
import EthereumClient
import Primitives
import Settlement

/// A process that has the key, and signs when it is asked.
struct SignerOptions: ParsableArguments {
    @Option(
        name: .customLong("signer"),
        help: ArgumentHelp(
            "A remote signer that keeps the key: JSON-RPC with eth_signTransaction, as op-signer serves it. Needs --signer-address.",
            valueName: "url"))
    var endpoint: String?

    @Option(
        name: .customLong("signer-address"),
        help: ArgumentHelp("The account that the remote signer signs for.", valueName: "address"))
    var address: String?

    @Option(
        name: .customLong("signer-ca"),
        help: ArgumentHelp(
            "Certificates (PEM), one of which has to have signed the remote signer's; without it the system's.",
            valueName: "file"))
    var authorities: String?

    @Option(
        name: .customLong("signer-cert"),
        help: ArgumentHelp("The certificate (PEM) that is shown to the remote signer.", valueName: "file"))
    var certificate: String?

    @Option(
        name: .customLong("signer-key"),
        help: ArgumentHelp("The key (PEM) of that certificate, that only you may read.", valueName: "file"))
    var key: String?

    var isNamed: Bool { endpoint != nil }

    func validate() throws {
        guard isNamed else {
            if [address, authorities, certificate, key].contains(where: { $0 != nil }) {
                throw ValidationError(
                    "--signer-address, --signer-ca, --signer-cert and --signer-key need --signer URL.")
            }
            return
        }
        guard address != nil else {
            throw ValidationError("--signer needs the account that it signs for: --signer-address.")
        }
        if (certificate == nil) != (key == nil) {
            throw ValidationError("--signer-cert and --signer-key go together.")
        }
    }

    /// Nil where none is named.
    func signer() throws -> RemoteSigner? {
        guard let endpoint, let address else { return nil }
        let account: Address
        do throws(Address.TypingError) { account = try Address(typed: address) } catch {
            throw CommandFailure("--signer-address: \(error.message)")
        }
        do throws(EthereumClientError) {
            let hasTLS = authorities != nil || certificate != nil
            guard !hasTLS || endpoint.lowercased().hasPrefix("https://") else {
                throw EthereumClientError.endpoint("--signer-ca and --signer-cert are of use with https:// alone")
            }
            let tls = hasTLS ? try ClientTLS(authorities: authorities, certificate: certificate, key: key) : nil
            return try RemoteSigner(try Endpoint(endpoint), of: account, tls: tls)
        } catch {
            throw CommandFailure("--signer: \(error.message)")
        }
    }
}
