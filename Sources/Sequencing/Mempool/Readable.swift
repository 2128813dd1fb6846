import Cryptography
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

extension Address {
    /// The address with the case of its letters as a checksum (EIP-55).
    package var checksummed: String {
        let digits = Array(Hex.encode(bytes).utf8.dropFirst(2))
        let hash = Keccak256.hash(digits).bytes
        var text: [UInt8] = [0x30, 0x78]
        for (index, digit) in digits.enumerated() {
            let nibble = index % 2 == 0 ? hash[index / 2] >> 4 : hash[index / 2] & 15
            text.append(digit >= 0x61 && nibble >= 8 ? digit - 32 : digit)
        }
        return String(decoding: text, as: UTF8.self)
    }
}
