import Cryptography
import Primitives
import Testing

/// Expected values were computed with py_ecc.
@Suite struct BLS12381FieldTests {
    typealias Base = BLS12381Field
    typealias Quadratic = BLS12381QuadraticField

    private static let modulus =
        "1a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaab"

    private func element(_ hex: String) throws -> Base {
        try #require(try Hex.decode(hex).withUnsafeBytes { Base(bigEndian: $0.baseAddress!) })
    }

    /// An element that looks random.
    private func element(_ seed: Int) -> Base {
        let bytes =
            Keccak256.hash([UInt8(truncatingIfNeeded: seed)]).bytes + Keccak256.hash([UInt8(seed >> 8), 1]).bytes
        return bytes.withUnsafeBytes { Base(reducingBigEndian: $0.baseAddress!) }
    }

    private func hex(_ element: Base) -> String {
        var bytes = [UInt8](repeating: 0, count: 48)
        bytes.withUnsafeMutableBytes { element.storeBigEndian(to: $0.baseAddress!) }
        return String(decoding: Hex.ascii(bytes), as: UTF8.self)
    }

    /// a, b, c, d, the coordinates of (a + bu)(c + du) and of 1/(a + bu).
    @Test(arguments: [
        [
            "0613ad6f965eda32dae445508201e2bd73ab48767734d7c1c7fde805ec99108ddb5b5fab8f4d3e27dda1494c73cf256d",
            "048995f34dabb4817253edc6181879932fa91425cb0088539d2c67eda13ffe7979cb9e86830c71c2cdcc69292f45e678",
            "0e7eef15f6fa5db8656abd72fb710734986e86cb0ab8ab67a26b7f62b1852f27e3eff9c0cf44dd3f89e7d15f17362f25",
            "0124114c0f3ebdd3102b938b8743feb6d4ea65d003d716849f8558a628518867a66b0d389d95847ebd299753a7677796",
            "043620a0085433f3c8fe538cd11e6bd00eb41a8bf7882dd77fd8d738ec4aff13fafda3544cc01c39afe4d86008d2014c",
            "058573eadbaff8c0986978e7842c0adf9382fed91111ec125f0a120fbabd484a8d7333be4a406697a00d907d30b13c56",
            "0f771e08f94d00762cea4ade4256d3a4315c093f311e1a33ebeed46a4eb3bb443d8cdedf0e0f43cbba98a2d0b6e1a762",
            "09c87bf32d16687d7341d851451e0b682bd4c4bca9f6f87114037d30b2e43decda2349d095d57217eb4c9c7664a12089",
        ],
        [
            "0640129dd7a94ded97491e2370c6a5b85387f61376c468aec7321cc007b37e14998092253deffa38e12b2b8f30b17d0b",
            "0d0454d64735af1ca7a114907513923715c1d2dfa9964aef012d0ea67ff122294b4d8474a3ea284d3bd0334684e55160",
            "10698d0f3acb6266c20ba2c250b601fc4105cca7b53302fc154cd2aad7185ddaee82ec3ffee5a5b28d1fe1daff666589",
            "0223715562f28d1a4a789cb3d8b9b45c1b98fbe466809a111ba1192ec42b7170902a174f11fa2ac0079dd25a49fe85b0",
            "125745fa2af50699d436f1da5bd4498ff79501e5189b32526b12b57a560ac4edb88dceaf166df81188bbdfd399a62f20",
            "04c3a460da88c60361720ddc875a180ab4eb2ef1268e4dada36005109cfae3841a6819c18bf6e16a390265da5693cb8f",
            "01494e2bb5f6fcc7ab251633596bf985ae5807ad572ecbcfbc893514d00aa81f1fbb9ecd1e77b2ca55f6c00d45956384",
            "0992ae7c23e539e5c6286e2c2bfa8e4350715bee95a9a26a7bc46fa63d45f49a77780c6ae7ffcc2cb73da66aaf7b5483",
        ],
        [
            "1a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaaa",
            "1a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaa9",
            "0d0088f51cbff34d258dd3db21a5d66bb23ba5c279c2895fb39869507b587b120f55ffff58a9ffffdcff7fffffffd556",
            "100000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000",
            "12ff770ae3400cb2da722c24de5a29944dc45a3d863d76a04c6796af84a784edf0aa0000a75600002300800000002aaa",
            "0a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaaa",
            "0f9a3df2ef4cbd8fc6aa316d5b93ce1ad5e12d4fc54fd80c711d4b2d60d093af459a66659d98cccca2cc333333330000",
            "14cda7ee9466521508e2ec91cf6fbd791d2c3c6a5c6a7565ec270ee72bc0c4e9b2233332277666662e65999999995556",
        ],
        [
            "000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000",
            "000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000005",
            "1a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaaa",
            "000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000001",
            "1a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaa6",
            "1a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaa6",
            "000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000",
            "0f9a3df2ef4cbd8fc6aa316d5b93ce1ad5e12d4fc54fd80c711d4b2d60d093af459a66659d98cccca2cc333333330000",
        ],
    ])
    func knownProductsAndInverses(row: [String]) throws {
        let values = try row.map { try element($0) }
        let (left, right) = (Quadratic(values[0], values[1]), Quadratic(values[2], values[3]))
        #expect(left * right == Quadratic(values[4], values[5]))
        #expect(left.inverse == Quadratic(values[6], values[7]))
        #expect((left + right).squared == left.squared + right.squared + left * right + right * left)
        #expect(row.map { $0 } == values.map { hex($0) })
    }

    @Test(arguments: 0..<381) func inversesOfPowersOfTwo(exponent: Int) {
        var power = Base.one
        for _ in 0..<exponent { power = power + power }
        for value in [power, -power, power - .one, power + .one] {
            #expect(value.inverse * value == (value == .zero ? .zero : .one))
        }
    }

    @Test(arguments: 0..<200) func arithmeticLaws(seed: Int) {
        let (a, b, c) = (element(seed), element(seed + 1), element(seed + 2))
        #expect((a + b) * c == a * c + b * c)
        #expect((a * b) * c == a * (b * c))
        #expect((a + b) * (a - b) == a.squared - b.squared)
        #expect(a.inverse * a == .one)
        #expect(a - b == -(b - a))
    }

    @Test(arguments: 0..<100) func squareRoots(seed: Int) throws {
        let (a, b) = (element(seed), element(seed + 1))
        let root = try #require(a.squared.squareRoot)
        #expect(root == a || root == -a)
        // −1 is no square: exactly one of a and −a has a root.
        #expect((a.squareRoot == nil) != ((-a).squareRoot == nil))
        for value in [Quadratic(a, b), Quadratic(a, .zero), Quadratic(.zero, b)] {
            let root = try #require(value.squared.squareRoot)
            #expect(root == value || root == -value)
            if let root = value.squareRoot { #expect(root.squared == value) }
        }
        // 1 + u is no square.
        let nonresidue = Quadratic(.one, .one)
        #expect((Quadratic(a, b).squareRoot == nil) != ((Quadratic(a, b) * nonresidue).squareRoot == nil))
    }

    @Test func refusesTheModulus() throws {
        for hex in [Self.modulus, String(repeating: "f", count: 96)] {
            let bytes = try Hex.decode(hex)
            #expect(bytes.withUnsafeBytes { Base(bigEndian: $0.baseAddress!) } == nil)
        }
    }
}
