import Cryptography
import Primitives
import Testing

/// Expected values were computed with py_ecc.
@Suite struct BLS12381PrecompileTests {
    private static let order = UInt256(
        limbs: 0xFFFF_FFFF_0000_0001, 0x53BD_A402_FFFE_5BFE, 0x3339_D808_09A1_D805, 0x73ED_A753_299D_7D48)
    private static let generator1 = [
        "17f1d3a73197d7942695638c4fa9ac0fc3688c4f9774b905a14e3a3f171bac586c55e83ff97a1aeffb3af00adb22c6bb",
        "08b3f481e3aaa0f1a09e30ed741d8ae4fcf5e095d5d00af600db18cb2c04b3edd03cc744a2888ae40caa232946c5e7e1",
    ]
    private static let generator2 = [
        "024aa2b2f08f0a91260805272dc51051c6e47ad4fa403b02b4510b647ae3d1770bac0326a805bbefd48056c8c121bdb8",
        "13e02b6052719f607dacd3a088274f65596bd0d09920b61ab5da61bbdc7f5049334cf11213945d57e5ac7d055d042b7e",
        "0ce5d527727d6e118cc9cdc6da2e351aadfd9baa8cbdd3a76d429a695160d12c923ac9cc3baca289e193548608b82801",
        "0606c4a02ea734cc32acd2b02bc28b99cb3e287e85a763af267492ab572e99ab3f370d275cec1da1aaa9075ff05f79be",
    ]

    /// Both curves, so that one test serves for both.
    enum Curve: CaseIterable {
        case g1
        case g2

        var generator: [UInt8] { padded(self == .g1 ? generator1 : generator2) }
        var infinity: [UInt8] { [UInt8](repeating: 0, count: generator.count) }

        func add(_ left: [UInt8], _ right: [UInt8]) -> [UInt8]? {
            (left + right).withUnsafeBytes { bytes in
                self == .g1 ? BLS12381Precompiles.g1Add(bytes) : BLS12381Precompiles.g2Add(bytes)
            }
        }

        func sum(_ terms: [(point: [UInt8], scalar: UInt256)]) -> [UInt8]? {
            terms.flatMap { $0.point + Hash256($0.scalar).bytes }.withUnsafeBytes { bytes in
                self == .g1
                    ? BLS12381Precompiles.g1MultiScalarMultiplication(bytes)
                    : BLS12381Precompiles.g2MultiScalarMultiplication(bytes)
            }
        }

        func multiple(_ scalar: UInt256) -> [UInt8] { sum([(generator, scalar)]) ?? [] }
    }

    /// Numbers of 48 bytes as EIP-2537 writes them.
    private static func padded(_ numbers: [String]) -> [UInt8] {
        numbers.flatMap { [UInt8](repeating: 0, count: 16) + ((try? Hex.decode($0)) ?? []) }
    }

    private static func scalar(_ seed: Int) -> UInt256 {
        UInt256(Keccak256.hash([UInt8(seed & 255), UInt8(seed >> 8)]))
    }

    @Test(arguments: Curve.allCases) func groupLaws(curve: Curve) {
        let g = curve.generator
        let double = curve.add(g, g)
        #expect(double == curve.multiple(2))
        #expect(curve.add(double ?? [], g) == curve.multiple(3))
        #expect(curve.add(g, curve.infinity) == g)
        #expect(curve.add(curve.infinity, curve.infinity) == curve.infinity)
        #expect(curve.add(g, curve.multiple(Self.order &- 1)) == curve.infinity)
        #expect(curve.multiple(Self.order) == curve.infinity)
        #expect(curve.multiple(Self.order &+ 5) == curve.multiple(5))
        #expect(curve.multiple(.max) == curve.multiple(UInt256.max % Self.order))
    }

    /// Sizes on both sides of where the method changes, and of where buckets hold several points.
    @Test(arguments: Curve.allCases, [1, 2, 7, 8, 9, 15, 16, 17, 70, 200])
    func sumsOfProducts(curve: Curve, count: Int) {
        var terms: [(point: [UInt8], scalar: UInt256)] = []
        var total = UInt256.zero
        for index in 0..<count {
            // Equal points, opposite points, infinity and small scalars among them.
            let factor: UInt256 =
                index % 5 == 3 ? 7 : index % 5 == 4 ? Self.order &- 7 : Self.scalar(index) % Self.order
            let scalar: UInt256 = index % 7 == 6 ? 1 : index % 11 == 10 ? 0 : Self.scalar(1_000 + index % 4)
            let isInfinity = index % 13 == 12
            terms.append((isInfinity ? curve.infinity : curve.multiple(factor), scalar))
            if !isInfinity {
                let product = factor.multiplying(by: scalar % Self.order, modulo: Self.order)
                total = (total &+ product) % Self.order
            }
        }
        #expect(curve.sum(terms) == curve.multiple(total))
    }

    @Test(arguments: Curve.allCases) func manyEqualAndOppositePoints(curve: Curve) {
        let equal = [(point: [UInt8], scalar: UInt256)](repeating: (curve.generator, 9), count: 100)
        #expect(curve.sum(equal) == curve.multiple(900))
        let opposite = (0..<100).map { (curve.multiple($0 % 2 == 0 ? 3 : Self.order &- 3), Self.scalar(1)) }
        #expect(curve.sum(opposite) == curve.infinity)
    }

