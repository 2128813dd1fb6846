import Cryptography
import Primitives

let curveBenchmarks: [Benchmark] = [
    Benchmark("secp256k1/recover", gas: 3000) {
        let hash = Keccak256.hash([1])
        let signature = Secp256k1.sign(hash: hash, privateKey: 12345)!
        return {
            consume(Secp256k1.recoverAddress(hash: hash, r: signature.r, s: signature.s, isOdd: signature.isOdd))
        }
    },
    Benchmark("secp256k1/sign") {
        let hash = Keccak256.hash([1])
        return { consume(Secp256k1.sign(hash: hash, privateKey: 12345)) }
    },
    Benchmark("p256/verify", gas: 6900) {
        // NIST SigVer 186-4, curve P-256, SHA-256, first passing case.
        let hash = Hash256(
            UInt256(limbs: 0xDBC4_E7A6_A133_EC56, 0x4E1E_2EFB_1A90_0377, 0xC2C5_8972_04FE_0950, 0x44AC_F6B7_E36C_1342))
        let r = UInt256(
            limbs: 0xCABB_5E6F_79C8_C2AC, 0x2AFD_6B1F_6A55_5A7A, 0x8843_E3D6_6295_27ED, 0xF3AC_8061_B514_795B)
        let s = UInt256(
            limbs: 0x3CCD_DA2A_CC05_8903, 0xEF97_B218_E96F_175A, 0x786C_7626_2BF7_371C, 0x8BF7_7819_CA05_A6B2)
        let x = UInt256(
            limbs: 0x3C59_FF46_C271_BF83, 0xD356_5DE9_4BBF_B12F, 0xF033_BFA2_48DB_8FCC, 0x1CCB_E91C_075F_C7F4)
        let y = UInt256(
            limbs: 0xDC7C_CD5C_A89A_4CA9, 0x6DB7_CA93_B740_4E78, 0x1A1F_DB2C_0E61_13E0, 0xCE40_14C6_8811_F9A2)
        precondition(P256.verify(hash: hash, r: r, s: s, x: x, y: y))
        return { consume(P256.verify(hash: hash, r: r, s: s, x: x, y: y)) }
    },
    Benchmark("bn254/addition", gas: 150) {
        let input = BN254.G1.generator.bytes + BN254.G1.generator.multiplied(by: 7).bytes
        return { consume(input.withUnsafeBytes(BN254Precompiles.add)) }
    },
    Benchmark("bn254/multiplication", gas: 6000) {
        let input = BN254.G1.generator.multiplied(by: 7).bytes + Keccak256.hash([1]).bytes
        return { consume(input.withUnsafeBytes(BN254Precompiles.multiply)) }
    },
    Benchmark("bn254/pairing of two", gas: 113_000) { pairing(count: 2) },
    Benchmark("bn254/pairing of ten", gas: 385_000) { pairing(count: 10) },
    Benchmark("bn254/sign") {
        let key = BN254SecretKey(12345)!
        return { consume(key.sign(Keccak256.hash([1]))) }
    },
    Benchmark("bn254/verify") {
        let (key, digest) = (BN254SecretKey(12345)!, Keccak256.hash([1]))
        let (publicKey, signature) = (key.publicKey, key.sign(digest))
        return { consume(signature.isValid(for: digest, by: publicKey)) }
    },
]

/// A check of `count` pairs whose product is one.
private func pairing(count: UInt64) -> () -> Void {
    var input: [UInt8] = []
    for index in 1..<count {
        input += BN254.G1.generator.multiplied(by: UInt256(index)).bytes + BN254.G2.generator.bytes
    }
    let sum = UInt256(count * (count - 1) / 2)
    input += (-BN254.G1.generator).bytes + BN254.G2.generator.multiplied(by: sum).bytes
    return { consume(input.withUnsafeBytes(BN254Precompiles.pairingCheck)) }
}
