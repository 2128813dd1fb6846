import Primitives

// Inversion by division steps. Source: D. J. Bernstein and B.-Y. Yang, "Fast constant-time gcd computation and modular
// inversion" (2019), in the variable-time form with batches of 62 steps on signed limbs of 62 bits.

/// An odd modulus of at most 256 bits with what inversion by division steps needs of it.
struct DivisionStepModulus: Sendable {
    fileprivate let modulus: Signed62
    /// m⁻¹ modulo 2⁶².
    fileprivate let inverse: Int64

    /// - Parameter negatedInverse: −m⁻¹ modulo 2⁶⁴, as Montgomery arithmetic has it.
    @inline(__always)
    init(_ modulus: UInt256, negatedInverse: UInt64) {
        self.modulus = Signed62(modulus)
        inverse = Int64(bitPattern: 0 &- negatedInverse) & Signed62.mask
    }

    /// The inverse of a number that has no factor in common with the modulus; zero for zero.
    ///
    /// - Complexity: about ten batches of 62 division steps, near 100 products. Variable time: for public values.
    @inline(never)
    func inverse(of value: UInt256) -> UInt256 {
        var d = Signed62.zero
        var e = Signed62.one
        var f = modulus
        var g = Signed62(value)
        var eta: Int64 = -1
        // 590 steps suffice for 256 bits; the bound on the batches keeps the loop finite whatever happens.
        var batches = 0
        while !g.isZero, batches < 12 {
            let steps = DivisionSteps(f: UInt64(bitPattern: f.limb0), g: UInt64(bitPattern: g.limb0), eta: &eta)
            Signed62.updateModular(&d, &e, steps, self)
            Signed62.update(&f, &g, steps)
            batches += 1
        }
        return d.normalised(negated: f.limb4 < 0, modulus)
    }
}

/// The matrix of 62 division steps: `(f, g) ↦ (u·f + v·g, q·f + r·g) / 2⁶²`.
private struct DivisionSteps {
    var u: Int64
    var v: Int64
    var q: Int64
    var r: Int64

    /// Runs 62 steps on the low bits; f is odd.
    @inline(__always)
    init(f initialF: UInt64, g initialG: UInt64, eta: inout Int64) {
        var (u, v, q, r): (UInt64, UInt64, UInt64, UInt64) = (1, 0, 0, 1)
        var (f, g) = (initialF, initialG)
        var remaining: Int64 = 62
        while true {
            // The bit above the remaining steps stops the count of zeros there.
            let zeros = Int64((g | (UInt64.max &<< UInt64(bitPattern: remaining))).trailingZeroBitCount)
            g = g &>> UInt64(bitPattern: zeros)
            u = u &<< UInt64(bitPattern: zeros)
            v = v &<< UInt64(bitPattern: zeros)
            eta &-= zeros
            remaining &-= zeros
            if remaining == 0 { break }
            var multiple: UInt64
            if eta < 0 {
                eta = 0 &- eta
                (f, g) = (g, 0 &- f)
                (u, q) = (q, 0 &- u)
                (v, r) = (r, 0 &- v)
                // f · (f² − 2) is −f⁻¹ modulo 64: up to six low bits of g vanish at once.
                let limit = min(eta &+ 1, remaining)
                let mask = (UInt64.max &>> UInt64(bitPattern: 64 &- limit)) & 63
                multiple = (f &* g &* (f &* f &- 2)) & mask
            } else {
                let limit = min(eta &+ 1, remaining)
                let mask = (UInt64.max &>> UInt64(bitPattern: 64 &- limit)) & 15
                multiple = f &+ (((f &+ 1) & 4) &<< 1)
                multiple = ((0 &- multiple) &* g) & mask
            }
            g = g &+ f &* multiple
            q = q &+ u &* multiple
            r = r &+ v &* multiple
        }
        self.u = Int64(bitPattern: u)
        self.v = Int64(bitPattern: v)
        self.q = Int64(bitPattern: q)
        self.r = Int64(bitPattern: r)
    }
}

