import Primitives

/// The operations of a word against the same done bit by bit.
let arithmeticFuzzer = Fuzzer(name: "arithmetic") { random in
    let (a, b, modulus) = (random.word(), random.word(), random.word())
    func check(_ operation: String, _ found: UInt256, _ expected: Bits) throws {
        guard Bits(found) == expected.extended(to: 256) else {
            throw Finding("\(operation) of \(a), \(b), \(modulus) is \(found), not \(expected)")
        }
    }
    let (x, y, m) = (Bits(a), Bits(b), Bits(modulus))
    let sum = x.extended(to: 257).adding(y)
    try check("&+", a &+ b, sum.truncated(to: 256))
    try check("&-", a &- b, x.adding(y.negated).truncated(to: 256))
    let product = x.multiplied(by: y)
    let (low, high) = a.multipliedFullWidth(by: b)
    try check("low product", low, product.truncated(to: 256))
    try check("high product", high, product.dropping(256))
    try check("&*", a &* b, product.truncated(to: 256))
    let (quotient, remainder) = y.isZero ? (Bits(0), Bits(0)) : x.divided(by: y)
    try check("/", a / b, quotient)
    try check("%", a % b, remainder)
    guard a.addingReportingCarry(b).carry == sum.bits[256], (a.adding(b) == nil) == sum.bits[256] else {
        throw Finding("the carry of \(a) + \(b) is wrong")
    }
    guard (a < b) == x.isBelow(y), (a.subtracting(b) == nil) == x.isBelow(y) else {
        throw Finding("the order of \(a) and \(b) is wrong")
    }
    try check("ADDMOD", a.adding(b, modulo: modulus), m.isZero ? Bits(0) : sum.divided(by: m).remainder)
    try check("MULMOD", a.multiplying(by: b, modulo: modulus), m.isZero ? Bits(0) : product.divided(by: m).remainder)
    try check("SDIV", a.signedDivided(by: b), signed(a, b).quotient)
    try check("SMOD", a.signedRemainder(dividingBy: b), signed(a, b).remainder)
    let count = UInt64(random.below(300))
    let zeros = [Bool](repeating: false, count: 300)
    let signs = [Bool](repeating: a.isNegative, count: 300)
    try check("<<", a << count, Bits(bits: Array((zeros.prefix(Int(count)) + x.bits).prefix(256))))
    try check(">>", a >> count, Bits(bits: Array((x.bits.dropFirst(Int(count)) + zeros).prefix(256))))
    try check(
        "SAR", a.arithmeticShiftedRight(by: count),
        Bits(bits: Array((x.bits.dropFirst(Int(count)) + signs).prefix(256))))
    guard a.bitWidth == (x.bits.lastIndex(of: true) ?? -1) + 1, UInt256(bigEndianBytes: a.bytes) == a,
        UInt256(bigEndianBytes: a.minimalBytes) == a
    else { throw Finding("the width or the bytes of \(a) are wrong") }
}

/// Quotient and remainder of the two's complement reading, through the magnitudes.
private func signed(_ a: UInt256, _ b: UInt256) -> (quotient: Bits, remainder: Bits) {
    if b.isZero { return (Bits(0), Bits(0)) }
    func magnitude(_ value: UInt256) -> Bits { value.isNegative ? Bits(value).negated : Bits(value) }
    let (quotient, remainder) = magnitude(a).divided(by: magnitude(b))
    return (
        a.isNegative != b.isNegative ? quotient.negated : quotient, a.isNegative ? remainder.negated : remainder
    )
}

/// A number as bits, lowest first: slow, and too simple to be wrong.
private struct Bits: Equatable, CustomStringConvertible {
    var bits: [Bool]

    init(bits: [Bool]) { self.bits = bits }

    init(_ value: UInt256) {
        bits = [value.limb0, value.limb1, value.limb2, value.limb3].flatMap { limb in
            (0..<64).map { limb >> UInt64($0) & 1 == 1 }
        }
    }

    var isZero: Bool { !bits.contains(true) }
    var description: String { "0b" + bits.reversed().map { $0 ? "1" : "0" }.joined() }

    func extended(to count: Int) -> Bits {
        Bits(bits: bits + [Bool](repeating: false, count: max(0, count - bits.count)))
    }

    func truncated(to count: Int) -> Bits { Bits(bits: Array(bits.prefix(count))) }
    func dropping(_ count: Int) -> Bits { Bits(bits: Array(bits.dropFirst(count))) }

    /// The sum modulo two to the number of bits of `self`.
    func adding(_ other: Bits) -> Bits {
        var result = self
        var carry = false
        for index in bits.indices {
            let (a, b) = (bits[index], index < other.bits.count && other.bits[index])
            result.bits[index] = (a != b) != carry
            carry = (a && b) || (carry && (a || b))
        }
        return result
    }

    var negated: Bits { Bits(bits: bits.map { !$0 }).adding(Bits(bits: [true])) }

    func isBelow(_ other: Bits) -> Bool {
        for index in bits.indices.reversed() where bits[index] != other.bits[index] { return other.bits[index] }
        return false
    }

    func multiplied(by other: Bits) -> Bits {
        var result = [Bool](repeating: false, count: bits.count + other.bits.count)
        for shift in other.bits.indices where other.bits[shift] {
            var carry = false
            for index in 0..<result.count - shift {
                let (a, b) = (result[shift + index], index < bits.count && bits[index])
                if index >= bits.count && !carry { break }
                result[shift + index] = (a != b) != carry
                carry = (a && b) || (carry && (a || b))
            }
        }
        return Bits(bits: result)
    }

    /// Long division by a divisor that is not zero.
    func divided(by divisor: Bits) -> (quotient: Bits, remainder: Bits) {
        let width = divisor.bits.count + 1
        let (wide, minus) = (divisor.extended(to: width), divisor.extended(to: width).negated)
        var quotient = self
        var remainder = Bits(bits: [Bool](repeating: false, count: width))
        for index in bits.indices.reversed() {
            remainder.bits.removeLast()
            remainder.bits.insert(bits[index], at: 0)
            let isBelow = remainder.isBelow(wide)
            quotient.bits[index] = !isBelow
            if !isBelow { remainder = remainder.adding(minus) }
        }
        return (quotient.truncated(to: 256), remainder.truncated(to: divisor.bits.count))
    }
}
