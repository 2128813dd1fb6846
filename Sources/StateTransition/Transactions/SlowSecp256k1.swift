import Cryptography
import Primitives
enum SlowSecp256k1 {
    static let p = UInt256(limbs: 0xFFFF_FFFE_FFFF_FC2F, .max, .max, .max)
    static let n = UInt256(limbs: 0xBFD2_5E8C_D036_4141, 0xBAAE_DCE6_AF48_A03B, 0xFFFF_FFFF_FFFF_FFFE, .max)
    static func mul(_ a: UInt256, _ b: UInt256) -> UInt256 { a.multiplying(by: b, modulo: p) }
    static func sub(_ a: UInt256, _ b: UInt256) -> UInt256 { a.adding(p &- b, modulo: p) }
    static func pow(_ a: UInt256, _ e: UInt256, _ m: UInt256) -> UInt256 {
        var r = UInt256.one, b = a, e = e
        while !e.isZero {
            if e.limb0 & 1 == 1 { r = r.multiplying(by: b, modulo: m) }; b = b.multiplying(by: b, modulo: m); e = e >> 1
        }
        return r
    }
    struct P { var x: UInt256, y: UInt256, z: UInt256 }
    static func dbl(_ a: P) -> P {
        if a.z.isZero || a.y.isZero { return P(x: 0, y: 1, z: 0) }
        let yy = mul(a.y, a.y), s = mul(4, mul(a.x, yy)), m = mul(3, mul(a.x, a.x))
        let x = sub(sub(mul(m, m), s), s)
        let y = sub(mul(m, sub(s, x)), mul(8, mul(yy, yy)))
        return P(x: x, y: y, z: mul(2, mul(a.y, a.z)))
    }
    static func add(_ a: P, _ b: P) -> P {
        if a.z.isZero { return b }; if b.z.isZero { return a }
        let zz1 = mul(a.z, a.z), zz2 = mul(b.z, b.z)
        let u1 = mul(a.x, zz2), u2 = mul(b.x, zz1), s1 = mul(a.y, mul(zz2, b.z)), s2 = mul(b.y, mul(zz1, a.z))
        if u1 == u2 { return s1 == s2 ? dbl(a) : P(x: 0, y: 1, z: 0) }
        let h = sub(u2, u1), r = sub(s2, s1), hh = mul(h, h), hhh = mul(h, hh), v = mul(u1, hh)
        let x = sub(sub(sub(mul(r, r), hhh), v), v)
        return P(x: x, y: sub(mul(r, sub(v, x)), mul(s1, hhh)), z: mul(h, mul(a.z, b.z)))
    }
    static func smul(_ k: UInt256, _ a: P) -> P {
        var r = P(x: 0, y: 1, z: 0)
        for i in (0..<256).reversed() { r = dbl(r); if k.bit(i) { r = add(r, a) } }
        return r
    }
    static func recoverAddress(hash: Hash256, r: UInt256, s: UInt256, yParity: UInt8) -> Address? {
        if r.isZero || s.isZero || r >= n || s >= n { return nil }
        let yy = mul(mul(r, r), r).adding(7, modulo: p)
        var y = pow(yy, (p &+ 1) >> 2, p)
        if mul(y, y) != yy { return nil }
        if UInt8(y.limb0 & 1) != yParity { y = p &- y }
        let ri = pow(r, n &- 2, n)
        let e = UInt256(hash) % n
        let u1 = (n &- e).multiplying(by: ri, modulo: n), u2 = s.multiplying(by: ri, modulo: n)
        let g = P(
            x: UInt256(
                limbs: 0x59F2_815B_16F8_1798, 0x029B_FCDB_2DCE_28D9, 0x55A0_6295_CE87_0B07, 0x79BE_667E_F9DC_BBAC),
            y: UInt256(
                limbs: 0x9C47_D08F_FB10_D4B8, 0xFD17_B448_A685_5419, 0x5DA4_FBFC_0E11_08A8, 0x483A_DA77_26A3_C465), z: 1
        )
        let q = add(smul(u1, g), smul(u2, P(x: r, y: y, z: 1)))
        if q.z.isZero { return nil }
        let zi = pow(q.z, p &- 2, p), z2 = mul(zi, zi)
        return Address(truncating: UInt256(Keccak256.hash(mul(q.x, z2).bytes + mul(q.y, mul(z2, zi)).bytes)))
    }
}
