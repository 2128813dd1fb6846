internal import COpenSSL

/// How a key is made of a password: slowly, so that guessing is expensive.
public enum KeyDerivation: Equatable, Sendable {
    /// scrypt (RFC 7914) with cost `n`, block size `r` and parallelisation `p`.
    case scrypt(n: UInt64, r: UInt64, p: UInt64, salt: [UInt8])
    /// PBKDF2 (RFC 8018) with HMAC-SHA-256.
    case pbkdf2(rounds: UInt64, salt: [UInt8])

    /// Bytes that are used: 16 to encrypt, 16 for the MAC. More that a file asks for would not change these.
    static let keyBytes = 32

    /// scrypt takes 128 bytes for each of n·r: 1 GiB.
    static let largestTable: UInt64 = 1 << 23
    /// scrypt works on 128 bytes for each of p·r: 128 MiB.
    static let largestBlocks: UInt64 = 1 << 20
    /// Sixteen times the usual work, which is half a second to a second: n·r·p.
    static let mostWork: UInt64 = 1 << 25
    static let mostRounds: UInt64 = 10_000_000

    /// The parameters are a stranger's until they have been looked at.
    func check() throws(KeystoreError) {
        switch self {
        case .scrypt(let n, let r, let p, _):
            guard n >= 2, n & (n - 1) == 0 else {
                throw .malformed(field: "crypto.kdfparams.n", expected: "a power of two above 1")
            }
            guard r >= 1 else { throw .malformed(field: "crypto.kdfparams.r", expected: "1 at least") }
            guard p >= 1 else { throw .malformed(field: "crypto.kdfparams.p", expected: "1 at least") }
            guard n <= Self.largestTable, r <= Self.largestTable, n * r <= Self.largestTable else {
                throw .excessive(field: "crypto.kdfparams.n", limit: "\(Self.largestTable) / r at most")
            }
            guard p <= Self.largestBlocks, p * r <= Self.largestBlocks, n * r * p <= Self.mostWork else {
                let limit = "\(Self.largestBlocks) / r and \(Self.mostWork) / (n r) at most"
                throw .excessive(field: "crypto.kdfparams.p", limit: limit)
            }
        case .pbkdf2(let rounds, _):
            guard rounds >= 1 else { throw .malformed(field: "crypto.kdfparams.c", expected: "1 at least") }
            guard rounds <= Self.mostRounds else {
                throw .excessive(field: "crypto.kdfparams.c", limit: "\(Self.mostRounds) at most")
            }
        }
    }

    /// The 32 bytes that belong to a password.
    ///
    /// - Complexity: 128·n·r bytes of memory with scrypt, which are 256 MiB as keystores usually are.
    func derive(_ password: borrowing SecretBytes) throws(KeystoreError) -> SecretBytes {
        try check()
        switch self {
        case .scrypt(let n, let r, let p, let salt):
            // libcrypto insists on n < 2^(16 r) (RFC 7914, section 2), which old keystores with r = 1 do not keep.
            if r == 1, n >= 1 << 16 { return try ScryptMixing.derive(password, salt, n: Int(n), r: 1, p: Int(p)) }
            var key = SecretBytes(zeros: Self.keyBytes)
            let status = key.withUnsafeMutableBytes { key in
                password.withUnsafeBytes { password in
                    EVP_PBE_scrypt(
                        password.baseAddress?.assumingMemoryBound(to: CChar.self), password.count, salt, salt.count,
                        n, r, p, 128 * r * (n + p + 2),
                        key.baseAddress?.assumingMemoryBound(to: UInt8.self), key.count)
                }
            }
            guard status == 1 else { throw .failed(operation: "scrypt") }
            return key
        case .pbkdf2(let rounds, let salt):
            return try Self.pbkdf2(password, salt: salt, rounds: Int32(rounds), count: Self.keyBytes)
        }
    }

    /// PBKDF2 with HMAC-SHA-256.
    static func pbkdf2(
        _ password: borrowing SecretBytes, salt: [UInt8], rounds: Int32, count: Int
    ) throws(KeystoreError) -> SecretBytes {
        let salt = SecretBytes(copying: salt)
        return try pbkdf2(password, salt: salt, rounds: rounds, count: count)
    }

    /// PBKDF2 with HMAC-SHA-256 and a salt that is itself a secret.
    static func pbkdf2(
        _ password: borrowing SecretBytes, salt: borrowing SecretBytes, rounds: Int32, count: Int
    ) throws(KeystoreError) -> SecretBytes {
        var key = SecretBytes(zeros: count)
        let status = key.withUnsafeMutableBytes { key in
            password.withUnsafeBytes { password in
                salt.withUnsafeBytes { salt in
                    PKCS5_PBKDF2_HMAC(
                        password.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(password.count),
                        salt.baseAddress?.assumingMemoryBound(to: UInt8.self), Int32(salt.count), rounds,
                        EVP_sha256(), Int32(key.count), key.baseAddress?.assumingMemoryBound(to: UInt8.self))
                }
            }
        }
        guard status == 1 else { throw .failed(operation: "PBKDF2") }
        return key
    }
}
