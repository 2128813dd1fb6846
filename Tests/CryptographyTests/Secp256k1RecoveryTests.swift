import Cryptography
import Primitives
import Testing

/// A signature of a random key over a random hash, made by libsecp256k1 (coincurve 20.0.0).
struct RecoverableSignature: Sendable {
    let hash: Hash256
    let r: UInt256
    let s: UInt256
    let isOdd: Bool
    let x: UInt256

    init(_ hash: String, _ r: String, _ s: String, _ isOdd: Bool, _ x: String) throws {
        self.hash = try Hash256(hex: hash)
        self.r = UInt256(try Hash256(hex: r))
        self.s = UInt256(try Hash256(hex: s))
        self.isOdd = isOdd
        self.x = UInt256(try Hash256(hex: x))
    }
}

@Suite struct Secp256k1RecoveryTests {
    static func signatures() throws -> [RecoverableSignature] {
        [
            try RecoverableSignature(
                "2b0d8442d7e78bac31eebea2df5a6ed97685aae764fcfc19b2ef43df0b3cd253",
                "094e7018e2f768eaf8a6e142288ebb78e2ee31b2da19056068f586a812e9ba28",
                "34f329440c94adf557c3afe0056b27d41e42b21821a19e98b9ad6996c281be9f", false,
                "eea126183bf8441f583c0726d57b5d35297f08d918271616dbdd9cfc10317452"),
            try RecoverableSignature(
                "b9726e1ad30e05206c1ab3516da3727957c335f3007fa6949ced0b731ba47769",
                "276b3ffdd6a998120bb3d02c01ad1caf7be90ea60ad8a050e0ab4c025491a828",
                "5b9077d3971da5887075ec3aa0e271dc40081e9a3f1d7a5af66af1a34d9bdf88", false,
                "bd55e5a83be736afc778d204faebc71e07383363b14a6e4556be59e6f71927b5"),
            try RecoverableSignature(
                "f83c686d4dc7bc1756e3afa0beca9184b2d23ace93f575d7e827fb7d5cb0a967",
                "65b7dd0f89e1f65e80feac6ae39f3ef070696ccc24bceea1702e487bcd50feed",
                "64aa433323cbdeba6379ae2d62a7375accdb4f1808123bb619d265c14f004253", true,
                "68a4b1227f5d0c7221fa731121d94b236c19181ed37ed184c26637615d8e03c6"),
            try RecoverableSignature(
                "09f6b9309952e040c82a85b166b3b1c31ba6914863a3184e2e36b4b08e85bc41",
                "246491b25f549dca231ce11e792b343557beb21fd94898ac1092b90beaea86e8",
                "51b1d16e8fa71850c129567d0896a294f0faf034e534c57b1873a9d8d5833913", false,
                "73ce9276fb2fd126b100215bd0645d8ff11cfd67264a55b581b0c6db23636e16"),
            try RecoverableSignature(
                "42ceeedb07a456d77b013c380726ed92af58d13c81d5560ebfa9520326c58fcc",
                "c77f7e8c2d04d8d9bad17cf6c1bddf7149d3f2e144f3d896b319bcd0279f7e51",
                "677b076cb670788f6cfc2b29d50bcfb9a340f91224d214e38a315dedfa4e7c6b", false,
                "f9925da9da1f421596b9d4612d64970457d1858641324e662bf148965535daca"),
            try RecoverableSignature(
                "56238899d6aca6b84a0e88728ab010e8eae02b27436324eca2eb7fa3aaed1746",
                "177de06d6728ac0605b28a86993fac530181a533a8e41a78037ecde0b8998bee",
                "1709ef3a8498db5b0780be91ac86814856781e5fa7649517e4044744fe4baa18", false,
                "781aa17a6ffc0dea882991d594f66acb2ac96340060f41ae22e1d64271fcd2db"),
            try RecoverableSignature(
                "f6bef8dcc920fc1ef5eb96b0e9540c204302fafeee259fc7169292945b6eb56d",
                "673247074fa185d958307bed8e746db46bb9b2be247493ab453362f4583eeac6",
                "5f9b419161f24034493fa88ec2f0fca9343e9c7c374c9089422aa01a5809c9ea", true,
                "2e2a213f48e2665fc2866a853b01c661028d915dc4a2086cdadfcb14808c8309"),
            try RecoverableSignature(
                "9b57ba6f28871d2c5b511dfe478f1d2c1a54e8d68a02bc14e297651d2450b0c8",
                "6a4a5b882aff3c9dc0b95c6ca4ef4d3812ef3c40ce5aee9680209d87dc9bcd5a",
                "7d71015602af563ccfffc5e99c36704555cee27bf510b831c35589d19da9ddb5", false,
                "ae04c22ff6c943a296af28e4be3d9676cfee351f6ade9e5ff5dcef7f1ed596e3"),
        ]
    }

