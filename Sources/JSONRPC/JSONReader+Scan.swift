/// The tokens: each starts at the position and leaves it after the token.
extension JSONReader {
    @inline(__always)
    mutating func scanLiteral(_ literal: StaticString) throws(JSONError) {
        for index in 0..<literal.utf8CodeUnitCount {
            guard position < bytes.count, bytes[position] == literal.utf8Start[index] else { throw unexpected() }
            position &+= 1
        }
    }

    /// `-`? (0 | [1-9][0-9]*) (. [0-9]+)? ([eE] [+-]? [0-9]+)?
    mutating func scanNumber() throws(JSONError) {
        let start = position
        if byte(at: position) == UInt8(ascii: "-") { position &+= 1 }
        if byte(at: position) == UInt8(ascii: "0") {
            position &+= 1
            if isDigit(at: position) { throw JSONError(.invalidNumber, at: start) }
        } else {
            try scanDigits(start)
        }
        if byte(at: position) == UInt8(ascii: ".") {
            position &+= 1
            try scanDigits(start)
        }
        if (byte(at: position) | 0x20) == UInt8(ascii: "e") {
            position &+= 1
            let sign = byte(at: position)
            if sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") { position &+= 1 }
            try scanDigits(start)
        }
    }

    private mutating func scanDigits(_ start: Int) throws(JSONError) {
        guard isDigit(at: position) else { throw JSONError(.invalidNumber, at: start) }
        repeat { position &+= 1 } while isDigit(at: position)
    }

    /// The byte there, or zero past the end, which no token holds.
    @inline(__always)
    private func byte(at index: Int) -> UInt8 { index < bytes.count ? bytes[index] : 0 }

    @inline(__always)
    private func isDigit(at index: Int) -> Bool { byte(at: index) &- UInt8(ascii: "0") < 10 }

    /// A string from its opening quote on: eight bytes at a time while they are plain.
    mutating func scanString() throws(JSONError) -> JSONText {
        position &+= 1
        let start = position
        var hasEscapes = false
        while true {
            skipPlainBytes()
            guard position < bytes.count else { throw JSONError(.unexpectedEnd, at: position) }
            let byte = bytes[position]
            switch byte {
            case UInt8(ascii: "\""):
                let raw = UnsafeRawBufferPointer(rebasing: bytes[start..<position])
                position &+= 1
                return JSONText(raw: raw, hasEscapes: hasEscapes)
            case UInt8(ascii: "\\"):
                hasEscapes = true
                try scanEscape()
            case 0..<0x20: throw JSONError(.controlCharacter, at: position)
            case 0x80...: try scanMultibyte(byte)
            default: position &+= 1
            }
        }
    }

    /// Moves on to the next quote, backslash, control character or byte above 127, or to the last seven bytes.
    @inline(__always)
    private mutating func skipPlainBytes() {
        guard let base = bytes.baseAddress else { return }
        let low: UInt64 = 0x0101_0101_0101_0101
        let high: UInt64 = 0x8080_8080_8080_8080
        while position &+ 8 <= bytes.count {
            let word = UInt64(littleEndian: base.loadUnaligned(fromByteOffset: position, as: UInt64.self))
            let quote = word ^ (low &* 0x22)
            let backslash = word ^ (low &* 0x5C)
            // The lowest byte marked is exact: borrows only run upwards from one that is.
            let marks =
                (((quote &- low) & ~quote) | ((backslash &- low) & ~backslash) | ((word &- (low &* 0x20)) & ~word)
                    | word) & high
            if marks != 0 {
                position &+= marks.trailingZeroBitCount >> 3
                return
            }
            position &+= 8
        }
    }

    private mutating func scanEscape() throws(JSONError) {
        let start = position
        position &+= 1
        switch byte(at: position) {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            position &+= 1
        case UInt8(ascii: "u"):
            position &+= 1
            let unit = try scanCodeUnit(start)
            if 0xDC00..<0xE000 ~= unit { throw JSONError(.loneSurrogate, at: start) }
            guard 0xD800..<0xDC00 ~= unit else { return }
            guard byte(at: position) == UInt8(ascii: "\\"), byte(at: position &+ 1) == UInt8(ascii: "u") else {
                throw JSONError(.loneSurrogate, at: start)
            }
            position &+= 2
            guard 0xDC00..<0xE000 ~= (try scanCodeUnit(start)) else { throw JSONError(.loneSurrogate, at: start) }
        default: throw JSONError(position < bytes.count ? .invalidEscape : .unexpectedEnd, at: start)
        }
    }

    private mutating func scanCodeUnit(_ start: Int) throws(JSONError) -> UInt32 {
        var unit: UInt32 = 0
        for _ in 0..<4 {
            let digit = HexDigit.value(byte(at: position))
            guard digit < 16 else { throw JSONError(.invalidEscape, at: start) }
            unit = unit << 4 | UInt32(digit)
            position &+= 1
        }
        return unit
    }

    /// A character of two to four bytes: no overlong form, no surrogate, nothing above U+10FFFF.
    private mutating func scanMultibyte(_ lead: UInt8) throws(JSONError) {
        let second = byte(at: position &+ 1)
        let length: Int
        let isValid: Bool
        switch lead {
        case 0xC2...0xDF: (length, isValid) = (2, 0x80...0xBF ~= second)
        case 0xE0: (length, isValid) = (3, 0xA0...0xBF ~= second)
        case 0xED: (length, isValid) = (3, 0x80...0x9F ~= second)
        case 0xE1...0xEF: (length, isValid) = (3, 0x80...0xBF ~= second)
        case 0xF0: (length, isValid) = (4, 0x90...0xBF ~= second)
        case 0xF1...0xF3: (length, isValid) = (4, 0x80...0xBF ~= second)
        case 0xF4: (length, isValid) = (4, 0x80...0x8F ~= second)
        default: (length, isValid) = (1, false)
        }
        guard isValid else { throw JSONError(.invalidUTF8, at: position) }
        for index in 2..<max(2, length) where !(0x80...0xBF ~= byte(at: position &+ index)) {
            throw JSONError(.invalidUTF8, at: position)
        }
        position &+= length
    }
}
