import Primitives

/// The arithmetic of a finite field, as curves and extensions need it.
///
/// The operators wrap nothing: every result is reduced. Generic code over fields is specialised inside this module.
protocol Field: Equatable, Sendable, BitwiseCopyable {
    static var zero: Self { get }
    static var one: Self { get }
    var isZero: Bool { get }
    static func + (left: Self, right: Self) -> Self
    static func - (left: Self, right: Self) -> Self
    static func * (left: Self, right: Self) -> Self
    static prefix func - (value: Self) -> Self
    var doubled: Self { get }
    var squared: Self { get }
    /// The multiplicative inverse; zero for zero. Not for secret values.
    var inverse: Self { get }
}

extension Field {
    /// The power with an exponent given as limbs, least significant first. Not for secret exponents.
    func power(_ exponent: [UInt64]) -> Self {
        // Windows of four bits.
        var table: (Self, Self, Self, Self, Self, Self, Self, Self, Self, Self, Self, Self, Self, Self, Self, Self)
        table = (.one, self, squared, .one, .one, .one, .one, .one, .one, .one, .one, .one, .one, .one, .one, .one)
        return withUnsafeMutableBytes(of: &table) { bytes in
            let powers = bytes.baseAddress!.assumingMemoryBound(to: Self.self)
            for index in 3..<16 { powers[index] = powers[index - 1] * self }
            var result = Self.one
            var started = false
            for limb in exponent.reversed() {
                for shift in stride(from: UInt64(60), through: 0, by: -4) {
                    if started { result = result.squared.squared.squared.squared }
                    let digit = Int((limb &>> shift) & 15)
                    if digit != 0 {
                        result = started ? result * powers[digit] : powers[digit]
                        started = true
                    }
                }
            }
            return result
        }
    }

    var cubed: Self { squared * self }
}

/// Inverts many elements with one inversion (Montgomery's trick); zeros stay zero.
func invertAll<F: Field>(_ elements: inout [F]) {
    var products: [F] = []
    products.reserveCapacity(elements.count)
    var product = F.one
    for element in elements {
        products.append(product)
        if !element.isZero { product = product * element }
    }
    var inverse = product.inverse
    for index in elements.indices.reversed() where !elements[index].isZero {
        let element = elements[index]
        elements[index] = inverse * products[index]
        inverse = inverse * element
    }
}
