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
]
