import COpenSSL
import Cryptography
import Primitives

/// A digest of OpenSSL, fetched once.
private final class OpenSSLDigest {
    private let context = EVP_MD_CTX_new()
    private let method: OpaquePointer?
    private var output = [UInt8](repeating: 0, count: 64)

    init(_ name: String) { method = EVP_MD_fetch(nil, name, nil) }

    func hash(_ bytes: [UInt8]) -> [UInt8] {
        var count: UInt32 = 0
        EVP_DigestInit_ex(context, method, nil)
        EVP_DigestUpdate(context, bytes, bytes.count)
        EVP_DigestFinal_ex(context, &output, &count)
        return output
    }
}

/// Hashes beside OpenSSL's. SHA3-256 differs from Keccak-256 in its padding only.
func hashComparisons() -> [Comparison] {
    OSSL_PROVIDER_load(nil, "default")
    OSSL_PROVIDER_load(nil, "legacy")
    var comparisons: [Comparison] = []
    let sha3 = OpenSSLDigest("SHA3-256")
    for count in [20, 32, 64, 135, 532, 1088, 13_600] {
        let bytes = [UInt8](repeating: 7, count: count)
        comparisons.append(
            Comparison(name: "keccak256/\(count) bytes") {
                consume(Keccak256.hash(bytes))
            } theirs: {
                consume(sha3.hash(bytes))
            })
    }
    let bytes = [UInt8](repeating: 9, count: 4096)
    let sha256 = OpenSSLDigest("SHA2-256")
    comparisons.append(
        Comparison(name: "sha256/4096 bytes") {
            consume(SHA256.hash(bytes))
        } theirs: {
            consume(sha256.hash(bytes))
        })
    let ripemd160 = OpenSSLDigest("RIPEMD160")
    comparisons.append(
        Comparison(name: "ripemd160/4096 bytes") {
            consume(bytes.withUnsafeBytes { RIPEMD160.hash($0) })
        } theirs: {
            consume(ripemd160.hash(bytes))
        })
    // The twelve rounds of each of 32 blocks, in one call.
    let rounds: [UInt8] = [0, 0, 1, 128]
    let input = rounds + [UInt8](repeating: 3, count: BLAKE2b.inputCount - 5) + [1]
    let blake2b = OpenSSLDigest("BLAKE2B-512")
    comparisons.append(
        Comparison(name: "blake2b/384 rounds, 4096 bytes") {
            consume(input.withUnsafeBytes { BLAKE2b.compress($0) })
        } theirs: {
            consume(blake2b.hash(bytes))
        })
    return comparisons
}