/// A signed number of five limbs of 62 bits; only the top one carries the sign.
private struct Signed62 {
    var limb0: Int64
    var limb1: Int64
    var limb2: Int64
    var limb3: Int64
    var limb4: Int64

    static var zero: Signed62 { Signed62(0, 0, 0, 0, 0) }
    static var one: Signed62 { Signed62(1, 0, 0, 0, 0) }

    @inline(__always) static var mask: Int64 { Int64(bitPattern: UInt64.max &>> 2) }

    @inline(__always)
    init(_ limb0: Int64, _ limb1: Int64, _ limb2: Int64, _ limb3: Int64, _ limb4: Int64) {
        self.limb0 = limb0
        self.limb1 = limb1
        self.limb2 = limb2
        self.limb3 = limb3
        self.limb4 = limb4
    }

    @inline(__always)
    init(_ value: UInt256) {
        self.init(
            Int64(bitPattern: value.limb0) & Self.mask,
            Int64(bitPattern: (value.limb0 &>> 62) | (value.limb1 &<< 2)) & Self.mask,
            Int64(bitPattern: (value.limb1 &>> 60) | (value.limb2 &<< 4)) & Self.mask,
            Int64(bitPattern: (value.limb2 &>> 58) | (value.limb3 &<< 6)) & Self.mask,
            Int64(bitPattern: value.limb3 &>> 56))
    }

    @inline(__always)
    var isZero: Bool { (limb0 | limb1 | limb2 | limb3 | limb4) == 0 }

    @inline(__always)
    static func product(_ left: Int64, _ right: Int64) -> Int128 { Int128(left) &* Int128(right) }

    @inline(__always)
    static func low(_ sum: Int128) -> Int64 { Int64(truncatingIfNeeded: sum) & mask }

    /// The division steps on f and g themselves: the low 62 bits of the sums are zero.
    @inline(__always)
    static func update(_ f: inout Signed62, _ g: inout Signed62, _ t: DivisionSteps) {
        var cf = product(t.u, f.limb0) &+ product(t.v, g.limb0)
        var cg = product(t.q, f.limb0) &+ product(t.r, g.limb0)
        cf = (cf &>> 62) &+ product(t.u, f.limb1) &+ product(t.v, g.limb1)
        cg = (cg &>> 62) &+ product(t.q, f.limb1) &+ product(t.r, g.limb1)
        f.limb0 = low(cf)
        g.limb0 = low(cg)
        cf = (cf &>> 62) &+ product(t.u, f.limb2) &+ product(t.v, g.limb2)
        cg = (cg &>> 62) &+ product(t.q, f.limb2) &+ product(t.r, g.limb2)
        f.limb1 = low(cf)
        g.limb1 = low(cg)
        cf = (cf &>> 62) &+ product(t.u, f.limb3) &+ product(t.v, g.limb3)
        cg = (cg &>> 62) &+ product(t.q, f.limb3) &+ product(t.r, g.limb3)
        f.limb2 = low(cf)
        g.limb2 = low(cg)
        cf = (cf &>> 62) &+ product(t.u, f.limb4) &+ product(t.v, g.limb4)
        cg = (cg &>> 62) &+ product(t.q, f.limb4) &+ product(t.r, g.limb4)
        f.limb3 = low(cf)
        g.limb3 = low(cg)
        f.limb4 = Int64(truncatingIfNeeded: cf &>> 62)
        g.limb4 = Int64(truncatingIfNeeded: cg &>> 62)
    }

