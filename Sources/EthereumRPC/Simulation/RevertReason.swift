import Primitives

/// Why a contract reverted, as Solidity's `Error(string)` and `Panic(uint256)` say it.
enum RevertReason {
    /// The reason in the output of a revert; nil where there is none in a known form.
    static func read(_ output: [UInt8]) -> String? {
        guard output.count >= 4 else { return nil }
        let body = output[4...]
        switch Array(output[..<4]) {
        case [0x08, 0xC3, 0x79, 0xA0]: return text(body)
        case [0x4E, 0x48, 0x7B, 0x71]:
            guard let code = word(body, at: 0) else { return nil }
            return code.asUInt64.flatMap(panicReason) ?? "unknown panic code: 0x\(hexadecimal(code))"
        default: return nil
        }
    }

    /// A string behind its offset, as the ABI encodes one.
    private static func text(_ body: ArraySlice<UInt8>) -> String? {
        guard let offset = word(body, at: 0)?.asUInt64, offset <= UInt64(body.count),
            let count = word(body, at: Int(offset))?.asUInt64
        else { return nil }
        let start = body.startIndex + Int(offset) + 32
        guard count <= UInt64(body.endIndex - start) else { return nil }
        return String(decoding: body[start..<start + Int(count)], as: UTF8.self)
    }

    private static func word(_ body: ArraySlice<UInt8>, at offset: Int) -> UInt256? {
        guard offset + 32 <= body.count else { return nil }
        let start = body.startIndex + offset
        return UInt256(bigEndianBytes: Array(body[start..<start + 32]))
    }

    private static func hexadecimal(_ number: UInt256) -> String {
        let digits = Hex.encode(number.bytes).dropFirst(2).drop { $0 == "0" }
        return digits.isEmpty ? "0" : String(digits)
    }

    /// What Solidity's documentation calls the codes of panics.
    private static func panicReason(_ code: UInt64) -> String? {
        switch code {
        case 0x00: "generic panic"
        case 0x01: "assert(false)"
        case 0x11: "arithmetic underflow or overflow"
        case 0x12: "division or modulo by zero"
        case 0x21: "enum overflow"
        case 0x22: "invalid encoded storage byte array accessed"
        case 0x31: "out-of-bounds array access; popping on an empty array"
        case 0x32: "out-of-bounds access of an array or bytesN"
        case 0x41: "out of memory"
        case 0x51: "uninitialized function"
        default: nil
        }
    }
}
