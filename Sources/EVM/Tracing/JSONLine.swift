import Primitives

/// ASCII text of one JSON object, built piece by piece.
struct JSONLine {
    private(set) var bytes: [UInt8] = []

    init() { bytes.reserveCapacity(256) }

    mutating func append(_ text: StaticString) {
        bytes += UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
    }

    mutating func append(ascii text: [UInt8]) { bytes += text }

    mutating func append(_ text: StaticString, decimal number: Int) {
        append(text)
        if number < 0 { bytes.append(0x2D) }
        var rest = number.magnitude
        var digits: [UInt8] = []
        repeat {
            digits.append(0x30 + UInt8(truncatingIfNeeded: rest % 10))
            rest /= 10
        } while rest > 0
        bytes += digits.reversed()
    }

    /// The shortest digits behind `0x`.
    mutating func append(_ text: StaticString, hexadecimal number: UInt256) {
        append(text)
        append("0x")
        let digits = Hex.ascii(number.minimalBytes)
        if digits.isEmpty { bytes.append(0x30) }
        bytes += digits.first == 0x30 ? digits.dropFirst() : digits[...]
    }

    /// Two digits a byte behind `0x`.
    mutating func append(_ text: StaticString, bytes data: [UInt8]) {
        append(text)
        append("0x")
        bytes += Hex.ascii(data)
    }
}

extension Halt {
    /// A short English name of the rule that was broken.
    public var message: StaticString {
        switch self {
        case .outOfGas: "out of gas"
        case .stackUnderflow: "stack underflow"
        case .stackOverflow: "stack overflow"
        case .invalidJump: "invalid jump destination"
        case .undefinedInstruction: "undefined instruction"
        case .staticModification: "state change in a static call"
        case .returnDataOutOfBounds: "read beyond the return data"
        case .initCodeTooLarge: "initialisation code too large"
        case .codeTooLarge: "code too large"
        case .codeStartsWithEF: "code starts with 0xEF"
        case .addressCollision: "address collision"
        case .nonceOverflow: "nonce overflow"
        case .callDepthExceeded: "call depth exceeded"
        case .insufficientBalance: "insufficient balance"
        case .precompileFailure: "precompile failure"
        case .codeDepositUnpaid: "out of gas for the code"
        }
    }
}
