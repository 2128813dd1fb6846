import Primitives

/// The prime of P-256's coordinates (FIPS 186-4, D.1.2.3).
enum P256BaseModulus: Modulus256 {
    @inline(__always) static var modulus: UInt256 {
        UInt256(limbs: 0xFFFFFFFFFFFFFFFF, 0xFFFFFFFF, 0x0, 0xFFFFFFFF00000001)
    }
    @inline(__always) static var negatedInverse: UInt64 { 0x1 }
    @inline(__always) static var montgomeryOne: UInt256 {
        UInt256(limbs: 0x1, 0xFFFFFFFF00000000, 0xFFFFFFFFFFFFFFFF, 0xFFFFFFFE)
    }
    @inline(__always) static var montgomerySquare: UInt256 {
        UInt256(limbs: 0x3, 0xFFFFFFFBFFFFFFFF, 0xFFFFFFFFFFFFFFFE, 0x4FFFFFFFD)
    }
}

/// The order of P-256 (FIPS 186-4, D.1.2.3).
enum P256OrderModulus: Modulus256 {
    @inline(__always) static var modulus: UInt256 {
        UInt256(limbs: 0xF3B9CAC2FC632551, 0xBCE6FAADA7179E84, 0xFFFFFFFFFFFFFFFF, 0xFFFFFFFF00000000)
    }
    @inline(__always) static var negatedInverse: UInt64 { 0xCCD1C8AAEE00BC4F }
    @inline(__always) static var montgomeryOne: UInt256 {
        UInt256(limbs: 0xC46353D039CDAAF, 0x4319055258E8617B, 0x0, 0xFFFFFFFF)
    }
    @inline(__always) static var montgomerySquare: UInt256 {
        UInt256(limbs: 0x83244C95BE79EEA2, 0x4699799C49BD6FA6, 0x2845B2392B6BEC59, 0x66E12D94F3D95620)
    }
}
