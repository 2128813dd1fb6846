internal import COpenSSL
internal import Cryptography
public import Foundation
public import Primitives

/// A private key encrypted with a password: Web3 Secret Storage, version 3, as geth and ethers write and read it.
///
/// A password is the bytes that somebody gives: nothing is trimmed or normalised.
public struct Keystore: Equatable, Sendable {
    /// The account's, where the file names it: not known to be true before the key is decrypted.
    public let address: Address?
    /// A random name, where it has one.
    public let id: UUID?
    public let derivation: KeyDerivation
    let initialCounter: [UInt8]
    let ciphertext: [UInt8]
    let mac: [UInt8]

    /// What guessing a password costs.
    public enum Strength: Sendable {
        /// 256 MiB and about a second a guess.
        case standard
        /// 4 MiB and a tenth of a second a guess.
        case light

        var parameters: (n: UInt64, r: UInt64, p: UInt64) {
            switch self {
            case .standard: (1 << 18, 8, 1)
            case .light: (1 << 12, 8, 6)
            }
        }
    }

    init(_ fields: KeystoreFields) {
        (address, id, derivation) = (fields.address, fields.id, fields.derivation)
        (initialCounter, ciphertext, mac) = (fields.initialCounter, fields.ciphertext, fields.mac)
    }

    /// Encrypts a key.
    ///
    /// - Throws: `.emptyPassword`, or `.failed` where the system fails.
    public init(
        _ key: borrowing PrivateKey, password: borrowing SecretBytes, strength: Strength = .standard
    ) throws(KeystoreError) {
        guard password.count > 0 else { throw .emptyPassword }
        let (n, r, p) = strength.parameters
        derivation = .scrypt(n: n, r: r, p: p, salt: try Random.bytes(32))
        initialCounter = try Random.bytes(16)
        let derived = try derivation.derive(password)
        let ciphertext = try Self.applyCipher(key.bytes, derived, initialCounter)
        self.ciphertext = ciphertext.withUnsafeBytes { Array($0) }
        mac = Self.code(derived, self.ciphertext)
        address = key.address
        id = UUID()
    }

    /// The key, for whoever has the password.
    ///
    /// - Throws: `.wrongPassword` where the MAC does not fit, and the rest of `KeystoreError` for a damaged file.
    public func decrypt(_ password: borrowing SecretBytes) throws(KeystoreError) -> PrivateKey {
        let derived = try derivation.derive(password)
        let expected = Self.code(derived, ciphertext)
        guard mac.count == expected.count, CRYPTO_memcmp(mac, expected, mac.count) == 0 else { throw .wrongPassword }
        let bytes = try Self.applyCipher(SecretBytes(copying: ciphertext), derived, initialCounter)
        guard let key = PrivateKey(bytes) else { throw .noKey }
        if let address, address != key.address { throw .otherAddress(named: address, actual: key.address) }
        return key
    }

    /// The Keccak-256 hash of the latter half of the derived key and the ciphertext.
    private static func code(_ derived: borrowing SecretBytes, _ ciphertext: [UInt8]) -> [UInt8] {
        var hash = Keccak256()
        derived.withUnsafeBytes { hash.update(UnsafeRawBufferPointer(rebasing: $0[16..<32])) }
        hash.update(ciphertext)
        return hash.finalize().bytes
    }

    /// AES-128 in counter mode, which encrypts and decrypts alike, with the first half of the derived key.
    private static func applyCipher(
        _ input: borrowing SecretBytes, _ derived: borrowing SecretBytes, _ initialCounter: [UInt8]
    ) throws(KeystoreError) -> SecretBytes {
        guard let context = EVP_CIPHER_CTX_new() else { throw .failed(operation: "AES") }
        // Wipes the key schedule too.
        defer { EVP_CIPHER_CTX_free(context) }
        var output = SecretBytes(zeros: input.count)
        var count: Int32 = 0
        let isDone = derived.withUnsafeBytes { derived in
            input.withUnsafeBytes { input in
                output.withUnsafeMutableBytes { output in
                    EVP_EncryptInit_ex(
                        context, EVP_aes_128_ctr(), nil, derived.baseAddress?.assumingMemoryBound(to: UInt8.self),
                        initialCounter) == 1
                        && EVP_EncryptUpdate(
                            context, output.baseAddress?.assumingMemoryBound(to: UInt8.self), &count,
                            input.baseAddress?.assumingMemoryBound(to: UInt8.self), Int32(input.count)) == 1
                }
            }
        }
        guard isDone, Int(count) == input.count else { throw .failed(operation: "AES") }
        return output
    }
}
