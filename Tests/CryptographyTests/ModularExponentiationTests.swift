import Cryptography
import Primitives
import Testing

@Suite struct ModularExponentiationTests {
    @Test func knownPowers() throws {
        let fields = try modularPowers.split(separator: "\n", omittingEmptySubsequences: false).map {
            try Hex.decode(String($0))
        }
        #expect(fields.count % 4 == 0 && fields.count > 100)
        for row in stride(from: 0, to: fields.count, by: 4) {
            let result = power(fields[row], fields[row + 1], fields[row + 2])
            #expect(result == fields[row + 3], "row \(row)")
        }
    }

    /// Against plain square and multiply, for every length of up to 32 bytes.
    @Test(arguments: 1...32) func likeSquareAndMultiply(count: Int) {
        var state = UInt64(count)
        for round in 0..<60 {
            let base = bytes(count &+ round % 7, &state)
            let exponent = bytes(round % 40, &state)
            var modulus = bytes(count, &state)
            if round % 4 == 0 { modulus[count - 1] &= 0xF0 }
            if round % 5 == 0 { modulus[0] = 0xFF }
            if round % 7 == 0 { modulus = [0x80 &>> UInt8(round % 8)] + [UInt8](repeating: 0, count: count - 1) }
            var expected = UInt256.zero
            let number = word(modulus)
            if !number.isZero {
                expected = UInt256.one % number
                let reduced = base.reduce(UInt256.zero) { sum, byte in
                    sum.multiplying(by: 256, modulo: number).adding(UInt256(UInt64(byte)), modulo: number)
                }
                for byte in exponent {
                    for bit in (0..<8).reversed() {
                        expected = expected.multiplying(by: expected, modulo: number)
                        if byte >> bit & 1 == 1 { expected = expected.multiplying(by: reduced, modulo: number) }
                    }
                }
            }
            #expect(power(base, exponent, modulus) == Array(expected.bytes.suffix(count)))
        }
    }

    /// (xᵃ)ᵇ = xᵃᵇ, for moduli with limbs of ones and zeros, which carry and borrow the furthest.
    @Test(arguments: 0..<64) func powersOfPowers(seed: UInt64) {
        var state = seed
        let count = 16 + Int(seed) * 3
        var modulus = [UInt8](repeating: 0, count: count)
        for start in stride(from: 0, to: count, by: 8) {
            let kind = bytes(1, &state)[0] % 3
            for index in start..<min(count, start + 8) {
                modulus[index] = kind == 0 ? 0 : kind == 1 ? 0xFF : bytes(1, &state)[0]
            }
        }
        let base = [UInt8](repeating: 0xFF, count: count + 5)
        let inner = power(base, [0x01, 0x03], modulus)
        #expect(power(inner, [0x00, 0x11], modulus) == power(base, [0x11, 0x33], modulus))
    }

    @Test func edges() {
        #expect(power([3], [2], []) == [])
        #expect(power([3], [2], [0, 0]) == [0, 0])
        #expect(power([3], [], [0, 1]) == [0, 0])
        #expect(power([], [], [0, 2]) == [0, 1])
        #expect(power([0, 0], [0], [9]) == [1])
        #expect(power([], [1], [9]) == [0])
    }

    private func power(_ base: [UInt8], _ exponent: [UInt8], _ modulus: [UInt8]) -> [UInt8] {
        base.withUnsafeBytes { base in
            exponent.withUnsafeBytes { exponent in
                modulus.withUnsafeBytes { modulus in
                    ModularExponentiation.power(base: base, exponent: exponent, modulus: modulus)
                }
            }
        }
    }

    private func word(_ bytes: [UInt8]) -> UInt256 {
        let padded = [UInt8](repeating: 0, count: 32 - bytes.count) + bytes
        return padded.withUnsafeBytes { UInt256(bigEndian: $0.baseAddress!) }
    }

    private func bytes(_ count: Int, _ state: inout UInt64) -> [UInt8] {
        (0..<count).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return UInt8(truncatingIfNeeded: state >> 56)
        }
    }
}
