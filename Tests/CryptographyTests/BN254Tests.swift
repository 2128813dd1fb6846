import Cryptography
import Primitives
import Testing

/// Expected values were computed with py_ecc.
@Suite struct BN254Tests {
    private static let order = BN254.groupOrder
    private static let fieldModulus = "30644e72e131a029b85045b68181585d97816a916871ca8d3c208c16d87cfd47"
    private static let g2 =
        "198e9393920d483a7260bfb731fb5d25f1aa493335a9e71297e485b7aef312c21800deef121f1e76426a00665e5c4479674322d4f75edadd"
        + "46debd5cd992f6ed090689d0585ff075ec9e99ad690c3395bc4b313370b38ef355acdadcd122975b12c85ea5db8c6deb4aab71808dcb408f"
        + "e3d1e7690c43d37b4ce6cc0166fa7daa"
    private static let zero = String(repeating: "0", count: 64)

    private func run(_ operation: (UnsafeRawBufferPointer) -> [UInt8]?, _ hex: String) throws -> String? {
        let input = try Hex.decode(hex)
        return input.withUnsafeBytes(operation).map { String(decoding: Hex.ascii($0), as: UTF8.self) }
    }

    private func scalar(_ seed: Int) -> UInt256 { UInt256(Keccak256.hash([UInt8(seed), 254])) }

    private func hex(_ bytes: [UInt8]) -> String { String(decoding: Hex.ascii(bytes), as: UTF8.self) }

    private func hex(_ word: UInt256) -> String { hex(Hash256(word).bytes) }

    // MARK: Known values

    @Test(arguments: [
        (
            "082e4ed9fffd367363ac7d8fa799e9023b9a44f8a45001241435b21915333d0e",
            "06a651f552d7c1e585a1d6939f6483be1a7c7c9acb7954d80191344de909d885",
            "010b8367352d7f9cd2cd289b1fdb18c8615b7d2fecd0e00649b29a39482a96c6",
            "0adf335686d20b6dc8b35745678898ae0cd928d70391a1e21a40f5260fd625ae",
            "067e7d04e12105d973e309d0d21696df1c2219a9f698e7cc1a1ee48bf01c2d2b",
            "1d1e17f359a048e2cc5ef1093dfd8b27154c4911693dbe5ab1d920448fea18ad"
        ),
        (
            "2fc5fa66d22a958c481c985e6471ca343f696141abe913cae19587c8eeee37be",
            "0044d273ed07407d5deef919fca087aa8f2c48a50d3917d4cf20d730c0d3eea4",
            "1f8ce9b8f5149cfb9961508bb667fb21e4eca30b9161ca9dc48e77300519ff0f",
            "0958af7dda085f75b77ee756f14ba8220ea7e859a62a4d116de271589b3693c2",
            "122980cdf2c1c939c324f47535dae7ef5da283e9650eb5e7444eb21c88648768",
            "192172a43cdb95e5081dd4d3bec4dbf2c95e68e1b4df7c325d38d01b498d86a7"
        ),
    ])
    func adds(_ px: String, _ py: String, _ qx: String, _ qy: String, _ sumX: String, _ sumY: String) throws {
        #expect(try run(BN254Precompiles.add, px + py + qx + qy) == sumX + sumY)
        #expect(try run(BN254Precompiles.add, qx + qy + px + py) == sumX + sumY)
    }

    @Test(arguments: [
        (
            "082e4ed9fffd367363ac7d8fa799e9023b9a44f8a45001241435b21915333d0e",
            "06a651f552d7c1e585a1d6939f6483be1a7c7c9acb7954d80191344de909d885",
            "d23f0824128b2f330c5c7fd0a6a3a4506513270e269e0d37f2a74de452e6b438",
            "0bfefe27f825bbb6a3f4c3e84ef796f380e003ccd1e36eec60c93fc08c42a715",
            "21a70a3184377dc6d9ea4369e24836abef433b9f907f4a686baa43fe28c97d5a"
        ),
        (
            "1e5c509bdfdd906e81a43a7274186a24beb6f7a05c1d26cb542d5efd0dc34843",
            "253ed898f98c37da64e13f855a0ca9a443b5530847b2688f99848702607009f0",
            "0cb1e29c658cda1495e60af593bd04cf0fd630f1f29d0da9953f48f1a09f76b5",
            "020c124d9ae26d9fa8a97ae1a48df626d790e948a83e6ad51c7841663e113ede",
            "0e5461c1169da374cd0d467853ea593cb342d62ff060359c8910b32e0184d31d"
        ),
    ])
    func multiplies(_ x: String, _ y: String, _ scalar: String, _ productX: String, _ productY: String) throws {
        #expect(try run(BN254Precompiles.multiply, x + y + scalar) == productX + productY)
        // What follows the input counts for nothing.
        #expect(try run(BN254Precompiles.multiply, x + y + scalar + "ff") == productX + productY)
    }

