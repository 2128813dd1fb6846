import Primitives

/// A field whose elements are coordinates of points, with the two ways to write them.
protocol BLS12381Coordinate: SelectableField {
    /// The bytes of an element: 48 for each coordinate in the prime field.
    static var byteCount: Int { get }
    /// The element of `byteCount` bytes, the highest coordinate first; nil where a number is not below p.
    init?(bigEndian bytes: UnsafeRawPointer)
    /// Writes `byteCount` bytes, the highest coordinate first.
    func storeBigEndian(to bytes: UnsafeMutableRawPointer)
    /// The element of 64 bytes for each coordinate, the lowest first and each after 16 zero bytes (EIP-2537).
    init?(padded bytes: UnsafeRawPointer)
    /// Writes 64 bytes for each coordinate, the lowest first and each after 16 zero bytes (EIP-2537).
    func storePadded(to bytes: UnsafeMutableRawPointer)
    /// Whether the element comes after its negation, compared from the highest coordinate on.
    var isGreaterHalf: Bool { get }
    /// Whether the first coordinate that is not zero is odd (`sgn0` of RFC 9380, section 4.1).
    var isOdd: Bool { get }
    /// An element whose square this is, or nil where there is none.
    var squareRoot: Self? { get }
}

extension BLS12381Coordinate {
    /// The bytes of an element as EIP-2537 writes it.
    static var paddedByteCount: Int { byteCount / 48 * 64 }
}

extension BLS12381Field: BLS12381Coordinate {
    static var byteCount: Int { 48 }

    init?(padded bytes: UnsafeRawPointer) {
        let padding =
            bytes.loadUnaligned(as: UInt64.self) | bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
        guard padding == 0 else { return nil }
        self.init(bigEndian: bytes + 16)
    }

    func storePadded(to bytes: UnsafeMutableRawPointer) {
        bytes.initializeMemory(as: UInt8.self, repeating: 0, count: 16)
        storeBigEndian(to: bytes + 16)
    }
}

extension BLS12381QuadraticField: BLS12381Coordinate {
    static var byteCount: Int { 96 }

    static func select(_ first: Self, _ second: Self, where condition: UInt64) -> Self {
        Self(.select(first.c0, second.c0, where: condition), .select(first.c1, second.c1, where: condition))
    }

    init?(bigEndian bytes: UnsafeRawPointer) {
        guard let c1 = Base(bigEndian: bytes), let c0 = Base(bigEndian: bytes + 48) else { return nil }
        self.init(c0, c1)
    }

    func storeBigEndian(to bytes: UnsafeMutableRawPointer) {
        c1.storeBigEndian(to: bytes)
        c0.storeBigEndian(to: bytes + 48)
    }

    init?(padded bytes: UnsafeRawPointer) {
        guard let c0 = Base(padded: bytes), let c1 = Base(padded: bytes + 64) else { return nil }
        self.init(c0, c1)
    }

    func storePadded(to bytes: UnsafeMutableRawPointer) {
        c0.storePadded(to: bytes)
        c1.storePadded(to: bytes + 64)
    }
}