    /// The division steps on the coefficients, modulo p: a multiple of p makes the low 62 bits zero. Both stay
    /// between −2p and p.
    @inline(__always)
    static func updateModular(_ d: inout Signed62, _ e: inout Signed62, _ t: DivisionSteps, _ m: DivisionStepModulus) {
        let p = m.modulus
        let signD = d.limb4 &>> 63
        let signE = e.limb4 &>> 63
        var multipleD = (t.u & signD) &+ (t.v & signE)
        var multipleE = (t.q & signD) &+ (t.r & signE)
        var cd = product(t.u, d.limb0) &+ product(t.v, e.limb0)
        var ce = product(t.q, d.limb0) &+ product(t.r, e.limb0)
        multipleD &-= (m.inverse &* Int64(truncatingIfNeeded: cd) &+ multipleD) & mask
        multipleE &-= (m.inverse &* Int64(truncatingIfNeeded: ce) &+ multipleE) & mask
        cd = cd &+ product(p.limb0, multipleD)
        ce = ce &+ product(p.limb0, multipleE)
        cd = (cd &>> 62) &+ product(t.u, d.limb1) &+ product(t.v, e.limb1) &+ product(p.limb1, multipleD)
        ce = (ce &>> 62) &+ product(t.q, d.limb1) &+ product(t.r, e.limb1) &+ product(p.limb1, multipleE)
        d.limb0 = low(cd)
        e.limb0 = low(ce)
        cd = (cd &>> 62) &+ product(t.u, d.limb2) &+ product(t.v, e.limb2) &+ product(p.limb2, multipleD)
        ce = (ce &>> 62) &+ product(t.q, d.limb2) &+ product(t.r, e.limb2) &+ product(p.limb2, multipleE)
        d.limb1 = low(cd)
        e.limb1 = low(ce)
        cd = (cd &>> 62) &+ product(t.u, d.limb3) &+ product(t.v, e.limb3) &+ product(p.limb3, multipleD)
        ce = (ce &>> 62) &+ product(t.q, d.limb3) &+ product(t.r, e.limb3) &+ product(p.limb3, multipleE)
        d.limb2 = low(cd)
        e.limb2 = low(ce)
        cd = (cd &>> 62) &+ product(t.u, d.limb4) &+ product(t.v, e.limb4) &+ product(p.limb4, multipleD)
        ce = (ce &>> 62) &+ product(t.q, d.limb4) &+ product(t.r, e.limb4) &+ product(p.limb4, multipleE)
        d.limb3 = low(cd)
        e.limb3 = low(ce)
        d.limb4 = Int64(truncatingIfNeeded: cd &>> 62)
        e.limb4 = Int64(truncatingIfNeeded: ce &>> 62)
    }

    /// The number modulo p, negated first where asked, of a value between −2p and p.
    @inline(__always)
    func normalised(negated: Bool, _ p: Signed62) -> UInt256 {
        var value = self
        value.addIf(value.limb4 &>> 63, p)
        if negated {
            value = Signed62(
                0 &- value.limb0, 0 &- value.limb1, 0 &- value.limb2, 0 &- value.limb3, 0 &- value.limb4)
        }
        value.propagateCarries()
        value.addIf(value.limb4 &>> 63, p)
        value.propagateCarries()
        let (a, b, c, d, e) = (
            UInt64(bitPattern: value.limb0), UInt64(bitPattern: value.limb1), UInt64(bitPattern: value.limb2),
            UInt64(bitPattern: value.limb3), UInt64(bitPattern: value.limb4)
        )
        return UInt256(
            limbs: a | (b &<< 62), (b &>> 2) | (c &<< 60), (c &>> 4) | (d &<< 58), (d &>> 6) | (e &<< 56))
    }

    @inline(__always)
    private mutating func addIf(_ mask: Int64, _ p: Signed62) {
        limb0 &+= p.limb0 & mask
        limb1 &+= p.limb1 & mask
        limb2 &+= p.limb2 & mask
        limb3 &+= p.limb3 & mask
        limb4 &+= p.limb4 & mask
    }

    @inline(__always)
    private mutating func propagateCarries() {
        limb1 &+= limb0 &>> 62
        limb0 &= Self.mask
        limb2 &+= limb1 &>> 62
        limb1 &= Self.mask
        limb3 &+= limb2 &>> 62
        limb2 &= Self.mask
        limb4 &+= limb3 &>> 62
        limb3 &= Self.mask
    }
}
