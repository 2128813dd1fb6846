import Cryptography
import Primitives
import Testing

/// Expected values are those of RFC 9380, appendix J, or were computed with py_ecc.
@Suite struct BLS12381SignatureTests {
    private func hex(_ bytes: [UInt8]) -> String { String(decoding: Hex.ascii(bytes), as: UTF8.self) }

    private func key(_ number: UInt256) throws -> BLS12381SecretKey { try #require(BLS12381SecretKey(number)) }

    @Test(arguments: [
        [
            "", "052926add2207b76ca4fa57a8734416c8dc95e24501772c814278700eed6d1e4e8cf62d9c09db0fac349612b759e79a1",
            "08ba738453bfed09cb546dbb0783dbb3a5f1f566ed67bb6be0e8c67e2e81a4cc68ee29813bb7994998f3eae0c9c6a265",
        ],
        [
            "abc", "03567bc5ef9c690c2ab2ecdf6a96ef1c139cc0b2f284dca0a9a7943388a49a3aee664ba5379a7655d3c68900be2f6903",
            "0b9c15f3fe6e5cf4211f346271d7b01c8f3b28be689c8429c85b67af215533311f0b8dfaaa154fa6b88176c229f2885d",
        ],
        [
            "abcdef0123456789",
            "11e0b079dea29a68f0383ee94fed1b940995272407e3bb916bbf268c263ddd57a6a27200a784cbc248e84f357ce82d98",
            "03a87ae2caf14e8ee52e51fa2ed8eefe80f02457004ba4d486d6aa1f517c0889501dc7413753f9599b099ebcbbd2d709",
        ],
    ])
    func hashesToG1(row: [String]) {
        let domain = Array("QUUX-V01-CS02-with-BLS12381G1_XMD:SHA-256_SSWU_RO_".utf8)
        #expect(hex(BLS12381HashToCurve.g1(Array(row[0].utf8), domain: domain)) == row.dropFirst().joined())
    }

    @Test(arguments: [
        [
            "", "05cb8437535e20ecffaef7752baddf98034139c38452458baeefab379ba13dff5bf5dd71b72418717047f5b0f37da03d",
            "0141ebfbdca40eb85b87142e130ab689c673cf60f1a3e98d69335266f30d9b8d4ac44c1038e9dcdd5393faf5c41fb78a",
            "12424ac32561493f3fe3c260708a12b7c620e7be00099a974e259ddc7d1f6395c3c811cdd19f1e8dbf3e9ecfdcbab8d6",
            "0503921d7f6a12805e72940b963c0cf3471c7b2a524950ca195d11062ee75ec076daf2d4bc358c4b190c0c98064fdd92",
        ],
        [
            "abc", "139cddbccdc5e91b9623efd38c49f81a6f83f175e80b06fc374de9eb4b41dfe4ca3a230ed250fbe3a2acf73a41177fd8",
            "02c2d18e033b960562aae3cab37a27ce00d80ccd5ba4b7fe0e7a210245129dbec7780ccc7954725f4168aff2787776e6",
            "00aa65dae3c8d732d10ecd2c50f8a1baf3001578f71c694e03866e9f3d49ac1e1ce70dd94a733534f106d4cec0eddd16",
            "1787327b68159716a37440985269cf584bcb1e621d3a7202be6ea05c4cfe244aeb197642555a0645fb87bf7466b2ba48",
        ],
        [
            "abcdef0123456789",
            "190d119345b94fbd15497bcba94ecf7db2cbfd1e1fe7da034d26cbba169fb3968288b3fafb265f9ebd380512a71c3f2c",
            "121982811d2491fde9ba7ed31ef9ca474f0e1501297f68c298e9f4c0028add35aea8bb83d53c08cfc007c1e005723cd0",
            "0bb5e7572275c567462d91807de765611490205a941a5a6af3b1691bfe596c31225d3aabdf15faff860cb4ef17c7c3be",
            "05571a0f8d3c08d094576981f4a3b8eda0a8e771fcdcc8ecceaf1356a6acf17574518acb506e435b639353c2e14827c8",
        ],
    ])
    func hashesToG2(row: [String]) {
        let domain = Array("QUUX-V01-CS02-with-BLS12381G2_XMD:SHA-256_SSWU_RO_".utf8)
        #expect(hex(BLS12381HashToCurve.g2(Array(row[0].utf8), domain: domain)) == row.dropFirst().joined())
    }

    @Test func hashesLongTags() {
        let tag = [UInt8](repeating: 0x61, count: 300)
        let short = SHA256.hash(Array("H2C-OVERSIZE-DST-".utf8) + tag).bytes
        #expect(BLS12381HashToCurve.g1([1], domain: tag) == BLS12381HashToCurve.g1([1], domain: short))
    }

    @Test func knownKeyAndSignatures() throws {
        let key = try key(42)
        #expect(
            hex(key.publicKey.bytes)
                == "8ce3b57b791798433fd323753489cac9bca43b98deaafaed91f4cb010730ae1e38b186ccd37a09b8aed62ce23b699c48")
        #expect(
            hex(key.sign(Array("message".utf8)).bytes)
                == "a8f8552fa3fdb0995050a323ae195dc2065b7dcc396cbc7feb4fb459cbf207b267b3340036b8b09fc53c9b5d380334ec"
                + "094f0d98a3c05891c00b378adbce0cf5336857ad66f236f968ee491406108a9d2d7dcc5113c3c6937ee71239e0945172")
        #expect(
            hex(key.proofOfPossession.bytes)
                == "969a1f7e520bcd7e3da791bb788383062d30c8b0f2b3ebd6700e041e1ba1e983bbd5e310380f6c5ba25da81c916487f9"
                + "192bc33c0c95781dd4b2316bbd9a9ea34a20ffac329cf617f668f847f407194fdbb4777ea2b9357bd97e2069116b04a1")
    }

    @Test func refusesKeysOutOfRange() {
        let order = UInt256(
            limbs: 0xFFFF_FFFF_0000_0001, 0x53BD_A402_FFFE_5BFE, 0x3339_D808_09A1_D805, 0x73ED_A753_299D_7D48)
        #expect(BLS12381SecretKey(0) == nil)
        #expect(BLS12381SecretKey(order) == nil)
        #expect(BLS12381SecretKey(order &- 1) != nil)
    }

    @Test func verifiesOneSignature() throws {
        let (first, second) = (try key(1), try key(0x1234_5678))
        let message: [UInt8] = [1, 2, 3]
        let signature = second.sign(message)
        #expect(signature.isValid(for: message, by: second.publicKey))
        #expect(!signature.isValid(for: message, by: first.publicKey))
        #expect(!signature.isValid(for: [], by: second.publicKey))
        #expect(BLS12381Signature(signature.bytes) == signature)
        #expect(BLS12381PublicKey(second.publicKey.bytes) == second.publicKey)
    }

    @Test func verifiesAggregates() throws {
        let keys = try (1...4).map { try key(UInt256(Keccak256.hash([UInt8($0)])) >> 2) }
        let publicKeys = keys.map { $0.publicKey }
        let message: [UInt8] = [7]
        let same = try #require(BLS12381Signature.aggregate(keys.map { $0.sign(message) }))
        #expect(same.isValid(for: message, byAll: publicKeys))
        #expect(!same.isValid(for: message, byAll: Array(publicKeys.dropLast())))
        #expect(!same.isValid(for: message, byAll: []))

        let signatures = keys.indices.map { keys[$0].sign([UInt8($0)]) }
        let different = try #require(BLS12381Signature.aggregate(signatures))
        #expect(different.isValid(for: keys.indices.map { (publicKeys[$0], [UInt8($0)]) }))
        #expect(!different.isValid(for: keys.indices.map { (publicKeys[$0], [UInt8($0 ^ 1)]) }))
        #expect(!different.isValid(for: []))
        #expect(BLS12381Signature.aggregate([]) == nil)
    }

    /// Signatures that are wrong alone, but right in their sum, must not pass as a batch.
    @Test func verifiesBatches() throws {
        let (first, second) = (try key(11), try key(12))
        let good = [(first.publicKey, [UInt8]([1]), first.sign([1])), (second.publicKey, [2], second.sign([2]))]
        let swapped = [(first.publicKey, [UInt8]([1]), second.sign([2])), (second.publicKey, [2], first.sign([1]))]
        #expect(BLS12381Signature.areValid(good))
        #expect(!BLS12381Signature.areValid(swapped))
        #expect(BLS12381Signature.areValid([]))
    }

    @Test func provesPossession() throws {
        let (first, second) = (try key(11), try key(12))
        #expect(first.publicKey.isPossessed(proof: first.proofOfPossession))
        #expect(!second.publicKey.isPossessed(proof: first.proofOfPossession))
        #expect(!first.publicKey.isPossessed(proof: first.sign(first.publicKey.bytes)))
    }

    @Test func refusesInfinityAsKey() {
        let infinity = [0xC0] + [UInt8](repeating: 0, count: 47)
        #expect(BLS12381PublicKey(infinity) == nil)
        #expect(BLS12381PublicKey.isPoint(infinity))
        #expect(BLS12381Signature([0xC0] + [UInt8](repeating: 0, count: 95)) != nil)
        #expect(BLS12381PublicKey([]) == nil)
        #expect(BLS12381Signature([]) == nil)
    }
}
