import Cryptography
import EVM
import Primitives

/// Why a message halted, for those who are told.
struct HaltReport {
    var halt: Halt
    var cause = HaltCause.rule

    /// In the words of the common clients.
    var message: String {
        switch cause {
        case .rule: return halt.commonMessage
        case .stackUnderflow(let height, let needed): return "stack underflow (\(height) <=> \(needed))"
        case .undefinedInstruction(let opcode): return "invalid opcode: \(InstructionTitles.title(of: opcode))"
        case .memoryBeyondRange: return "gas uint64 overflow"
        case .priceBeyondRange: return "out of gas: gas uint64 overflow"
        case .callUnpaid: return "out of gas: out of gas"
        case .onlyStipendLeft: return "out of gas: not enough gas for reentrancy sentry"
        case .refusedBeforePriced: return "out of gas: write protection"
        case .initCodeSize(let size):
            return "out of gas: max initcode size exceeded: code size \(size) limit \(Machine.initCodeLimit)"
        case .codeSize(let size): return "max code size exceeded: code size \(size) limit \(Machine.codeLimit)"
        case .precompile(let fault): return fault.message
        }
    }

    /// Whether the common clients count it as a lack of gas, which includes all that an instruction's price finds wrong.
    var isOutOfGas: Bool {
        switch cause {
        case .priceBeyondRange, .callUnpaid, .onlyStipendLeft, .refusedBeforePriced, .initCodeSize: true
        case .memoryBeyondRange: false
        default: halt == .outOfGas
        }
    }
}

/// Takes the report of the last message that halted: of the first message, once that is what halted.
struct HaltReporter: Tracer {
    static var explainsHalts: Bool { true }
    private(set) var last: HaltReport?

    mutating func didHalt(_ halt: Halt, _ cause: HaltCause) { last = HaltReport(halt: halt, cause: cause) }
}

extension Halt {
    /// The rule that was broken, in the words of the common clients.
    fileprivate var commonMessage: String {
        switch self {
        case .outOfGas: "out of gas"
        case .stackUnderflow: "stack underflow"
        // No instruction leaves more than one word over what it takes.
        case .stackOverflow: "stack limit reached 1024 (1023)"
        case .invalidJump: "invalid jump destination"
        case .undefinedInstruction: "invalid opcode: INVALID"
        case .staticModification: "write protection"
        case .returnDataOutOfBounds: "return data out of bounds"
        case .initCodeTooLarge: "max initcode size exceeded"
        case .codeTooLarge: "max code size exceeded"
        case .codeStartsWithEF: "invalid code: must not begin with 0xef"
        case .addressCollision: "contract address collision"
        case .nonceOverflow: "nonce uint64 overflow"
        case .callDepthExceeded: "max call depth exceeded"
        case .insufficientBalance: "insufficient balance for transfer"
        case .precompileFailure: "precompiled contract failed"
        case .codeDepositUnpaid: "contract creation code storage out of gas"
        }
    }
}

extension PrecompileFault {
    fileprivate var message: String {
        switch self {
        case .inputLength: "invalid input length"
        case .pairCount: "bad elliptic curve pairing size"
        case .finalFlag: "invalid final flag"
        case .operandTooLong: "one or more of base/exponent/modulus length exceeded 1024 bytes"
        case .bn254(.notOnCurve): "point is not on curve"
        case .bn254(.notInSubgroup): "point is not in correct subgroup"
        case .bls12(.notOnCurve, _): "invalid point: not on curve"
        case .bls12(.notInSubgroup, isG2: false): "g1 point is not on correct subgroup"
        case .bls12(.notInSubgroup, isG2: true): "g2 point is not on correct subgroup"
        case .bn254(.padding), .bls12(.padding, _): "invalid field element top bytes"
        case .bn254(.coordinate), .bls12(.coordinate, _): "invalid fp.Element encoding"
        case .versionedHash: "mismatched versioned hash"
        case .proof: "error verifying kzg proof: can't verify opening proof"
        }
    }
}

/// The names of the instructions as the common clients write them, whatever the revision.
enum InstructionTitles {
    static func title(of opcode: UInt8) -> String { titles[Int(opcode)] }

    private static let titles: [String] = {
        var titles = (0...255).map { "opcode 0x\(String($0, radix: 16)) not defined" }
        let names = InstructionNames()
        for opcode in InstructionTraits.all.map({ $0.opcode }) + [0xFE] {
            titles[Int(opcode)] = String(decoding: names[opcode], as: UTF8.self)
        }
        for (opcode, name) in named { titles[Int(opcode)] = name }
        return titles
    }()

    /// Names that the common clients know beyond the instructions that there are.
    private static let named: [(UInt8, String)] = [
        (0x44, "DIFFICULTY"), (0x4B, "SLOTNUM"), (0xD0, "DATALOAD"), (0xD1, "DATALOADN"), (0xD2, "DATASIZE"),
        (0xD3, "DATACOPY"), (0xE0, "RJUMP"), (0xE1, "RJUMPI"), (0xE2, "RJUMPV"), (0xE3, "CALLF"), (0xE4, "RETF"),
        (0xE5, "JUMPF"), (0xE6, "DUPN"), (0xE7, "SWAPN"), (0xE8, "EXCHANGE"), (0xEC, "EOFCREATE"),
        (0xEE, "RETURNCONTRACT"), (0xF7, "RETURNDATALOAD"), (0xF8, "EXTCALL"), (0xF9, "EXTDELEGATECALL"),
        (0xFB, "EXTSTATICCALL"),
    ]
}
