import Primitives

/// Values of the core, of sizes that codecs and arithmetic tell apart.
extension SplitMix {
    /// A number with any number of bits.
    mutating func number() -> UInt64 { next() >> UInt64(below(64)) }

    /// A word with any number of bits, now and then next to a power of two.
    mutating func word() -> UInt256 {
        switch below(8) {
        case 0: return UInt256(UInt64(below(4)))
        case 1: return (UInt256.one << UInt64(below(256))) &- UInt256(UInt64(below(3)))
        case 2: return UInt256.max &- UInt256(UInt64(below(4)))
        case 3: return UInt256(limbs: limb(), limb(), limb(), limb())
        default: return UInt256(limbs: next(), next(), next(), next()) >> UInt64(below(257))
        }
    }

    /// A limb that is often all zeros or all ones.
    private mutating func limb() -> UInt64 {
        switch below(4) {
        case 0: 0
        case 1: .max
        case 2: 1 << UInt64(below(64))
        default: next()
        }
    }

    mutating func hash() -> Hash256 { Hash256(UInt256(limbs: next(), next(), next(), next())) }

    mutating func address() -> Address { Address(truncating: UInt256(hash())) }

    /// True once in `count` times.
    mutating func oneIn(_ count: Int) -> Bool { below(count) == 0 }

    /// An element of a list that is not empty.
    mutating func pick<Element>(_ elements: [Element]) -> Element { elements[below(elements.count)] }
}
