import Primitives
import Testing

struct PowerTests {
    /// The definition, bit by bit.
    private func power(_ base: UInt256, _ exponent: UInt256) -> UInt256 {
        var result = UInt256.one
        for bit in (0..<256).reversed() {
            result = result &* result
            if exponent.bit(bit) { result = result &* base }
        }
        return result
    }

    @Test func agreesWithTheDefinition() {
        var state: UInt64 = 7
        func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state ^ (state >> 29)
        }
        for round in 0..<2_000 {
            let base = UInt256(limbs: next(), next(), next(), next()) >> (next() % 256)
            let exponent = UInt256(limbs: next(), next(), next(), next()) >> (next() % 257)
            #expect(base.squared == base &* base)
            #expect(UInt256.power(base, exponent) == power(base, exponent), "\(round)")
        }
    }

    @Test func edges() {
        let bases: [UInt256] = [0, 1, 2, 3, 4, 256, .max, .one << 255, .one << 128]
        let exponents: [UInt256] = [0, 1, 2, 3, 7, 63, 64, 65, 127, 128, 255, 256, 257, .one << 64, .max]
        for base in bases {
            for exponent in exponents { #expect(UInt256.power(base, exponent) == power(base, exponent)) }
        }
    }
}
