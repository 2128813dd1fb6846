import CSecp256k1
import Cryptography
import Primitives

/// Signature recovery beside libsecp256k1's, after both have given the same key.
func signatureComparisons() -> [Comparison] {
    let hash = Keccak256.hash([1])
    guard let signature = Secp256k1.sign(hash: hash, privateKey: 12345),
        let context = secp256k1_context_create(UInt32(SECP256K1_CONTEXT_NONE))
    else { return [] }
    let (r, s, isOdd) = (signature.r, signature.s, signature.isOdd)
    let message = hash.bytes
    var parsed = secp256k1_ecdsa_recoverable_signature()
    secp256k1_ecdsa_recoverable_signature_parse_compact(context, &parsed, r.bytes + s.bytes, isOdd ? 1 : 0)
    func recover() -> secp256k1_pubkey? {
        var key = secp256k1_pubkey()
        return secp256k1_ecdsa_recover(context, &key, &parsed, message) == 1 ? key : nil
    }
    var serialized = [UInt8](repeating: 0, count: 65)
    var count = serialized.count
    var key = recover() ?? secp256k1_pubkey()
    secp256k1_ec_pubkey_serialize(context, &serialized, &count, &key, UInt32(SECP256K1_EC_UNCOMPRESSED))
    let ours = Secp256k1.recoverPublicKey(hash: hash, r: r, s: s, isOdd: isOdd).map { $0.x.bytes + $0.y.bytes }
    precondition(ours == Array(serialized[1...]))
    return [
        Comparison(name: "secp256k1/recover") {
            consume(Secp256k1.recoverPublicKey(hash: hash, r: r, s: s, isOdd: isOdd))
        } theirs: {
            consume(recover())
        }
    ]
}
