import Primitives

/// The order of the groups of BLS12-381: the prime that EIP-4844 calls `BLS_MODULUS`.
enum BLS12381ScalarModulus: Modulus256 {
    @inline(__always) static var modulus: UInt256 {
        UInt256(limbs: 0xFFFF_FFFF_0000_0001, 0x53BD_A402_FFFE_5BFE, 0x3339_D808_09A1_D805, 0x73ED_A753_299D_7D48)
    }
    @inline(__always) static var negatedInverse: UInt64 { 0xFFFF_FFFE_FFFF_FFFF }
    @inline(__always) static var montgomeryOne: UInt256 {
        UInt256(limbs: 0x0000_0001_FFFF_FFFE, 0x5884_B7FA_0003_4802, 0x998C_4FEF_ECBC_4FF5, 0x1824_B159_ACC5_056F)
    }
    @inline(__always) static var montgomerySquare: UInt256 {
        UInt256(limbs: 0xC999_E990_F3F2_9C6D, 0x2B6C_EDCB_8792_5C23, 0x05D3_1496_7254_398F, 0x0748_D9D9_9F59_FF11)
    }
}

/// An integer modulo the order of the groups of BLS12-381.
typealias BLS12381Scalar = Residue256<BLS12381ScalarModulus>

extension Residue256<BLS12381ScalarModulus> {
    /// The field element in 32 big-endian bytes; nil from the modulus on.
    init?(canonicalBytes source: UnsafeRawPointer) { self.init(canonical: UInt256(bigEndian: source)) }

    /// A hash as a field element: its number modulo the order (`hash_to_bls_field`).
    init(reducing hash: Hash256) {
        var value = UInt256(hash)
        // 2²⁵⁶ is less than three times the order.
        while let less = value.subtracting(BLS12381ScalarModulus.modulus) { value = less }
        self.init(value)
    }

    /// 1, x, x², … of a count.
    func powers(count: Int) -> [Self] {
        var powers: [Self] = []
        powers.reserveCapacity(count)
        var power = Self.one
        for _ in 0..<count {
            powers.append(power)
            power = power * self
        }
        return powers
    }

    /// Appends the 32 big-endian bytes.
    func append(to bytes: inout [UInt8]) { bytes.append(contentsOf: value.bytes) }
}
