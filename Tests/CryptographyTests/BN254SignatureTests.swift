import Primitives
import Testing

@testable import Cryptography

/// The signatures of EigenLayer's contracts: what is refused, and batches.
@Suite struct BN254SignatureTests {
    private static let p = "30644e72e131a029b85045b68181585d97816a916871ca8d3c208c16d87cfd47"
    private let digest = Keccak256.hash([1, 2, 3])

    private func secret(_ seed: Int) throws -> BN254SecretKey {
        try #require(BN254SecretKey(UInt256(Keccak256.hash([UInt8(seed), 7])) % BN254.groupOrder))
    }

    private func signed(_ count: Int) throws -> [(key: BN254PublicKey, signature: BN254Signature)] {
        try (0..<count).map { try (secret($0).publicKey, secret($0).sign(digest)) }
    }

    @Test func secretsAreInRange() {
        #expect(BN254SecretKey(.zero) == nil)
        #expect(BN254SecretKey(BN254.groupOrder) == nil)
        #expect(BN254SecretKey(.max) == nil)
        #expect(BN254SecretKey(.one)?.publicKey.g1 == .generator)
        #expect(BN254SecretKey(.one)?.publicKey.g2 == .generator)
        // The largest is −1.
        #expect(BN254SecretKey(BN254.groupOrder &- .one)?.publicKey.g2 == -BN254.G2.generator)
    }

    @Test func signsAndVerifies() throws {
        let key = try secret(1)
        let signature = key.sign(digest)
        #expect(signature.isValid(for: digest, by: key.publicKey))
        #expect(!signature.isValid(for: Keccak256.hash([9]), by: key.publicKey))
        #expect(try !signature.isValid(for: digest, by: secret(2).publicKey))
        #expect(BN254Signature(signature.bytes) == signature)
        #expect(BN254PublicKey(key.publicKey.bytes) == key.publicKey)
        #expect(BN254PublicKey(registered: key.publicKey.bytes) == key.publicKey)
    }

    @Test func signaturesThatAreNone() throws {
        let good = try secret(1).sign(digest).bytes
        #expect(BN254Signature([]) == nil)
        #expect(BN254Signature(Array(good.dropLast())) == nil)
        #expect(BN254Signature(good + [0]) == nil)
        #expect(BN254Signature([UInt8](repeating: 0, count: 64)) == nil)
        var off = good
        off[63] ^= 1
        #expect(BN254Signature(off) == nil)
        // The same point with p added to its x, as long as that fits 32 bytes.
        let x = try #require(Hash256(Array(good[..<32])))
        let larger = Hash256(UInt256(x) &+ UInt256(try Hash256(hex: Self.p)))
        #expect(BN254Signature(larger.bytes + good[32...]) == nil)
    }

