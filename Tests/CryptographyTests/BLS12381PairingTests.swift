import Cryptography
import Primitives
import Testing

@Suite struct BLS12381PairingTests {
    @Test func productFromAnotherImplementation() throws {
        let input = try Self.padded(Self.knownProduct)
        #expect(pairingCheck(input) == true)
        #expect(pairingCheck(Array(input[..<384])) == false)
        #expect(pairingCheck(Array(input[384...])) == false)
    }

    @Test(arguments: 0..<12) func bilinear(seed: UInt8) throws {
        let (g1, g2) = (try Self.g1(), try Self.g2())
        let (a, b, c) = (scalar(seed, 1), scalar(seed, 2), scalar(seed, 3))
        let left = try multiple(g1, a)
        let right = try multiple(g2, b)
        // e(aP, bQ) · e(P, −abQ) = 1, and with c in place of −ab it isn't.
        let product = a.multiplying(by: b, modulo: Self.order)
        let opposite = try multiple(g2, Self.order &- product)
        #expect(pairingCheck(left + right + g1 + opposite) == true)
        #expect(pairingCheck(left + right + g1 + (try multiple(g2, c))) == false)
        // In three factors: e(aP, bQ) · e(cP, Q) · e(−(ab + c)P, Q) = 1.
        let sum = product.adding(c % Self.order, modulo: Self.order)
        let third = try multiple(g1, Self.order &- sum)
        #expect(pairingCheck(left + right + (try multiple(g1, c)) + g2 + third + g2) == true)
        #expect(pairingCheck(left + right) == false)
    }

    @Test func manyPairs() throws {
        let (g1, g2) = (try Self.g1(), try Self.g2())
        var input: [UInt8] = []
        for seed in 0..<20 as Range<UInt8> {
            let a = scalar(seed, 4)
            input += try multiple(g1, a) + g2
            input += g1 + (try multiple(g2, Self.order &- a % Self.order))
        }
        #expect(pairingCheck(input) == true)
        #expect(pairingCheck(Array(input.dropLast(384))) == false)
    }

    @Test func infinityPairsToOne() throws {
        let (g1, g2) = (try Self.g1(), try Self.g2())
        let (zero1, zero2) = ([UInt8](repeating: 0, count: 128), [UInt8](repeating: 0, count: 256))
        #expect(pairingCheck(zero1 + zero2) == true)
        #expect(pairingCheck(zero1 + g2) == true)
        #expect(pairingCheck(g1 + zero2) == true)
        #expect(pairingCheck(g1 + g2 + zero1 + g2) == false)
    }

    @Test func rejectsWhatIsNotInTheSubgroups() throws {
        let (g1, g2) = (try Self.g1(), try Self.g2())
        let (zero1, zero2) = ([UInt8](repeating: 0, count: 128), [UInt8](repeating: 0, count: 256))
        let (outside1, outside2) = (try Self.padded(Self.outsideG1), try Self.padded(Self.outsideG2))
        #expect(pairingCheck(outside1 + g2) == nil)
        #expect(pairingCheck(outside1 + zero2) == nil)
        #expect(pairingCheck(g1 + outside2) == nil)
        #expect(pairingCheck(zero1 + outside2) == nil)
        #expect(pairingCheck(g1 + g2 + g1 + outside2) == nil)
        var offCurve = g2
        offCurve[255] ^= 1
        #expect(pairingCheck(g1 + offCurve) == nil)
        var padding = g1
        padding[0] = 1
        #expect(pairingCheck(padding + g2) == nil)
    }

    @Test(arguments: [0, 1, 383, 385, 767]) func rejectsOtherLengths(count: Int) {
        #expect(pairingCheck([UInt8](repeating: 0, count: count)) == nil)
    }

    private func pairingCheck(_ input: [UInt8]) -> Bool? {
        input.withUnsafeBytes { BLS12381Precompiles.pairingCheck($0) }.map { $0.last == 1 }
    }

    private func multiple(_ point: [UInt8], _ scalar: UInt256) throws -> [UInt8] {
        let product = (point + scalar.bytes).withUnsafeBytes { input in
            point.count == 128
                ? BLS12381Precompiles.g1MultiScalarMultiplication(input)
                : BLS12381Precompiles.g2MultiScalarMultiplication(input)
        }
        return try #require(product)
    }

