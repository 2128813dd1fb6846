import JSONRPC
import Primitives

/// A storage slot as callers write it: up to 32 bytes, with or without prefix and leading zeros (execution-apis,
/// bytesMax32).
struct StorageKey: Sendable {
    let slot: UInt256
    /// Whether all 32 bytes were written.
    let isWhole: Bool

    init(_ text: String) throws(RPCError) {
        var digits = Array(text.utf8)[...]
        if digits.count >= 2, digits[0] == UInt8(ascii: "0"), digits[1] | 0x20 == UInt8(ascii: "x") {
            digits = digits.dropFirst(2)
        }
        guard digits.count <= 64 else {
            throw .invalidParams("storage key too long (want at most 32 bytes): \"\(text.prefix(100))\"")
        }
        var limbs: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
        for byte in digits {
            guard let digit = Character(UnicodeScalar(byte)).hexDigitValue else {
                throw .invalidParams("invalid hex in storage key: \"\(text)\"")
            }
            limbs.3 = limbs.3 << 4 | limbs.2 >> 60
            limbs.2 = limbs.2 << 4 | limbs.1 >> 60
            limbs.1 = limbs.1 << 4 | limbs.0 >> 60
            limbs.0 = limbs.0 << 4 | UInt64(digit)
        }
        slot = UInt256(limbs: limbs.0, limbs.1, limbs.2, limbs.3)
        isWhole = digits.count > 62
    }

    /// Reads a list of keys.
    static func texts(_ reader: inout JSONReader) throws(JSONError) -> [String] {
        try reader.readArray { reader throws(JSONError) in try reader.readString().string }
    }

    static func keys(_ texts: [String]) throws(RPCError) -> [StorageKey] {
        var keys: [StorageKey] = []
        for text in texts { keys.append(try StorageKey(text)) }
        return keys
    }
}