    @Test func keysThatAreNone() throws {
        let key = try secret(1).publicKey
        let other = try secret(2).publicKey
        let zeros = [UInt8](repeating: 0, count: 128)
        for bytes in [
            [], Array(key.bytes.dropLast()), key.bytes + [0], zeros[..<64] + key.g2.bytes, key.g1.bytes + zeros,
        ] {
            #expect(BN254PublicKey(bytes) == nil)
            #expect(BN254PublicKey(registered: bytes) == nil)
        }
        // Off the curve, in each half.
        for index in [63, 191] {
            var off = key.bytes
            off[index] ^= 1
            #expect(BN254PublicKey(registered: off) == nil)
        }
        // A coordinate that is not below p: the imaginary part of x.
        let x1 = UInt256(try #require(Hash256(Array(key.g2.bytes[..<32]))))
        let larger = Hash256(x1 &+ UInt256(try Hash256(hex: Self.p)))
        #expect(BN254PublicKey(registered: key.g1.bytes + larger.bytes + key.g2.bytes[32...]) == nil)
        // The halves of two keys: only the pairing tells.
        #expect(BN254PublicKey(g1: key.g1, g2: other.g2) == nil)
        #expect(BN254PublicKey(g1: -key.g1, g2: key.g2) == nil)
        #expect(BN254PublicKey(key.g1.bytes + other.g2.bytes) == nil)
        #expect(BN254PublicKey(registeredG1: key.g1, g2: other.g2) != nil)
    }

    @Test func keysOutsideTheGroup() throws {
        // A point of the twist with a small x: nearly all of its points are outside the group.
        var bytes: [UInt8]?
        for number in 1...60 where bytes == nil {
            let x = BN254.Fp2(try #require(BN254.Fp(UInt256(number))), .zero)
            let square = x.squared * x + BN254.twistCoefficient
            guard let y = squareRoot(square) else { continue }
            bytes = BN254.G2(BN254.JacobianPoint(x: x, y: y)).bytes
        }
        let outside = try #require(bytes)
        #expect(outside.withUnsafeBytes { BN254.G2.curvePoint($0.baseAddress!) } != nil)
        let key = try secret(1).publicKey
        #expect(BN254PublicKey(key.g1.bytes + outside) == nil)
        #expect(BN254PublicKey(registered: key.g1.bytes + outside) == nil)
    }

    /// By the norm: a root of a + bi is s + (b/2s)i with s² = (a ± √(a² + b²))/2.
    private func squareRoot(_ value: BN254.Fp2) -> BN254.Fp2? {
        let exponent: [UInt64] = [
            0x4F08_2305_B61F_3F52, 0x65E0_5AA4_5A1C_72A3, 0x6E14_116D_A060_5617, 0x0C19_139C_B84C_680A,
        ]
        let norm = (value.c0.squared + value.c1.squared).power(exponent)
        for half in [(value.c0 + norm).halved, (value.c0 - norm).halved] {
            let s = half.power(exponent)
            let root = BN254.Fp2(s, value.c1 * s.doubled.inverted())
            if root.squared == value { return root }
        }
        return nil
    }

    @Test func aggregates() throws {
        let all = try signed(5)
        let keys = all.map(\.key)
        let aggregate = try #require(BN254Signature.aggregate(all.map(\.signature)))
        #expect(aggregate.isValid(for: digest, byAll: keys))
        #expect(!aggregate.isValid(for: digest, byAll: Array(keys.dropLast())))
        #expect(!aggregate.isValid(for: Keccak256.hash([9]), byAll: keys))
        #expect(!aggregate.isValid(for: digest, byAll: []))
        let key = try #require(BN254PublicKey.aggregate(keys))
        #expect(BN254PublicKey(key.bytes) == key)
        #expect(aggregate.isValid(for: digest, by: key))
        // A certificate without the signatures of two.
        let signers = try #require(key.without([keys[1], keys[3]]))
        let rest = try #require(BN254Signature.aggregate([0, 2, 4].map { all[$0].signature }))
        #expect(rest.isValid(for: digest, by: signers))
        #expect(!rest.isValid(for: digest, by: key))
        #expect(key.without([]) == key)
        #expect(key.without(keys) == nil)
        #expect(BN254PublicKey.aggregate([]) == nil)
        #expect(BN254Signature.aggregate([]) == nil)
        let negated = try #require(BN254Signature((-all[0].signature.point).bytes))
        #expect(BN254Signature.aggregate([all[0].signature, negated]) == nil)
    }

    @Test func rogueKeysHaveNoProofOfPossession() throws {
        let honest = try secret(1).publicKey
        let chosen = try secret(2)
        // What cancels the honest key: its owner alone signs for both, but cannot sign for itself.
        let rogue = try #require(
            BN254PublicKey(g1: chosen.publicKey.g1 + -honest.g1, g2: chosen.publicKey.g2 + -honest.g2))
        let forged = chosen.sign(digest)
        #expect(forged.isValid(for: digest, byAll: [honest, rogue]))
        let registration = Keccak256.hash(rogue.bytes)
        #expect(!chosen.sign(registration).isValid(for: registration, by: rogue))
        // An aggregate in G2 that the aggregate in G1 is not the same multiple of.
        #expect(BN254PublicKey(g1: honest.g1 + chosen.publicKey.g1, g2: chosen.publicKey.g2) == nil)
    }

    @Test func batchesOfOneDigest() throws {
        var all = try signed(200)
        #expect(BN254Signature.areValid(all, for: digest))
        #expect(BN254Signature.invalid(among: all, for: digest).isEmpty)
        let right = all
        all[137].signature = try secret(137).sign(Keccak256.hash([9]))
        #expect(!BN254Signature.areValid(all, for: digest))
        #expect(BN254Signature.invalid(among: all, for: digest) == [137])
        // Two that cancel in a plain sum.
        all = right
        let error = BN254.G1.generator.multiplied(by: 12345)
        for (index, change) in [(20, error), (180, -error)] {
            all[index].signature = try #require(BN254Signature((right[index].signature.point + change).bytes))
        }
        let sum = try #require(BN254Signature.aggregate(all.map(\.signature)))
        #expect(sum.isValid(for: digest, byAll: all.map(\.key)))
        #expect(!BN254Signature.areValid(all, for: digest))
        #expect(BN254Signature.invalid(among: all, for: digest) == [20, 180])
        // Two that were exchanged.
        all = right
        all.swapAt(3, 4)
        (all[3].key, all[4].key) = (all[4].key, all[3].key)
        #expect(BN254Signature.invalid(among: all, for: digest) == [3, 4])
    }

    @Test(arguments: [0, 1, 2, 3, 20]) func batchesOfSeveralDigests(_ count: Int) throws {
        let digests = [Keccak256.hash([1]), Keccak256.hash([2]), Keccak256.hash([3])]
        var claims: [BN254Signature.Claim] = []
        for index in 0..<count {
            // The last digest has one signature.
            let digest = digests[index == 7 ? 2 : index % 2]
            claims.append((try secret(index).publicKey, digest, try secret(index).sign(digest)))
        }
        #expect(BN254Signature.areValid(claims))
        #expect(BN254Signature.invalid(among: claims).isEmpty)
        let wrong = [0, 5, 6, 7, 19].filter { $0 < count }
        for index in wrong { claims[index].digest = digests[index % 2 == 0 ? 1 : 0] }
        #expect(BN254Signature.areValid(claims) == wrong.isEmpty)
        #expect(BN254Signature.invalid(among: claims) == wrong)
        for index in claims.indices { claims[index].signature = try secret(99).sign(digests[0]) }
        #expect(BN254Signature.invalid(among: claims) == Array(0..<count))
    }

    @Test(arguments: [0, 1, 5, 15, 16, 17, 70]) func sumsOfProducts(_ count: Int) throws {
        var scalars = (0..<count).map { UInt256(Keccak256.hash([UInt8($0), 99])) }
        for (index, edge) in [.zero, .one, .max, BN254.groupOrder, BN254.groupOrder &- .one].enumerated()
        where count > 10 {
            scalars[index] = edge
        }
        var g1 = (0..<count).map { BN254.G1.generator.multiplied(by: UInt256($0 * $0 + 1)) }
        var g2 = (0..<count).map { BN254.G2.generator.multiplied(by: UInt256($0 * $0 + 1)) }
        if count > 10 {
            (g1[7], g2[7]) = (.infinity, .infinity)
            (g1[9], g2[9]) = (-g1[8], -g2[8])
            scalars[9] = scalars[8]
        }
        let first = zip(g1, scalars).reduce(BN254.G1.infinity) { $0 + $1.0.multiplied(by: $1.1) }
        let second = zip(g2, scalars).reduce(BN254.G2.infinity) { $0 + $1.0.multiplied(by: $1.1) }
        #expect(BN254.G1.sum(of: g1, scalars: scalars) == first)
        #expect(BN254.G2.sum(of: g2, scalars: scalars) == second)
    }
}
