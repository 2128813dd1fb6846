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
    Benchmark("keccak256/32 bytes") {
        let word = Hash256(UInt256(7))
        return { consume(Keccak256.hash(word)) }
    },
    Benchmark("keccak256/one permutation of 13600 bytes") {
        let bytes = [UInt8](repeating: 7, count: 13_600)
        return { consume(Keccak256.hash(bytes)) }
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
