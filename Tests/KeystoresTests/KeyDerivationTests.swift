import Primitives
import Testing

@testable import Keystores

struct KeyDerivationTests {
    private func bytes(_ key: borrowing SecretBytes) -> [UInt8] { key.withUnsafeBytes { Array($0) } }

    /// RFC 7914, section 12; of 64 bytes the first 32.
    @Test(arguments: [
        ("", "", 16, 1, 1, "77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442"),
        ("password", "NaCl", 1024, 8, 16, "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162"),
        (
            "pleaseletmein", "SodiumChloride", 16384, 8, 1,
            "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2"
        ),
    ])
    func scryptVectors(_ password: String, _ salt: String, _ n: Int, _ r: Int, _ p: Int, _ expected: String) throws {
        let salt = Array(salt.utf8)
        let expected = try Hex.decode(expected)
        let derivation = KeyDerivation.scrypt(n: UInt64(n), r: UInt64(r), p: UInt64(p), salt: salt)
        let key = bytes(try derivation.derive(secret(password)))
        #expect(key == expected)
        let mixed = bytes(try ScryptMixing.derive(secret(password), salt, n: n, r: r, p: p))
        #expect(mixed == expected)
    }

    /// Our own scrypt, which is there for parameters that libcrypto refuses, beside libcrypto's.
    @Test func ownScrypt() throws {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<60 {
            let n = 2 << Int.random(in: 0..<8, using: &random)
            let (r, p) = (Int.random(in: 1...5, using: &random), Int.random(in: 1...4, using: &random))
            let salt = (0..<Int.random(in: 1...40, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random)
            }
            let password = String(Int.random(in: 0...Int.max, using: &random))
            let derivation = KeyDerivation.scrypt(n: UInt64(n), r: UInt64(r), p: UInt64(p), salt: salt)
            let expected = bytes(try derivation.derive(secret(password)))
            let key = bytes(try ScryptMixing.derive(secret(password), salt, n: n, r: r, p: p))
            #expect(key == expected, "n \(n), r \(r), p \(p), salt \(salt), password \(password)")
        }
    }

    @Test(arguments: [
        KeyDerivation.scrypt(n: 1 << 24, r: 1, p: 1, salt: []), .scrypt(n: 1 << 21, r: 8, p: 1, salt: []),
        .scrypt(n: 1 << 63, r: 1 << 62, p: 1 << 61, salt: []), .scrypt(n: 2, r: .max, p: 1, salt: []),
        .scrypt(n: 2, r: 1, p: .max, salt: []), .scrypt(n: 2, r: 1 << 20, p: 2, salt: []),
        .scrypt(n: 1 << 20, r: 8, p: 5, salt: []), .pbkdf2(rounds: 10_000_001, salt: []),
        .pbkdf2(rounds: .max, salt: []),
    ])
    func excess(_ derivation: KeyDerivation) {
        guard case .excessive = refusal({ () throws(KeystoreError) in _ = try derivation.derive(secret("x")) }) else {
            Issue.record("not refused")
            return
        }
    }

    @Test(arguments: [
        KeyDerivation.scrypt(n: 0, r: 8, p: 1, salt: []), .scrypt(n: 1, r: 8, p: 1, salt: []),
        .scrypt(n: 12, r: 8, p: 1, salt: []), .scrypt(n: 16, r: 0, p: 1, salt: []),
        .scrypt(n: 16, r: 8, p: 0, salt: []),
        .pbkdf2(rounds: 0, salt: []),
    ])
    func nonsense(_ derivation: KeyDerivation) {
        guard case .malformed = refusal({ () throws(KeystoreError) in try derivation.check() }) else {
            Issue.record("not refused")
            return
        }
    }
}
