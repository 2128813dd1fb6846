import Cryptography
public import Primitives
import Sequencing

/// An account whose private key everybody knows.
public struct DevelopmentAccount: Equatable, Sendable {
    public let privateKey: UInt256
    public let address: Address

    public init?(privateKey: UInt256) {
        guard let address = Secp256k1.address(of: privateKey) else { return nil }
        self.privateKey = privateKey
        self.address = address
    }

    /// The address with the case of its letters as a checksum (EIP-55).
    public var checksummedAddress: String { address.checksummed }

    /// The first accounts of a mnemonic, as wallets derive them: m/44'/60'/0'/0/0 and on (BIP-44).
    ///
    /// - Complexity: about a millisecond, and 0.1 milliseconds an account.
    public static func accounts(mnemonic: String, count: Int) -> [DevelopmentAccount] {
        var node = ExtendedKey(seed: Mnemonic.seed(mnemonic))
        for index in [44 + ExtendedKey.hardened, 60 + ExtendedKey.hardened, ExtendedKey.hardened, 0] {
            node = node?.child(index)
        }
        let keys = node?.children((0..<UInt32(clamping: max(0, count))).map { $0 }) ?? []
        return keys.compactMap { $0.flatMap { DevelopmentAccount(privateKey: $0.key) } }
    }
}