    @Test func keysOfAnotherImplementation() throws {
        for signature in try Self.signatures() {
            let (hash, r, s, isOdd) = (signature.hash, signature.r, signature.s, signature.isOdd)
            let key = try #require(Secp256k1.recoverPublicKey(hash: hash, r: r, s: s, isOdd: isOdd))
            #expect(key.x == signature.x)
            #expect(Secp256k1.verify(hash: hash, r: r, s: s, publicKey: key))
            // The same numbers with one thing changed are another key's signature, or no one's.
            #expect(Secp256k1.recoverPublicKey(hash: hash, r: r, s: s, isOdd: !isOdd)?.x != signature.x)
            #expect(Secp256k1.recoverPublicKey(hash: hash, r: s, s: r, isOdd: isOdd)?.x != signature.x)
            #expect(!Secp256k1.verify(hash: hash, r: s, s: r, publicKey: key))
            #expect(!Secp256k1.verify(hash: hash, r: r, s: s, publicKey: (key.x, key.y &+ 1)))
        }
    }

    /// Whatever is recovered verifies, for the smallest and largest numbers there are and those about the order.
    @Test func whatIsRecoveredVerifies() {
        let order = Secp256k1.order
        var edges: [UInt256] = []
        for distance in 0..<5 as Range<UInt64> {
            edges += [
                UInt256(distance), order &- UInt256(distance), order &+ UInt256(distance),
                UInt256.max &- UInt256(distance), Secp256k1.halfOrder &+ UInt256(distance),
                UInt256(1) << (distance &* 60 &+ 7), Secp256k1.publicKey(of: UInt256(distance &+ 1))?.x ?? .zero,
            ]
        }
        var recovered = 0
        for r in edges {
            for s in edges {
                for hash in [edges[0], edges[1], r, s, .max] {
                    guard let key = Secp256k1.recoverPublicKey(hash: Hash256(hash), r: r, s: s, isOdd: true) else {
                        continue
                    }
                    #expect(!r.isZero && r < order && !s.isZero && s < order)
                    #expect(Secp256k1.verify(hash: Hash256(hash), r: r, s: s, publicKey: key))
                    recovered += 1
                }
            }
        }
        #expect(recovered > 100)
    }

    /// The signature whose key would be the point at infinity: s·R = hash·G.
    @Test func infinityIsNoKey() throws {
        let generator = try #require(Secp256k1.publicKey(of: 1))
        let isOdd = generator.y.limb0 & 1 != 0
        #expect(Secp256k1.recoverPublicKey(hash: Hash256(UInt256(5)), r: generator.x, s: 5, isOdd: isOdd) == nil)
        // The opposite nonce point adds up to −2·5·r⁻¹·G instead.
        #expect(Secp256k1.recoverPublicKey(hash: Hash256(UInt256(5)), r: generator.x, s: 5, isOdd: !isOdd) != nil)
    }
}
