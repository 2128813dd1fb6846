import Primitives

extension BLS12381Field {
    /// The element of a small number.
    init(_ value: UInt64) { self = Self(montgomery: value, 0, 0, 0, 0, 0) * .montgomerySquare }

    /// The element of 48 big-endian bytes; nil where the number is not below p.
    package init?(bigEndian bytes: UnsafeRawPointer) {
        let limbs = Self(uncheckedBigEndian: bytes)
        guard limbs.subtractingLimbs(.modulus).borrow == 1 else { return nil }
        self = limbs * .montgomerySquare
    }

    /// A number of 64 big-endian bytes, reduced modulo p (the step of `hash_to_field`, RFC 9380, section 5.2).
    package init(reducingBigEndian bytes: UnsafeRawPointer) {
        // The upper 32 bytes times 2²⁵⁶, plus the lower 32. The factors are 2²⁵⁶·R² and R² modulo p.
        let high = Self(words: bytes)
        let low = Self(words: bytes + 32)
        let factor = Self(
            montgomery: 0xFB73_EAEA_D26E_BE58, 0x861C_2369_3DE6_A351, 0x76E5_BC3F_F951_C543, 0xCC08_68CE_6A76_590C,
            0xF0A8_5A3F_3544_6D0B, 0x0010_A8C1_A49A_064F)
        self = high * factor + low * .montgomerySquare
    }

    /// Four limbs from 32 big-endian bytes.
    private init(words bytes: UnsafeRawPointer) {
        let value = UInt256(bigEndian: bytes)
        self.init(montgomery: value.limb0, value.limb1, value.limb2, value.limb3, 0, 0)
    }

    /// Six limbs from 48 big-endian bytes.
    private init(uncheckedBigEndian bytes: UnsafeRawPointer) {
        func limb(_ offset: Int) -> UInt64 {
            UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
        }
        self.init(montgomery: limb(40), limb(32), limb(24), limb(16), limb(8), limb(0))
    }

    /// The limbs of the number below p.
    var canonicalLimbs: Self { self * Self(montgomery: 1, 0, 0, 0, 0, 0) }

    /// Writes 48 big-endian bytes.
    package func storeBigEndian(to bytes: UnsafeMutableRawPointer) {
        let limbs = canonicalLimbs
        bytes.storeBytes(of: limbs.limb5.bigEndian, as: UInt64.self)
        bytes.storeBytes(of: limbs.limb4.bigEndian, toByteOffset: 8, as: UInt64.self)
        bytes.storeBytes(of: limbs.limb3.bigEndian, toByteOffset: 16, as: UInt64.self)
        bytes.storeBytes(of: limbs.limb2.bigEndian, toByteOffset: 24, as: UInt64.self)
        bytes.storeBytes(of: limbs.limb1.bigEndian, toByteOffset: 32, as: UInt64.self)
        bytes.storeBytes(of: limbs.limb0.bigEndian, toByteOffset: 40, as: UInt64.self)
    }

    /// Whether the number is odd (`sgn0` of RFC 9380, section 4.1).
    var isOdd: Bool { canonicalLimbs.limb0 & 1 != 0 }

    /// Whether the number is above (p − 1)/2, so that it is the greater of itself and its negation.
    var isGreaterHalf: Bool {
        let limbs = canonicalLimbs
        let half = Self(
            montgomery: 0xDCFF_7FFF_FFFF_D556, 0x0F55_FFFF_58A9_FFFF, 0xB398_6950_7B58_7B12, 0xB23B_A5C2_79C2_895F,
            0x258D_D3DB_21A5_D66B, 0x0D00_88F5_1CBF_F34D)
        return limbs.subtractingLimbs(half).borrow == 0
    }
}