    @Test(arguments: Curve.allCases) func refusesMalformedInput(curve: Curve) {
        let g = curve.generator
        #expect(curve.sum([]) == nil)
        #expect(curve.add(g, Array(g.dropLast())) == nil)
        #expect(curve.add(g, g + [0]) == nil)
        var notOnCurve = g
        notOnCurve[63] ^= 1
        var notPadded = g
        notPadded[3] = 1
        let modulus = "1a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaab"
        let tooLarge = Self.padded([String](repeating: modulus, count: g.count / 64))
        for bad in [notOnCurve, notPadded, tooLarge] {
            #expect(curve.add(bad, g) == nil)
            #expect(curve.add(g, bad) == nil)
            #expect(curve.sum([(g, 1), (bad, 1)]) == nil)
        }
    }

    /// A point of the curve that is not in the subgroup may be added, but not multiplied.
    @Test func refusesPointsOutsideTheSubgroup() throws {
        let zero = String(repeating: "0", count: 96)
        let point = Self.padded([zero, String(zero.dropLast()) + "2"])
        #expect(Curve.g1.add(point, Curve.g1.infinity) == point)
        #expect(Curve.g1.sum([(point, 1)]) == nil)
    }

    @Test(arguments: [
        [
            "000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000",
            "11a9a0372b8f332d5c30de9ad14e50372a73fa4c45d5f2fa5097f2d6fb93bcac592f2e1711ac43db0519870c7d0ea415",
            "092c0f994164a0719f51c24ba3788de240ff926b55f58c445116e8bc6a47cd63392fd4e8e22bdf9feaa96ee773222133",
        ],
        [
            "000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000001",
            "1073311196f8ef19477219ccee3a48035ff432295aa9419eed45d186027d88b90832e14c4f0e2aa4d15f54d1c3ed0f93",
            "034d6e3755a2073039d609db4cf3aef548283b5cc92f1021cbdb276414bcd8072b112d80a2b0a7dbf22bdaf17e006d45",
        ],
        [
            "1a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaaa",
            "1073311196f8ef19477219ccee3a48035ff432295aa9419eed45d186027d88b90832e14c4f0e2aa4d15f54d1c3ed0f93",
            "16b3a3b2e3dddf6a11459ddaf657fde21c4f10282a56029d9b55ab3ce1f41e1cf39ad27e0ea35823c7d3250e81ff3d66",
        ],
        [
            "0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000075bcd15",
            "13e0389e420f134a77d24f520b6ff40db8b6fe19137462ec777c5b28dfda6fb7453510991fd7aeda186fa45c1d7d08e7",
            "0328ba308b2ed6a8dde4cd8ddddd3e993a02626412c15538e217f960265fc082e73254f9bd78f970061cfc1b17ebacc4",
        ],
    ])
    func mapsToG1(numbers: [String]) {
        let output = Self.padded(Array(numbers.prefix(1))).withUnsafeBytes { BLS12381Precompiles.mapFpToG1($0) }
        #expect(output == Self.padded(Array(numbers.dropFirst())))
    }

    @Test(arguments: [
        [
            "000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000",
            "000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000",
            "018320896ec9eef9d5e619848dc29ce266f413d02dd31d9b9d44ec0c79cd61f18b075ddba6d7bd20b7ff27a4b324bfce",
            "0a67d12118b5a35bb02d2e86b3ebfa7e23410db93de39fb06d7025fa95e96ffa428a7a27c3ae4dd4b40bd251ac658892",
            "0260e03644d1a2c321256b3246bad2b895cad13890cbe6f85df55106a0d334604fb143c7a042d878006271865bc35941",
            "04c69777a43f0bda07679d5805e63f18cf4e0e7c6112ac7f70266d199b4f76ae27c6269a3ceebdae30806e9a76aadf5c",
        ],
        [
            "000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000",
            "000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000001",
            "0f5ab9ab512bac0e5aa9d4be326afefbfa5db2dba6c88000f1cfeaa0cd62b2b2604935e2794933d76f9887bae7ed2851",
            "05d991fb690fdad1923ac1834188ed45d160a15ee5547a4476b836a158a9884236846408b8abd5d99217876d12f8f5d6",
            "1055354681ba663d288d9a5256844c48ec43e27e9f2b87ce06850d4a5661095c189f8bab578093d2161db0b32550f3a0",
            "184ee89023a361021f9d288e65deb12b2045b1e3d2560590fc3139354c51b756018cf3c54a13f60cb7b970567c39c08f",
        ],
        [
            "000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000007",
            "1a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaaa",
            "125beb7816720702a2c8557ba5499c49f6fafdf6254b878244e1a6f765ef42e854bd1b21a940cd08e7af3ca6d2705d79",
            "0599c4bca7c8cc3783292cc0b55c5d180002d6d5ff98573ec0814b2f671250f12012fb631eb810484abd1bc14cc37b29",
            "0edfb55df13626b3794a5933b1d6f085ed8054951150abc67b4db903e4025af174162b72230c346e75f0e2436832a55f",
            "13b81803a42af58e9598f931e9ba4677697c735133ba0480d960b7fba52ffa40a2e92c7a9a70297ba355d364f4246e00",
        ],
    ])
    func mapsToG2(numbers: [String]) {
        let output = Self.padded(Array(numbers.prefix(2))).withUnsafeBytes { BLS12381Precompiles.mapFp2ToG2($0) }
        #expect(output == Self.padded(Array(numbers.dropFirst(2))))
    }
}