    private func scalar(_ seed: UInt8, _ index: UInt8) -> UInt256 { UInt256(Keccak256.hash([seed, index])) }

    private static let order = UInt256(
        limbs: 0xFFFF_FFFF_0000_0001, 0x53BD_A402_FFFE_5BFE, 0x3339_D808_09A1_D805, 0x73ED_A753_299D_7D48)

    private static func g1() throws -> [UInt8] { try padded(generator) }
    private static func g2() throws -> [UInt8] { try padded(knownProduct.suffix(4)) }

    /// Coordinates of 48 bytes, each after 16 zero bytes.
    private static func padded(_ coordinates: some Sequence<String>) throws -> [UInt8] {
        try coordinates.flatMap { [UInt8](repeating: 0, count: 16) + (try Hex.decode($0)) }
    }

    private static let generator = [
        "17f1d3a73197d7942695638c4fa9ac0fc3688c4f9774b905a14e3a3f171bac586c55e83ff97a1aeffb3af00adb22c6bb",
        "08b3f481e3aaa0f1a09e30ed741d8ae4fcf5e095d5d00af600db18cb2c04b3edd03cc744a2888ae40caa232946c5e7e1",
    ]

    /// From py_ecc: aP, bQ, −abP and Q for random a and b and the generators P and Q.
    private static let knownProduct = [
        "087229e5f0155fb891a88b87bed2b2d21e458d9dd76964268b9a66b3fa212c9a207076acc5e219a15bd829870023b95b",
        "02365c3785e1b22b3c4883bdef4173b86751ae4900296c3e9e1a4ac3e163daf8f04119e6bc780b209aa12a655386963a",
        "1539ac9e4e9fb3cf73313ce474a172939139c5ab988f1822757e877fb36316f83c9564b8c368584b499f535bc82e12ac",
        "097a6e732bc70883f4c28eeffde03ac7dbf2c5c59d54cb0406f2cb672ec6d759a553a8f1bd415060a7a02f28212faad6",
        "01f28b754c28087ecdd7e0c306bda8c45fc52ca8534bc26d5ce125df79ea4e6c75eed5f72b60d3caa0060aec3451a600",
        "1189e8a6fbeffc67b2c6759387ca4cc828edcdfa6043bb9d82bec0eb8573bc26ca8a34cb8a7a0d8987ef828bba5b137b",
        "0964f8af790b94f3e492e9a9e2c525849ac648c5dc37e8f48c97427d1a254d634e4418516f7b0b346f6d2717ef8dfe1c",
        "1284bff931534448d5c8fc9367ae4f2c67f835084b4c65a077f9e46aa3bf96c0af93f6bd552ac1de32edd3d672eab6f7",
        "024aa2b2f08f0a91260805272dc51051c6e47ad4fa403b02b4510b647ae3d1770bac0326a805bbefd48056c8c121bdb8",
        "13e02b6052719f607dacd3a088274f65596bd0d09920b61ab5da61bbdc7f5049334cf11213945d57e5ac7d055d042b7e",
        "0ce5d527727d6e118cc9cdc6da2e351aadfd9baa8cbdd3a76d429a695160d12c923ac9cc3baca289e193548608b82801",
        "0606c4a02ea734cc32acd2b02bc28b99cb3e287e85a763af267492ab572e99ab3f370d275cec1da1aaa9075ff05f79be",
    ]

    /// Points of the curves outside the subgroups of order r.
    private static let outsideG1 = [
        "000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000004",
        "0a989badd40d6212b33cffc3f3763e9bc760f988c9926b26da9dd85e928483446346b8ed00e1de5d5ea93e354abe706c",
    ]
    private static let outsideG2 = [
        "000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000001",
        "000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000001",
        "17faa6201231304f270b858dad9462089f2a5b83388e4b10773abc1eef6d193b9fce4e8ea2d9d28e3c3a315aa7de14ca",
        "00cc12449be6ac4e7f367e7242250427c4fb4c39325d3164ad397c1837a90f0ea1a534757df374dd6569345eb41ed76e",
    ]
}
