public import Primitives

/// Amounts as people write them.
public enum Wei {
    /// In ether, exactly: `1.5`, `0.000000000000000001`.
    public static func ether(_ wei: UInt256) -> String { decimal(wei, decimals: 18) }

    /// A number of smallest units with so many decimals, exactly.
    public static func decimal(_ amount: UInt256, decimals: Int) -> String {
        var digits = digits(amount)
        guard decimals > 0 else { return digits }
        if digits.count <= decimals {
            digits = String(repeating: "0", count: decimals + 1 - digits.count) + digits
        }
        let fraction = digits.suffix(decimals).reversed().drop { $0 == "0" }.reversed()
        let whole = String(digits.dropLast(decimals))
        return fraction.isEmpty ? whole : "\(whole).\(String(fraction))"
    }

    /// The decimal digits.
    public static func digits(_ value: UInt256) -> String {
        guard !value.isZero else { return "0" }
        var digits: [Character] = []
        var rest = value
        while !rest.isZero {
            let (quotient, remainder) = rest.quotientAndRemainder(dividingBy: 10)
            digits.append(Character(Unicode.Scalar(UInt8(48 + remainder.limb0))))
            rest = quotient
        }
        return String(digits.reversed())
    }

    /// Smallest units of an amount such as `1.5`; nil where it is no number, has too many decimals, or is too large.
    public static func amount(_ text: String, decimals: Int = 18) -> UInt256? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count <= 2, let whole = parts.first, decimals <= 77 else { return nil }
        let fraction = parts.count == 2 ? parts[1] : ""
        guard !(whole.isEmpty && fraction.isEmpty), fraction.count <= decimals else { return nil }
        var value: UInt256 = 0
        let zeros = String(repeating: "0", count: decimals - fraction.count)
        for digit in whole + fraction + zeros {
            guard digit.isASCII, let number = digit.wholeNumberValue,
                let next = value.multiplying(10)?.adding(UInt256(number))
            else { return nil }
            value = next
        }
        return value
    }
}
