import Primitives
import Testing

/// A generator with a fixed seed, so that a failure repeats.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
    /// A word whose limbs are often all zeros, all ones or one bit, where carries break.
    mutating func word() -> UInt256 {
        var limbs: [UInt64] = []
        for _ in 0..<4 {
            switch next() % 6 {
            case 0: limbs.append(0)
            case 1: limbs.append(.max)
            case 2: limbs.append(1 << (next() % 64))
            default: limbs.append(next())
            }
        }
        return UInt256(limbs: limbs[0], limbs[1], limbs[2], limbs[3]) >> (next() % 3 == 0 ? next() % 256 : 0)
    }
}

@Suite struct UInt256Tests {
    @Test func divisionInvertsMultiplication() {
        var random = SplitMix(state: 1)
        for _ in 0..<200_000 {
            let (a, b) = (random.word(), random.word())
            let (q, r) = a.quotientAndRemainder(dividingBy: b)
            if b.isZero {
                #expect(q.isZero && r.isZero)
                continue
            }
            let (low, high) = q.multipliedFullWidth(by: b)
            let (sum, carry) = low.addingReportingCarry(r)
            #expect(r < b && high.isZero && !carry && sum == a, "\(a) / \(b)")
        }
    }

    @Test func modularProductAgreesWithDoubleAndAdd() {
        var random = SplitMix(state: 2)
        for _ in 0..<2_000 {
            let (a, b, m) = (random.word(), random.word(), random.word())
            if m.isZero { continue }
            var expected = UInt256.zero
            for index in (0..<256).reversed() {
                expected = expected.adding(expected, modulo: m)
                if b.bit(index) { expected = expected.adding(a % m, modulo: m) }
            }
            #expect(a.multiplying(by: b, modulo: m) == expected, "\(a) \(b) \(m)")
        }
    }

    @Test func modularSumAgreesWithSubtraction() {
        var random = SplitMix(state: 3)
        for _ in 0..<50_000 {
            let (a, b, m) = (random.word(), random.word(), random.word())
            if m.isZero { continue }
            let (x, y) = (a % m, b % m)
            let expected = x >= m &- y && !y.isZero ? x &- (m &- y) : x &+ y
            #expect(a.adding(b, modulo: m) == expected, "\(a) \(b) \(m)")
        }
    }

    @Test func reciprocalIsExact() {
        var random = SplitMix(state: 4)
        for _ in 0..<100_000 {
            let d = random.word().limb0 | (1 << 63)
            #expect(reciprocal(d) == d.dividingFullWidth((~d, .max)).quotient, "\(d)")
        }
    }

    @Test func shiftsComposeFromSingleBits() {
        var random = SplitMix(state: 5)
        for _ in 0..<2_000 {
            let a = random.word()
            let count = random.next() % 300
            var (left, right, arithmetic) = (a, a, a)
            for _ in 0..<count {
                left = left &+ left
                right = right >> 1
                arithmetic = (arithmetic >> 1) | (arithmetic & (UInt256.one << 255))
            }
            #expect(a << count == left)
            #expect(a >> count == right)
            #expect(a.arithmeticShiftedRight(by: count) == arithmetic)
        }
    }

    @Test func bytesRoundTrip() {
        var random = SplitMix(state: 6)
        for _ in 0..<2_000 {
            let a = random.word()
            #expect(UInt256(bigEndianBytes: a.bytes) == a)
            #expect(UInt256(bigEndianBytes: a.minimalBytes) == a)
            #expect(UInt256(Hash256(a)) == a)
            #expect(UInt256(Address(truncating: a)) == a & (UInt256.max >> 96))
        }
    }

    @Test func signedDivisionFollowsTheYellowPaper() {
        let minimum = UInt256.one << 255
        #expect(minimum.signedDivided(by: .max) == minimum)
        #expect(UInt256(7).negated.signedDivided(by: 2) == UInt256(3).negated)
        #expect(UInt256(7).negated.signedRemainder(dividingBy: 2) == UInt256(1).negated)
        #expect(UInt256(7).signedRemainder(dividingBy: UInt256(2).negated) == 1)
    }
}
