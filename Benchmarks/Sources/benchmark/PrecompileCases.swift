import Cryptography
import EVM
import Primitives

/// The inputs of `PrecompileReport`: for each precompile some that are slow for their gas.
enum PrecompileCases {
    struct Group {
        let name: String
        let makeCases: () -> [PrecompileCase]
    }

    static var groups: [Group] {
        [
            Group(name: "ECRECOVER") { [signature] },
            Group(name: "SHA-256") { sizes.map { hashing(.sha256, $0) } },
            Group(name: "RIPEMD-160") { sizes.map { hashing(.ripemd160, $0) } },
            Group(name: "identity") { sizes.map { hashing(.identity, $0) } },
            Group(name: "modular exponentiation, EIP-198") { ModularExponentiationCases.cases(.byzantium) },
            Group(name: "modular exponentiation, EIP-2565") { ModularExponentiationCases.cases(.prague) },
            Group(name: "modular exponentiation, EIP-7883") { ModularExponentiationCases.cases(.osaka) },
            Group(name: "BN254 addition") { [bn254Addition] },
            Group(name: "BN254 multiplication") { [bn254Multiplication] },
            Group(name: "BN254 pairing") { [1, 2, 10, 400].map(bn254Pairing) },
            Group(name: "BLAKE2b") { [1, 12, 1_000, 1_000_000].map(blake2) },
            Group(name: "point evaluation") { [pointEvaluation] },
            Group(name: "BLS12-381 G1 addition") { [addition(.bls12G1Addition, g1)] },
            Group(name: "BLS12-381 G2 addition") { [addition(.bls12G2Addition, g2)] },
            Group(name: "BLS12-381 G1 sum") { pairCounts.map { sum(.bls12G1MultiScalar, g1, $0) } },
            Group(name: "BLS12-381 G2 sum") { pairCounts.map { sum(.bls12G2MultiScalar, g2, $0) } },
            Group(name: "BLS12-381 pairing") { [1, 2, 8, 32, 1_000].map(bls12Pairing) },
            Group(name: "BLS12-381 map to G1") { [map(.bls12MapFieldToG1, 1)] },
            Group(name: "BLS12-381 map to G2") { [map(.bls12MapFieldToG2, 2)] },
            Group(name: "P256VERIFY") { [p256] },
        ]
    }

    private static let sizes = [0, 32, 55, 56, 64, 119, 128, 1_000, 32_000, 1_000_000]
    private static let pairCounts = [1, 2, 3, 4, 8, 16, 24, 31, 32, 33, 64, 128, 1_000]

    private static func hashing(_ precompile: Precompile, _ count: Int) -> PrecompileCase {
        PrecompileCase(
            name: "\(count) bytes", precompile: precompile, revision: .osaka, input: pseudorandomBytes(count))
    }

    private static var signature: PrecompileCase {
        let hash = Keccak256.hash([1])
        let signature = Secp256k1.sign(hash: hash, privateKey: 12345)!
        let v = UInt256(signature.isOdd ? 28 : 27)
        return PrecompileCase(
            name: "valid", precompile: .ecdsaRecovery, revision: .osaka,
            input: hash.bytes + v.bytes + signature.r.bytes + signature.s.bytes)
    }

    private static func blake2(_ rounds: UInt32) -> PrecompileCase {
        PrecompileCase(
            name: "\(rounds) rounds", precompile: .blake2Compression, revision: .osaka,
            input: (0..<4).reversed().map { UInt8(truncatingIfNeeded: rounds >> (8 * $0)) } + pseudorandomBytes(208) + [
                1
            ])
    }

    // MARK: BN254

    private static let bn254G1 = UInt256(1).bytes + UInt256(2).bytes
    private static let bn254G2 = bytes(
        "198e9393920d483a7260bfb731fb5d25f1aa493335a9e71297e485b7aef312c2"
            + "1800deef121f1e76426a00665e5c4479674322d4f75edadd46debd5cd992f6ed"
            + "090689d0585ff075ec9e99ad690c3395bc4b313370b38ef355acdadcd122975b"
            + "12c85ea5db8c6deb4aab71808dcb408fe3d1e7690c43d37b4ce6cc0166fa7daa")

    private static func bn254Multiple(_ seed: Int) -> [UInt8] {
        run(.bn254Multiplication, bn254G1 + Keccak256.hash([UInt8(truncatingIfNeeded: seed)]).bytes)
    }

    private static var bn254Addition: PrecompileCase {
        PrecompileCase(
            name: "two points", precompile: .bn254Addition, revision: .osaka,
            input: bn254Multiple(1) + bn254Multiple(2))
    }

    private static var bn254Multiplication: PrecompileCase {
        PrecompileCase(
            name: "256-bit scalar", precompile: .bn254Multiplication, revision: .osaka,
            input: bn254Multiple(1) + [UInt8](repeating: 0xFE, count: 32))
    }

    private static func bn254Pairing(_ pairs: Int) -> PrecompileCase {
        PrecompileCase(
            name: "\(pairs) pairs", precompile: .bn254Pairing, revision: .osaka,
            input: (0..<pairs).flatMap { bn254Multiple($0) + bn254G2 })
    }

    // MARK: BLS12-381

