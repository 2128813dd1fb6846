package import Primitives

extension UInt256 {
    /// The number in decimal digits.
    package var decimal: String {
        if let small = asUInt64 { return String(small) }
        let unit = UInt256(10_000_000_000_000_000_000)
        var parts: [String] = []
        var rest = self
        while !rest.isZero {
            let (quotient, remainder) = rest.quotientAndRemainder(dividingBy: unit)
            let digits = String(remainder.limb0)
            parts.append(quotient.isZero ? digits : String(repeating: "0", count: 19 - digits.count) + digits)
            rest = quotient
        }
        return parts.reversed().joined()
    }
}
