import Cryptography
import Primitives

/// The contracts of EIP-2537 with the gas they cost, and signatures.
let bls12381Benchmarks: [Benchmark] = [
    Benchmark("bls12381/g1 add", gas: 375) {
        let points = multiples(2, of: g1Generator, BLS12381Precompiles.g1MultiScalarMultiplication)
        return timed(points[0] + points[1], BLS12381Precompiles.g1Add)
    },
    Benchmark("bls12381/g1 multiply", gas: 12_000) {
        multiScalar(1, of: g1Generator, BLS12381Precompiles.g1MultiScalarMultiplication)
    },
    Benchmark("bls12381/g1 multi-scalar, 128 points", gas: 797_184) {
        multiScalar(128, of: g1Generator, BLS12381Precompiles.g1MultiScalarMultiplication)
    },
    Benchmark("bls12381/g2 add", gas: 600) {
        let points = multiples(2, of: g2Generator, BLS12381Precompiles.g2MultiScalarMultiplication)
        return timed(points[0] + points[1], BLS12381Precompiles.g2Add)
    },
    Benchmark("bls12381/g2 multiply", gas: 22_500) {
        multiScalar(1, of: g2Generator, BLS12381Precompiles.g2MultiScalarMultiplication)
    },
    Benchmark("bls12381/g2 multi-scalar, 128 points", gas: 1_509_120) {
        multiScalar(128, of: g2Generator, BLS12381Precompiles.g2MultiScalarMultiplication)
    },
    Benchmark("bls12381/map to g1", gas: 5_500) {
        timed([UInt8](repeating: 0, count: 32) + Keccak256.hash([1]).bytes, BLS12381Precompiles.mapFpToG1)
    },
    Benchmark("bls12381/map to g2", gas: 23_800) {
        let zeros = [UInt8](repeating: 0, count: 32)
        let input = zeros + Keccak256.hash([1]).bytes + zeros + Keccak256.hash([2]).bytes
        return timed(input, BLS12381Precompiles.mapFp2ToG2)
    },
    Benchmark("bls12381/hash to g2") {
        return { consume(BLS12381HashToCurve.g2([1, 2, 3], domain: [1])) }
    },
    Benchmark("bls12381/sign") {
        let key = BLS12381SecretKey(12345)!
        return { consume(key.sign([1, 2, 3])) }
    },
    Benchmark("bls12381/verify") {
        let key = BLS12381SecretKey(12345)!
        let (publicKey, signature) = (key.publicKey, key.sign([1, 2, 3]))
        return { consume(signature.isValid(for: [1, 2, 3], by: publicKey)) }
    },
]

private typealias Contract = @Sendable (UnsafeRawBufferPointer) -> [UInt8]?

private let g1Generator: [UInt8] = point(
    "17f1d3a73197d7942695638c4fa9ac0fc3688c4f9774b905a14e3a3f171bac586c55e83ff97a1aeffb3af00adb22c6bb",
    "08b3f481e3aaa0f1a09e30ed741d8ae4fcf5e095d5d00af600db18cb2c04b3edd03cc744a2888ae40caa232946c5e7e1")

private let g2Generator: [UInt8] = point(
    "024aa2b2f08f0a91260805272dc51051c6e47ad4fa403b02b4510b647ae3d1770bac0326a805bbefd48056c8c121bdb8",
    "13e02b6052719f607dacd3a088274f65596bd0d09920b61ab5da61bbdc7f5049334cf11213945d57e5ac7d055d042b7e",
    "0ce5d527727d6e118cc9cdc6da2e351aadfd9baa8cbdd3a76d429a695160d12c923ac9cc3baca289e193548608b82801",
    "0606c4a02ea734cc32acd2b02bc28b99cb3e287e85a763af267492ab572e99ab3f370d275cec1da1aaa9075ff05f79be")

private func point(_ coordinates: String...) -> [UInt8] {
    coordinates.flatMap { [UInt8](repeating: 0, count: 16) + ((try? Hex.decode($0)) ?? []) }
}

/// Products of the generator with scalars that look random.
private func multiples(_ count: Int, of generator: [UInt8], _ contract: Contract) -> [[UInt8]] {
    (0..<count).map { index in (generator + Keccak256.hash([UInt8(index)]).bytes).withUnsafeBytes(contract)! }
}

private func multiScalar(_ count: Int, of generator: [UInt8], _ contract: @escaping Contract) -> () -> Void {
    let points = multiples(count, of: generator, contract)
    let input = points.indices.flatMap { points[$0] + Keccak256.hash([UInt8($0), 1]).bytes }
    return timed(input, contract)
}

private func timed(_ input: [UInt8], _ contract: @escaping Contract) -> () -> Void {
    { consume(input.withUnsafeBytes(contract)) }
}
