/// What a literal's code is chosen by: the two bytes before it (RFC 7932, section 7.1).
enum BrotliContext {
    /// Of each mode from 0 to 3: what each last byte gives, then what each byte before it gives. The two together are the
    /// context, below 64.
    static let table: [UInt8] = (0..<2_048).map { index in
        let byte = UInt8(truncatingIfNeeded: index)
        let isLast = index & 0x100 == 0
        switch index >> 9 {
        case 0: return isLast ? byte & 0x3F : 0
        case 1: return isLast ? byte >> 2 : 0
        case 2: return isLast ? textLast(byte) : textBeforeLast(byte)
        default: return isLast ? signed(byte) << 3 : signed(byte)
        }
    }

    /// Of the last byte of text in UTF-8: its class times four, or what part of a character it is.
    private static func textLast(_ byte: UInt8) -> UInt8 {
        byte < 128 ? classes[Int(byte)] : byte & 1 | (byte >= 192 ? 2 : 0)
    }

    private static func textBeforeLast(_ byte: UInt8) -> UInt8 {
        switch byte {
        case 0x61...0x7A: 3
        case 0x30...0x39, 0x41...0x5A, 0xE0...0xFF: 2
        case 0x21...0x7E: 1
        default: 0
        }
    }

    /// The size of a byte read as a number of which the high half is negative, in eight steps.
    private static func signed(_ byte: UInt8) -> UInt8 {
        switch byte {
        case 0: 0
        case 1..<16: 1
        case 16..<64: 2
        case 64..<128: 3
        case 128..<192: 4
        case 192..<240: 5
        case 240..<255: 6
        default: 7
        }
    }

    private static let classes: [UInt8] = [
        0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 4, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        8, 12, 16, 12, 12, 20, 12, 16, 24, 28, 12, 12, 32, 12, 36, 12, 44, 44, 44, 44, 44, 44, 44, 44, 44, 44, 32, 32,
        24, 40, 28, 12, 12, 48, 52, 52, 52, 48, 52, 52, 52, 48, 52, 52, 52, 52, 52, 48, 52, 52, 52, 52, 52, 48, 52, 52,
        52, 52, 52, 24, 12, 28, 12, 12, 12, 56, 60, 60, 60, 56, 60, 60, 60, 56, 60, 60, 60, 60, 60, 56, 60, 60, 60, 60,
        60, 56, 60, 60, 60, 60, 60, 24, 12, 28, 12, 0,
    ]
}
