import Cryptography
import Primitives

let hashBenchmarks: [Benchmark] = [
    Benchmark("keccak256/address") {
        let address = Address(truncating: 7)
        return { consume(Keccak256.hash(address)) }
    },
    Benchmark("keccak256/32 bytes", gas: 36) {
        let word = Hash256(UInt256(7))
        return { consume(Keccak256.hash(word)) }
    },
    Benchmark("keccak256/64 bytes", gas: 42) {
        let bytes = [UInt8](repeating: 7, count: 64)
        return { consume(Keccak256.hash(bytes)) }
    },
    Benchmark("keccak256/13600 bytes", gas: 2580) {
        let bytes = [UInt8](repeating: 7, count: 13_600)
        return { consume(Keccak256.hash(bytes)) }
    },
    Benchmark("sha256/4096 bytes", gas: 60 + 12 * 128) {
        let bytes = [UInt8](repeating: 7, count: 4096)
        return { consume(SHA256.hash(bytes)) }
    },
    Benchmark("ripemd160/4096 bytes", gas: 600 + 120 * 128) {
        let bytes = [UInt8](repeating: 7, count: 4096)
        return { consume(bytes.withUnsafeBytes { RIPEMD160.hash($0) }) }
    },
    Benchmark("blake2b/65536 rounds", gas: 65_536) {
        let rounds: [UInt8] = [0, 1, 0, 0]
        let input = rounds + [UInt8](repeating: 3, count: BLAKE2b.inputCount - 5) + [1]
        return { consume(input.withUnsafeBytes { BLAKE2b.compress($0) }) }
    },
]
