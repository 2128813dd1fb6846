import Primitives

/// The order of secp256k1 (SEC 2, section 2.4.1).
enum Secp256k1OrderModulus: Modulus256 {
    @inline(__always) static var modulus: UInt256 {
        UInt256(limbs: 0xBFD25E8CD0364141, 0xBAAEDCE6AF48A03B, 0xFFFFFFFFFFFFFFFE, 0xFFFFFFFFFFFFFFFF)
    }
    @inline(__always) static var negatedInverse: UInt64 { 0x4B0DFF665588B13F }
    @inline(__always) static var montgomeryOne: UInt256 {
        UInt256(limbs: 0x402DA1732FC9BEBF, 0x4551231950B75FC4, 0x1, 0x0)
    }
    @inline(__always) static var montgomerySquare: UInt256 {
        UInt256(limbs: 0x896CF21467D7D140, 0x741496C20E7CF878, 0xE697F5E45BCD07C6, 0x9D671CD581C69BC5)
    }
}
