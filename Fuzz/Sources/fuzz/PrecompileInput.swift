import Cryptography
import EVM
import Primitives

/// Inputs that get past a precompile's first checks often enough: of the right length, made of valid points and of
/// numbers around the limits, then changed now and then.
enum PrecompileInput {
    static func random(for precompile: Precompile, _ random: inout SplitMix) -> [UInt8] {
        if random.oneIn(4) {
            return random.bytes(
                random.pick([0, 1, 31, 32, 63, 64, 95, 96, 127, 128, 160, 192, 213, 256, 384, 512, 700]))
        }
        let input = wellFormed(precompile, &random)
        return random.oneIn(3) ? random.mutated(input) : input
    }

    private static func wellFormed(_ precompile: Precompile, _ random: inout SplitMix) -> [UInt8] {
        switch precompile {
        case .ecdsaRecovery: signature(&random)
        case .sha256, .ripemd160, .identity: random.bytes(random.below(300))
        case .modularExponentiation: power(&random)
        case .bn254Addition: bn254Point(&random) + bn254Point(&random)
        case .bn254Multiplication: bn254Point(&random) + random.word().bytes
        case .bn254Pairing: bn254Pairs(&random)
        case .blake2Compression:
            [0, 0, 0, UInt8(random.below(20))] + random.bytes(208) + [UInt8(random.below(random.oneIn(8) ? 3 : 2))]
        case .pointEvaluation:
            [1] + random.bytes(31) + scalar(&random) + scalar(&random) + compressed(&random) + compressed(&random)
        case .bls12G1Addition: blsG1(&random) + blsG1(&random)
        case .bls12G2Addition: blsG2(&random) + blsG2(&random)
        case .bls12G1MultiScalar: repeated(&random) { blsG1(&$0) + $0.word().bytes }
        case .bls12G2MultiScalar: repeated(&random) { blsG2(&$0) + $0.word().bytes }
        case .bls12Pairing: repeated(&random) { blsG1(&$0) + blsG2(&$0) }
        case .bls12MapFieldToG1: blsField(&random)
        case .bls12MapFieldToG2: blsField(&random) + blsField(&random)
        case .p256Verification: (0..<5).flatMap { _ in random.word().bytes }
        }
    }

    private static func repeated(_ random: inout SplitMix, _ item: (inout SplitMix) -> [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = []
        for _ in 0...random.below(4) { bytes += item(&random) }
        return bytes
    }

    private static func signature(_ random: inout SplitMix) -> [UInt8] {
        let hash = random.hash()
        guard let signature = Secp256k1.sign(hash: hash, privateKey: max(random.word() >> 8, 1)) else { return [] }
        let v = UInt256(UInt64((random.oneIn(6) ? random.below(40) : 27) + (signature.isOdd ? 1 : 0)))
        return hash.bytes + v.bytes + signature.r.bytes + signature.s.bytes
    }

    private static func power(_ random: inout SplitMix) -> [UInt8] {
        let counts = (0..<3).map { _ in random.below(random.oneIn(4) ? 200 : 34) }
        var numbers = counts.map { random.bytes($0) }
        // Even moduli, powers of two and small numbers have their own ways through the code.
        if let last = numbers[2].indices.last, random.oneIn(2) { numbers[2][last] &= 0xF0 }
        if random.oneIn(4) { numbers[random.below(3)] = [UInt8](repeating: random.pick([0, 0xFF]), count: counts[0]) }
        let lengths = numbers.map { UInt256(UInt64($0.count)) }
        let lying = random.oneIn(10) ? random.word() : lengths[0]
        return lying.bytes + lengths[1].bytes + lengths[2].bytes + numbers[0] + numbers[1] + numbers[2]
    }

    // MARK: BN254

    private static func bn254Point(_ random: inout SplitMix) -> [UInt8] {
        switch random.below(6) {
        case 0: [UInt8](repeating: 0, count: 64)
        case 1: random.word().bytes + random.word().bytes
        default: BN254.G1.generator.multiplied(by: random.word()).bytes
        }
    }

    private static func bn254Pairs(_ random: inout SplitMix) -> [UInt8] {
        repeated(&random) {
            bn254Point(&$0)
                + ($0.oneIn(6) ? $0.bytes(128) : BN254.G2.generator.multiplied(by: $0.word()).bytes)
        }
    }

    // MARK: BLS12-381

    private static func scalar(_ random: inout SplitMix) -> [UInt8] { [0] + random.bytes(31) }

    /// A point of 48 bytes: the generator, infinity, or an x that half of the time has no point.
    private static func compressed(_ random: inout SplitMix) -> [UInt8] {
        switch random.below(3) {
        case 0: [0xC0] + [UInt8](repeating: 0, count: 47)
        case 1: [0x97] + g1[1..<48]
        default: [0x80 | UInt8(random.below(0x1A))] + random.bytes(47)
        }
    }

    /// An element of the base field in 64 bytes, at times at the modulus or just below.
    private static func blsField(_ random: inout SplitMix) -> [UInt8] {
        var number = random.oneIn(3) ? modulus : [UInt8(random.below(0x1B))] + random.bytes(47)
        if random.oneIn(2) { number[47] &-= 1 }
        return [UInt8](repeating: 0, count: 16) + number
    }

    /// Infinity, the generator or its negative, or any two elements of the field.
    private static func blsG1(_ random: inout SplitMix) -> [UInt8] {
        switch random.below(4) {
        case 0: [UInt8](repeating: 0, count: 128)
        case 1: blsField(&random) + blsField(&random)
        default: padded(g1)
        }
    }

    private static func blsG2(_ random: inout SplitMix) -> [UInt8] {
        switch random.below(4) {
        case 0: [UInt8](repeating: 0, count: 256)
        case 1: (0..<4).flatMap { _ in blsField(&random) }
        default: padded(g2)
        }
    }

    /// Numbers of 48 bytes, each with sixteen zeros before it.
    private static func padded(_ numbers: [UInt8]) -> [UInt8] {
        stride(from: 0, to: numbers.count, by: 48).flatMap {
            [UInt8](repeating: 0, count: 16) + numbers[$0..<$0 + 48]
        }
    }

    private static func constant(_ hex: String) -> [UInt8] { (try? Hex.decode(hex)) ?? [] }

    private static let modulus = constant(
        "1a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaab")
    private static let g1 = constant(
        "17f1d3a73197d7942695638c4fa9ac0fc3688c4f9774b905a14e3a3f171bac586c55e83ff97a1aeffb3af00adb22c6bb"
            + "08b3f481e3aaa0f1a09e30ed741d8ae4fcf5e095d5d00af600db18cb2c04b3edd03cc744a2888ae40caa232946c5e7e1")
    private static let g2 = constant(
        "024aa2b2f08f0a91260805272dc51051c6e47ad4fa403b02b4510b647ae3d1770bac0326a805bbefd48056c8c121bdb8"
            + "13e02b6052719f607dacd3a088274f65596bd0d09920b61ab5da61bbdc7f5049334cf11213945d57e5ac7d055d042b7e"
            + "0ce5d527727d6e118cc9cdc6da2e351aadfd9baa8cbdd3a76d429a695160d12c923ac9cc3baca289e193548608b82801"
            + "0606c4a02ea734cc32acd2b02bc28b99cb3e287e85a763af267492ab572e99ab3f370d275cec1da1aaa9075ff05f79be")
}
