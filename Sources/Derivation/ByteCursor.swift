/// Reads a slice of bytes from front to back; every read says nil where the bytes end too early.
struct ByteCursor {
    private(set) var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    var remaining: Int { rest.count }

    mutating func readByte() -> UInt8? { rest.popFirst() }

    mutating func read(_ count: Int) -> ArraySlice<UInt8>? {
        guard count >= 0, count <= rest.count else { return nil }
        let middle = rest.startIndex + count
        defer { rest = rest[middle...] }
        return rest[..<middle]
    }

    /// Reads a big-endian number of up to eight bytes.
    mutating func readBigEndian(width: Int) -> UInt64? {
        guard let bytes = read(width) else { return nil }
        return bytes.reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// Reads an unsigned number in groups of seven bits, the low ones first: ten bytes at most, of at most 64 bits.
    mutating func readVarint() -> UInt64? {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while let byte = rest.popFirst() {
            if shift == 63 && byte > 1 { return nil }
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
        return nil
    }
}

extension [UInt8] {
    /// Appends the low `width` bytes of a number, the highest first.
    mutating func appendBigEndian(_ value: UInt64, width: Int) {
        for index in (0..<width).reversed() { append(UInt8(truncatingIfNeeded: value >> (8 * UInt64(index)))) }
    }

    /// Appends a number in groups of seven bits, the low ones first.
    mutating func appendVarint(_ value: UInt64) {
        var value = value
        while value >= 0x80 {
            append(UInt8(truncatingIfNeeded: value) | 0x80)
            value >>= 7
        }
        append(UInt8(value))
    }
}