    @Test func multipliesOnTheTwist() throws {
        #expect(hex(BN254.G2.generator.bytes) == Self.g2)
        let scalar = UInt256(try Hash256(hex: "d23f0824128b2f330c5c7fd0a6a3a4506513270e269e0d37f2a74de452e6b438"))
        #expect(
            hex(BN254.G2.generator.multiplied(by: scalar).bytes)
                == "1f671f4c702571a7e480959da90bf3014c393c236cdc74c6cb59dce1cb77a914"
                + "262bfbee2fd1a7aad507ea09a1356aa88fbf5ff952b3322b21f0e31a19b589de"
                + "0dad25a6450b39d9835730f4fd661d2e06a733d294ed966cd7b1154161750ba2"
                + "04bada5f81d79ad017a6e31dcfbe1eb5c74bdd9c9b75d4fe09580e8e7fbe5a64")
    }

    // MARK: Laws

    @Test(arguments: 0..<24) func multiplesAddUp(seed: Int) {
        let (a, b) = (scalar(seed), scalar(seed + 100))
        let g = BN254.G1.generator
        let sum = (a % Self.order &+ b % Self.order) % Self.order
        #expect(g.multiplied(by: a) + g.multiplied(by: b) == g.multiplied(by: sum))
        #expect(g.multiplied(by: a).multiplied(by: b) == g.multiplied(by: b).multiplied(by: a))
        let h = BN254.G2.generator
        #expect(h.multiplied(by: a) + h.multiplied(by: b) == h.multiplied(by: sum))
        #expect((g.multiplied(by: a) + -g.multiplied(by: a)).isInfinity)
        #expect(BN254.G2(bytes: h.multiplied(by: a).bytes) == h.multiplied(by: a))
    }

    @Test func smallMultiplesAreSums() {
        let g = BN254.G1.generator
        let h = BN254.G2.generator
        var (sum, twistSum) = (BN254.G1.infinity, BN254.G2.infinity)
        for count in 0..<200 {
            let low = UInt256(UInt64(count))
            #expect(g.multiplied(by: low) == sum)
            #expect(h.multiplied(by: low) == twistSum)
            #expect(g.multiplied(by: Self.order &- low) == -sum)
            #expect(g.multiplied(by: Self.order &+ low) == sum)
            sum = sum + g
            twistSum = twistSum + h
        }
        #expect(g.multiplied(by: .max) == g.multiplied(by: UInt256.max % Self.order))
        #expect(h.multiplied(by: .max) == h.multiplied(by: UInt256.max % Self.order))
        #expect(h.multiplied(by: Self.order).isInfinity)
    }

    @Test(arguments: 0..<12) func pairingIsBilinear(seed: Int) throws {
        let (a, b) = (scalar(seed), scalar(seed + 50))
        let (g, h) = (BN254.G1.generator, BN254.G2.generator)
        let product = a % Self.order
        // e(a·G, b·H) · e(−ab·G, H) = 1
        let left = g.multiplied(by: a).bytes + h.multiplied(by: b).bytes
        let right = (-g.multiplied(by: product).multiplied(by: b)).bytes + h.bytes
        #expect(try run(BN254Precompiles.pairingCheck, hex(left + right)) == hex(.one))
        let wrong = (-g.multiplied(by: product).multiplied(by: b &+ 1)).bytes + h.bytes
        #expect(try run(BN254Precompiles.pairingCheck, hex(left + wrong)) == hex(.zero))
        // Infinities leave the product as it is.
        let nothing = [UInt8](repeating: 0, count: 64) + h.bytes + g.bytes + [UInt8](repeating: 0, count: 128)
        #expect(try run(BN254Precompiles.pairingCheck, hex(left + nothing + right)) == hex(.one))
    }

    @Test func pairingIsNotDegenerate() throws {
        let one = BN254.G1.generator.bytes + BN254.G2.generator.bytes
        #expect(try run(BN254Precompiles.pairingCheck, hex(one)) == hex(.zero))
        #expect(try run(BN254Precompiles.pairingCheck, "") == hex(.one))
    }

    // MARK: Encodings

    @Test func shortInputIsContinuedWithZeros() throws {
        let generator = hex(BN254.G1.generator.bytes)
        #expect(try run(BN254Precompiles.add, "") == Self.zero + Self.zero)
        #expect(try run(BN254Precompiles.add, generator) == generator)
        #expect(try run(BN254Precompiles.multiply, "") == Self.zero + Self.zero)
        #expect(try run(BN254Precompiles.multiply, generator) == Self.zero + Self.zero)
        // One byte of the scalar: its highest.
        let multiple = BN254.G1.generator.multiplied(by: UInt256(UInt64(1)) << 248)
        #expect(try run(BN254Precompiles.multiply, generator + "01") == hex(multiple.bytes))
        // A y cut short is another y, off the curve.
        #expect(try run(BN254Precompiles.add, String(generator.dropLast(2))) == nil)
    }

    @Test func badPointsFail() throws {
        let (one, two) = (hex(UInt256(1)), hex(UInt256(2)))
        for bad in [one + one, Self.fieldModulus + Self.zero, Self.zero + Self.fieldModulus, Self.zero + one] {
            #expect(try run(BN254Precompiles.add, bad) == nil)
            #expect(try run(BN254Precompiles.add, one + two + bad) == nil)
            #expect(try run(BN254Precompiles.multiply, bad + one) == nil)
            #expect(try run(BN254Precompiles.pairingCheck, bad + Self.g2) == nil)
            #expect(try run(BN254Precompiles.pairingCheck, bad + String(repeating: "0", count: 256)) == nil)
        }
        #expect(try run(BN254Precompiles.pairingCheck, one + two + Self.g2 + "00") == nil)
        let beyond = Self.fieldModulus + Self.zero + Self.zero + Self.zero
        #expect(try run(BN254Precompiles.pairingCheck, Self.zero + Self.zero + beyond) == nil)
        #expect(try run(BN254Precompiles.pairingCheck, one + two + beyond) == nil)
    }

    /// Points of the twist outside the group: one of composite order, one of order 10069.
    @Test(arguments: [
        zero + "0000000000000000000000000000000000000000000000000000000000000001"
            + "0d1271953ed9ea0836846e70a1934187998c7f790cb4d7511b7f8da82de048a4"
            + "2869111d5381f072f8e2728fdb825a51aadd70e52c9830e9ab4b871c0531f1bb",
        "0f0a87c117963381ad55ab9b17e3c4f9533ef81d16b752be905d1a444b982519"
            + "25d0b2ba5c369c1dbbfed41ccb191fe4df508cf88faf370494b4867a332815ec"
            + "01961c59a0d89a4d27fe2b87137614a142c3ad7ada8b3fb5580462e2a5a99847"
            + "2e4585f85183195d71c90a2d1d38655cb0ff30b352fdf58d6a36d8fbb3ee84a1",
    ])
    func pointsOutsideTheGroupFail(point: String) throws {
        let generator = hex(BN254.G1.generator.bytes)
        #expect(try run(BN254Precompiles.pairingCheck, generator + point) == nil)
        #expect(try run(BN254Precompiles.pairingCheck, Self.zero + Self.zero + point) == nil)
        #expect(try run(BN254Precompiles.pairingCheck, generator + Self.g2 + generator + point) == nil)
        let bytes = try Hex.decode(point)
        #expect(bytes.withUnsafeBytes { BN254.G2(bytes: $0) } == nil)
    }
}

extension BN254.G2 {
    fileprivate init?(bytes: [UInt8]) {
        guard let point = bytes.withUnsafeBytes({ BN254.G2(bytes: $0) }) else { return nil }
        self = point
    }
}
