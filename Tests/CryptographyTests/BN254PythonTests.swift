import Foundation
import Primitives
import Testing

@testable import Cryptography

/// The same by py_ecc, on other numbers in each run.
@Suite(.enabled(if: PyECC.isThere, "set MAYFLY_PYTHON to an interpreter that has py_ecc"))
struct BN254PythonTests {
    private func hex(_ bytes: [UInt8]) -> String { String(decoding: Hex.ascii(bytes), as: UTF8.self) }

    @Test func sameAsPyECC() throws {
        let seed = Array(Hash256(UInt256(UInt64.random(in: 1...(.max)))).bytes)
        let lines = try #require(PyECC.run(PyECC.script, hex(seed))).split(separator: "\n").map(String.init)
        func number(_ kind: UInt8, _ index: Int) -> UInt256 {
            UInt256(SHA256.hash(seed + [kind, UInt8(index)]))
        }
        var ours: [String] = []
        let digest = Hash256(number(0, 0))
        for index in 0..<6 { ours.append(hex(BN254.hashToG1(Hash256(number(0, index))).bytes)) }
        let secrets = try (0..<4).map { try #require(BN254SecretKey(number(1, $0) % BN254.groupOrder)) }
        for secret in secrets { ours.append(hex(secret.publicKey.bytes)) }
        for secret in secrets { ours.append(hex(secret.sign(digest).bytes)) }
        let key = try #require(BN254PublicKey.aggregate(secrets.map(\.publicKey)))
        let signature = try #require(BN254Signature.aggregate(secrets.map { $0.sign(digest) }))
        ours.append(hex(key.bytes))
        ours.append(hex(signature.bytes))
        for count in [3, 20] {
            let points = (0..<count).map { number(2, $0) }
            let scalars = (0..<count).map { number(3, $0) }
            let g1 = points.map { BN254.G1.generator.multiplied(by: $0) }
            let g2 = points.map { BN254.G2.generator.multiplied(by: $0) }
            ours.append(hex(BN254.G1.sum(of: g1, scalars: scalars).bytes))
            ours.append(hex(BN254.G2.sum(of: g2, scalars: scalars).bytes))
        }
        // e(aG, bG)·e(cG, dG)·e(−(ab + cd)G, G) for random points; then with another c.
        let (a, b, exponent, d) = (number(4, 0), number(4, 1), number(4, 2), number(4, 3))
        func pairs(_ c: UInt256) -> [(g1: BN254.G1, g2: BN254.G2)] {
            // ab + cd in the exponent, made of points.
            let g = BN254.G1.generator
            let last = g.multiplied(by: a).multiplied(by: b) + g.multiplied(by: exponent).multiplied(by: d)
            return [
                (g.multiplied(by: a), BN254.G2.generator.multiplied(by: b)),
                (g.multiplied(by: c), BN254.G2.generator.multiplied(by: d)), (-last, .generator),
            ]
        }
        ours.append(BN254.isPairingProductOne(pairs(exponent)) ? "True" : "False")
        ours.append(BN254.isPairingProductOne(pairs(exponent &+ .one)) ? "True" : "False")
        ours.append(signature.isValid(for: digest, by: key) ? "True" : "False")
        #expect(lines == ours)
        #expect(ours.suffix(3) == ["True", "False", "True"])
    }
}

private enum PyECC {
    private static let interpreter = ProcessInfo.processInfo.environment["MAYFLY_PYTHON"]

    static let isThere = interpreter != nil && run("import py_ecc.optimized_bn128", "") != nil

    /// What a script prints with an argument; nil where it fails.
    static func run(_ script: String, _ argument: String) -> String? {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [interpreter ?? "python3", "-c", script, argument]
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return nil }
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return process.terminationStatus == 0 ? String(decoding: output, as: UTF8.self) : nil
    }

    /// Prints what the test computes, from the same seed.
    static let script = """
        import sys, hashlib
        from py_ecc.optimized_bn128 import *
        from py_ecc.optimized_bn128 import field_modulus as p, curve_order as r

        seed = bytes.fromhex(sys.argv[1])
        def number(kind, index):
            return int.from_bytes(hashlib.sha256(seed + bytes([kind, index])).digest(), "big")
        def one(point):
            x, y = normalize(point)
            return "".join("%064x" % int(v) for v in (x, y))
        def two(point):
            x, y = normalize(point)
            return "".join("%064x" % int(v) for c in (x, y) for v in reversed(c.coeffs))
        def hashed(digest):
            x = digest % p
            while True:
                square = (x**3 + 3) % p
                y = pow(square, (p + 1) // 4, p)
                if y * y % p == square:
                    return (FQ(x), FQ(y), FQ(1))
                x = (x + 1) % p
        def total(points):
            result = points[0]
            for point in points[1:]:
                result = add(result, point)
            return result
        message = hashed(number(0, 0))
        for index in range(6):
            print(one(hashed(number(0, index))))
        secrets = [number(1, index) % r for index in range(4)]
        for secret in secrets:
            print(one(multiply(G1, secret)) + two(multiply(G2, secret)))
        for secret in secrets:
            print(one(multiply(message, secret)))
        key = total([multiply(G2, secret) for secret in secrets])
        signature = total([multiply(message, secret) for secret in secrets])
        print(one(total([multiply(G1, secret) for secret in secrets])) + two(key))
        print(one(signature))
        for count in (3, 20):
            for group, write in ((G1, one), (G2, two)):
                print(write(total([
                    multiply(multiply(group, number(2, i) % r), number(3, i) % r) for i in range(count)])))
        a, b, c, d = (number(4, index) for index in range(4))
        def product(*pairs):
            f = FQ12.one()
            for g1, g2 in pairs:
                f = f * pairing(g2, g1, final_exponentiate=False)
            return final_exponentiate(f) == FQ12.one()
        last = neg(multiply(G1, (a * b + c * d) % r))
        for factor in (c, c + 1):
            print(product(
                (multiply(G1, a % r), multiply(G2, b % r)), (multiply(G1, factor % r), multiply(G2, d % r)), (last, G2)))
        print(product((neg(signature), G2), (message, key)))
        """
}
