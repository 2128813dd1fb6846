import EVM
import Primitives

/// Operands of modular exponentiation of all shapes that a price may have overlooked.
enum ModularExponentiationCases {
    static func cases(_ revision: Revision) -> [PrecompileCase] {
        var cases: [PrecompileCase] = []
        for count in [1, 2, 3, 4, 8, 9, 16, 17, 24, 32, 33, 64, 128, 192, 256, 1_024, 4_096, 16_384, 65_536] {
            if revision >= .osaka && count > 1_024 { continue }
            for modulus in Modulus.allCases {
                for exponent in exponents(revision, count) {
                    cases.append(call(revision, base: count, exponent, count, modulus))
                }
            }
            // Base and modulus of different lengths.
            for other in [1, 8, count / 2, count - 1] where other > 0 && other < count {
                for exponent in [[UInt8(1)], [3], [UInt8](repeating: 0xFF, count: 32)] {
                    if exponent.count * count > 100_000 { continue }
                    cases.append(call(revision, base: count, exponent, other, .odd))
                    cases.append(call(revision, base: count, exponent, other, .halfEven))
                    cases.append(call(revision, base: other, exponent, count, .odd))
                }
            }
        }
        return cases
    }

    private enum Modulus: CaseIterable {
        case odd
        /// All bits but the lowest.
        case even
        /// The lower half zero.
        case halfEven
        case powerOfTwo
        /// One limb of odd bits above zeros.
        case nearPowerOfTwo

        func bytes(_ count: Int) -> [UInt8] {
            var bytes = pseudorandomBytes(count, seed: 7)
            bytes[0] |= 0x80
            switch self {
            case .odd: bytes[count - 1] |= 1
            case .even: bytes[count - 1] &= 0xFE
            case .halfEven: for index in (count - count / 2)..<count { bytes[index] = 0 }
            case .powerOfTwo: bytes = [0x80] + [UInt8](repeating: 0, count: count - 1)
            case .nearPowerOfTwo: for index in 0..<count where index >= 8 || index > count / 2 { bytes[index] = 0 }
            }
            return bytes
        }
    }

    /// Exponents that cost little (one iteration) to much; long ones only where a block could pay for them.
    private static func exponents(_ revision: Revision, _ count: Int) -> [[UInt8]] {
        var exponents: [[UInt8]] = [[], [1], [2], [3], [0xFF], [0x01, 0x00, 0x01]]
        for length in [32, 33, 64, 256, 1_024, 16_384, 1_000_000] {
            if revision >= .osaka && length > 1_024 { continue }
            if length * count * count > 1 << 26 || (count > 64 && length > 1_024) { continue }
            exponents.append([UInt8](repeating: 0xFF, count: length))
            // The price of the bytes below the highest 32 does not depend on what they hold.
            if length > 32 {
                exponents.append([UInt8](repeating: 0, count: 32) + [UInt8](repeating: 0xFF, count: length - 32))
            }
        }
        return exponents
    }

    private static func call(
        _ revision: Revision, base: Int, _ exponent: [UInt8], _ modulus: Int, _ kind: Modulus
    ) -> PrecompileCase {
        let lengths = [base, exponent.count, modulus].flatMap { UInt256(UInt64($0)).bytes }
        let head = exponent.first.map { $0 == 0 ? "00…" : String($0, radix: 16) } ?? ""
        return PrecompileCase(
            name: "base \(base), exponent \(exponent.count) (\(head)), \(kind) modulus \(modulus) bytes",
            precompile: .modularExponentiation, revision: revision,
            input: lengths + [UInt8](repeating: 0xFE, count: base) + exponent + kind.bytes(modulus))
    }
}
