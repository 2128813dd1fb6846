import Cryptography
import EVM
import Primitives

/// Points decode from their encodings and encode to the same bytes; the sums and multiples of BN254 keep the group's
/// laws.
let pointFuzzer = Fuzzer(name: "point") { random in
    let (a, b) = (random.word(), random.word())
    let (p, q) = (BN254.G1.generator.multiplied(by: a), BN254.G1.generator.multiplied(by: b))
    guard p + q == q + p, p.multiplied(by: b) == q.multiplied(by: a), (p + p) == p.multiplied(by: 2),
        (p + -p).isInfinity
    else { throw Finding("the laws of BN254 do not hold for multiples \(a) and \(b)") }
    let changed = random.mutated(p.bytes)
    if let point = changed.withUnsafeBytes({ BN254.G1(bytes: $0) }), point.bytes != changed {
        throw Finding("\(Hex.encode(changed)) encodes to other bytes")
    }
    let twist = BN254.G2.generator.multiplied(by: a)
    guard twist.bytes.withUnsafeBytes({ BN254.G2(bytes: $0) }) == twist else {
        throw Finding("multiple \(a) of the twist's generator does not decode")
    }
    let changedTwist = random.mutated(twist.bytes)
    if let point = changedTwist.withUnsafeBytes({ BN254.G2(bytes: $0) }), point.bytes != changedTwist {
        throw Finding("\(Hex.encode(changedTwist)) encodes to other bytes")
    }
}

/// A signature recovers to its signer; whatever another pair of numbers recovers to, its signature verifies.
let signatureFuzzer = Fuzzer(name: "signature") { random in
    let key = random.word()
    let hash = random.oneIn(4) ? Hash256(random.word()) : random.hash()
    guard let signature = Secp256k1.sign(hash: hash, privateKey: key) else {
        guard key.isZero || key >= Secp256k1.order else { throw Finding("\(key) does not sign") }
        return
    }
    guard let signer = Secp256k1.publicKey(of: key),
        let recovered = Secp256k1.recoverPublicKey(
            hash: hash, r: signature.r, s: signature.s, isOdd: signature.isOdd), recovered == signer
    else { throw Finding("the signature of \(hash) by \(key) does not recover to its signer") }
    let r = random.oneIn(2) ? random.word() : signature.r
    let s = random.oneIn(2) ? random.word() : signature.s
    if let stranger = Secp256k1.recoverPublicKey(hash: hash, r: r, s: s, isOdd: random.oneIn(2)) {
        guard Secp256k1.verify(hash: hash, r: r, s: s, publicKey: stranger) else {
            throw Finding("\(r), \(s) over \(hash) recovers to a key that it does not verify with")
        }
    }
    if Secp256k1.verify(hash: hash, r: r, s: s, publicKey: signer) {
        guard r == signature.r, s == signature.s || s == Secp256k1.order &- signature.s else {
            throw Finding("\(r), \(s) over \(hash) passes for a signature of \(key)")
        }
    }
    // A public key that is any two numbers.
    _ = Secp256k1.verify(hash: hash, r: r, s: s, publicKey: (random.word(), random.word()))
    _ = P256.verify(hash: hash, r: r, s: s, x: random.word(), y: random.word())
}
