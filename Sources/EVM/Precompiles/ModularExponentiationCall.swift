import Cryptography
import Primitives

/// The input of the modular exponentiation precompile: three lengths and three numbers, zeros beyond its end (EIP-198).
struct ModularExponentiationCall {
    let input: UnsafeRawBufferPointer
    let baseCount: UInt256
    let exponentCount: UInt256
    let modulusCount: UInt256

    init(_ input: UnsafeRawBufferPointer) {
        self.input = input
        baseCount = input.paddedWord(at: 0)
        exponentCount = input.paddedWord(at: 32)
        modulusCount = input.paddedWord(at: 64)
    }

    /// The gas (EIP-198, EIP-2565, EIP-7883), or nil where a length is over the limit (EIP-7823) or the gas over
    /// 2⁶³.
    func gas(in revision: Revision) -> Int64? {
        if revision >= .osaka {
            guard baseCount <= 1_024, exponentCount <= 1_024, modulusCount <= 1_024 else { return nil }
        }
        return price(in: revision)
    }

    /// The gas as if there were no limit to the lengths.
    func price(in revision: Revision) -> Int64? {
        let isEmpty = baseCount.isZero && modulusCount.isZero
        guard let complexity = isEmpty ? emptyComplexity(revision) : complexity(revision) else { return nil }
        let minimum: Int64 = revision >= .osaka ? 500 : revision >= .berlin ? 200 : 0
        if complexity.isZero { return minimum }
        guard let iterations = iterations(revision), let product = complexity.multiplying(iterations) else {
            return nil
        }
        let gas = product / (revision >= .osaka ? 1 : revision >= .berlin ? 3 : 20)
        guard gas.fitsUInt64, gas.limb0 <= UInt64(Int64.max) else { return nil }
        return max(minimum, Int64(gas.limb0))
    }

    private func emptyComplexity(_ revision: Revision) -> UInt256? { revision >= .osaka ? 16 : 0 }

    /// The price of one multiplication of numbers as long as the longer of base and modulus.
    private func complexity(_ revision: Revision) -> UInt256? {
        let count = max(baseCount, modulusCount)
        guard count.fitsUInt64 else { return nil }
        if revision >= .berlin {
            if revision >= .osaka && count <= 32 { return 16 }
            let words = (count &+ 7) / 8
            return revision >= .osaka ? words &* words &* 2 : words &* words
        }
        let square = count &* count
        if count <= 64 { return square }
        if count <= 1_024 { return square / 4 &+ 96 &* count &- 3_072 }
        return square / 16 &+ 480 &* count &- 199_680
    }

    /// How often the exponent makes multiply, 1 at least: its bits after the first, those beyond 32 bytes by length.
    private func iterations(_ revision: Revision) -> UInt256? {
        let headCount = Int(min(exponentCount, 32).limb0)
        var head = UInt256.zero
        if baseCount < UInt256(max(0, input.count - 96)) {
            head = input.paddedWord(at: 96 + Int(baseCount.limb0)) >> UInt64(256 - 8 * headCount)
        }
        var iterations = UInt256(UInt64(max(0, head.bitWidth - 1)))
        if exponentCount > 32 {
            guard let tail = (exponentCount &- 32).multiplying(revision >= .osaka ? 16 : 8),
                let sum = iterations.adding(tail)
            else { return nil }
            iterations = sum
        }
        return max(iterations, .one)
    }

    /// The power, in as many bytes as the modulus. The gas has been paid, so that the result is small.
    func run() -> [UInt8] {
        guard modulusCount.fitsUInt64, modulusCount.limb0 <= UInt64(Int64.max) else { return [] }
        let count = Int(modulusCount.limb0)
        let numbers = UnsafeRawBufferPointer(rebasing: input.dropFirst(96))
        // Where the modulus begins beyond the input it is zero, however long base and exponent are.
        let available = UInt256(UInt64(numbers.count))
        guard count > 0, baseCount < available, exponentCount < available &- baseCount else {
            return [UInt8](repeating: 0, count: count)
        }
        let base = UnsafeRawBufferPointer(rebasing: numbers.prefix(Int(baseCount.limb0)))
        let tail = UnsafeRawBufferPointer(rebasing: numbers.dropFirst(base.count))
        let exponent = UnsafeRawBufferPointer(rebasing: tail.prefix(Int(exponentCount.limb0)))
        let modulus = tail.paddedBytes(at: exponent.count, count: count)
        return modulus.withUnsafeBytes { modulus in
            ModularExponentiation.power(base: base, exponent: exponent, modulus: modulus)
        }
    }
}

extension UnsafeRawBufferPointer {
    /// `count` bytes from `offset`, zeros beyond the end.
    func paddedBytes(at offset: Int, count: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        if offset < self.count {
            let copied = Swift.min(count, self.count - offset)
            for index in 0..<copied { bytes[index] = self[offset + index] }
        }
        return bytes
    }

    /// The big-endian number in 32 bytes from `offset`, zeros beyond the end.
    func paddedWord(at offset: Int) -> UInt256 {
        if let base = baseAddress, offset <= count - 32 { return UInt256(bigEndian: base + offset) }
        var value = UInt256.zero
        for index in offset..<(offset + 32) {
            value = (value << 8) | UInt256(UInt64(index < count ? self[index] : 0))
        }
        return value
    }
}