    private static let g1 = padded([
        "17f1d3a73197d7942695638c4fa9ac0fc3688c4f9774b905a14e3a3f171bac586c55e83ff97a1aeffb3af00adb22c6bb",
        "08b3f481e3aaa0f1a09e30ed741d8ae4fcf5e095d5d00af600db18cb2c04b3edd03cc744a2888ae40caa232946c5e7e1",
    ])
    private static let g2 = padded([
        "024aa2b2f08f0a91260805272dc51051c6e47ad4fa403b02b4510b647ae3d1770bac0326a805bbefd48056c8c121bdb8",
        "13e02b6052719f607dacd3a088274f65596bd0d09920b61ab5da61bbdc7f5049334cf11213945d57e5ac7d055d042b7e",
        "0ce5d527727d6e118cc9cdc6da2e351aadfd9baa8cbdd3a76d429a695160d12c923ac9cc3baca289e193548608b82801",
        "0606c4a02ea734cc32acd2b02bc28b99cb3e287e85a763af267492ab572e99ab3f370d275cec1da1aaa9075ff05f79be",
    ])

    private static func padded(_ coordinates: [String]) -> [UInt8] {
        coordinates.flatMap { [UInt8](repeating: 0, count: 16) + bytes($0) }
    }

    private static func multiple(_ point: [UInt8], _ seed: Int) -> [UInt8] {
        let scalar = Keccak256.hash([UInt8(truncatingIfNeeded: seed), UInt8(truncatingIfNeeded: seed >> 8)]).bytes
        return run(point.count == 128 ? .bls12G1MultiScalar : .bls12G2MultiScalar, point + scalar)
    }

    private static func addition(_ precompile: Precompile, _ point: [UInt8]) -> PrecompileCase {
        PrecompileCase(
            name: "two points", precompile: precompile, revision: .prague,
            input: multiple(point, 1) + multiple(point, 2))
    }

    private static func sum(_ precompile: Precompile, _ point: [UInt8], _ pairs: Int) -> PrecompileCase {
        PrecompileCase(
            name: "\(pairs) pairs", precompile: precompile, revision: .prague,
            input: (0..<pairs).flatMap {
                multiple(point, $0) + Keccak256.hash([1, UInt8(truncatingIfNeeded: $0)]).bytes
            })
    }

    private static func bls12Pairing(_ pairs: Int) -> PrecompileCase {
        PrecompileCase(
            name: "\(pairs) pairs", precompile: .bls12Pairing, revision: .prague,
            input: (0..<pairs).flatMap { multiple(g1, $0) + multiple(g2, $0 % 8) })
    }

    private static func map(_ precompile: Precompile, _ coordinates: Int) -> PrecompileCase {
        PrecompileCase(
            name: "one element", precompile: precompile, revision: .prague,
            input: (0..<coordinates).flatMap { [UInt8](repeating: 0, count: 32) + Keccak256.hash([UInt8($0)]).bytes })
    }

    // MARK: Others

    /// From the vectors of go-ethereum.
    private static var pointEvaluation: PrecompileCase {
        PrecompileCase(
            name: "valid proof", precompile: .pointEvaluation, revision: .osaka,
            input: bytes(
                "01e798154708fe7789429634053cbf9f99b619f9f084048927333fce637f549b"
                    + "564c0a11a0f704f4fc3e8acfe0f8245f0ad1347b378fbf96e206da11a5d36306"
                    + "24d25032e67a7e6a4910df5834b8fe70e6bcfeeac0352434196bdf4b2485d5a1"
                    + "8f59a8d2a1a625a17f3fea0fe5eb8c896db3764f3185481bc22f91b4aaffcca2"
                    + "5f26936857bc3a7c2539ea8ec3a952b7873033e038326e87ed3e1276fd140253"
                    + "fa08e9fc25fb2d9a98527fc22a2c9612fbeafdad446cbc7bcdbdcd780af2c16a"))
    }

    /// From the vectors of RIP-7212; the OP Stack's price is half.
    private static var p256: PrecompileCase {
        PrecompileCase(
            name: "valid, at the price of RIP-7212", precompile: .p256Verification, revision: .prague,
            input: bytes(
                "4cee90eb86eaa050036147a12d49004b6b9c72bd725d39d4785011fe190f0b4d"
                    + "a73bd4903f0ce3b639bbbf6e8e80d16931ff4bcf5993d58468e8fb19086e8cac"
                    + "36dbcd03009df8c59286b162af3bd7fcc0450c9aa81be5d10d312af6c66b1d60"
                    + "4aebd3099c618202fcfe16ae7770b0c49ab5eadf74b754204a3bb6060e44eff3"
                    + "7618b065f9832de4ca6ca971a7a1adc826d0f7c00181a5fb2ddf79ae00b4e10e"))
    }

    private static func bytes(_ hexadecimal: String) -> [UInt8] { (try? Hex.decode(hexadecimal)) ?? [] }

    private static func run(_ precompile: Precompile, _ input: [UInt8]) -> [UInt8] {
        input.withUnsafeBytes { precompile.run($0) } ?? []
    }
}

/// The same bytes each time.
func pseudorandomBytes(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
    var state = seed
    return (0..<count).map { _ in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return UInt8(truncatingIfNeeded: state >> 56)
    }
}
