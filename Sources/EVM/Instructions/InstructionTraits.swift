/// What is fixed about one instruction: the row of the one table that both interpreters are built from.
public struct InstructionTraits: Sendable {
    /// A constant gas that holds from a revision on.
    public struct GasChange: Sendable {
        public let revision: Revision
        public let gas: UInt16
    }

    public let opcode: UInt8
    public let name: StaticString
    /// Appended to the name in a numbered family: PUSH1 to PUSH32, DUP, SWAP, LOG.
    public let number: UInt8?
    /// Words taken from and put on the stack; DUP and SWAP count every word that they reach.
    public let stackInput: UInt8
    public let stackOutput: UInt8
    /// Bytes of code after the opcode that belong to it.
    public let immediateBytes: UInt8
    public let since: Revision
    /// The gas that is always charged; what depends on operands or state is in `GasSchedule`.
    public let gasChanges: [GasChange]
    public let flags: InstructionFlags

    /// The constant gas under `revision`, or nil where the instruction does not exist.
    public func gas(in revision: Revision) -> UInt16? {
        guard revision >= since else { return nil }
        var gas: UInt16 = 0
        for change in gasChanges where revision >= change.revision { gas = change.gas }
        return gas
    }
}

/// How an instruction concerns the loops that run it.
@frozen
public struct InstructionFlags: OptionSet, Sendable {
    public let rawValue: UInt8

    @inlinable @inline(__always)
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// The revision has the instruction.
    public static var isDefined: InstructionFlags { InstructionFlags(rawValue: 1) }
    /// It needs the host, or ends the frame: an inner loop leaves to the outer one.
    public static var leavesLoop: InstructionFlags { InstructionFlags(rawValue: 2) }
    /// What follows in the code is not simply run next: a jump, a leave, or a read of the gas counter.
    public static var endsBlock: InstructionFlags { InstructionFlags(rawValue: 4) }
    /// A jump may land on it.
    public static var beginsBlock: InstructionFlags { InstructionFlags(rawValue: 8) }
    /// Nothing after it is reached except by a jump.
    public static var terminates: InstructionFlags { InstructionFlags(rawValue: 16) }
}

extension InstructionTraits {
    /// Every instruction of every mainnet revision, in the order of the opcodes.
    public static let all: [InstructionTraits] = makeAll()

    /// A row whose gas never changed, or changed as `changes` says.
    private static func row(
        _ opcode: UInt8, _ name: StaticString, _ stackInput: UInt8, _ stackOutput: UInt8, _ gas: UInt16,
        since: Revision = .frontier, _ changes: [(Revision, UInt16)] = [], _ flags: InstructionFlags = []
    ) -> InstructionTraits {
        InstructionTraits(
            opcode: opcode, name: name, number: nil, stackInput: stackInput, stackOutput: stackOutput,
            immediateBytes: 0, since: since,
            gasChanges: [GasChange(revision: since, gas: gas)]
                + changes.map { GasChange(revision: $0.0, gas: $0.1) },
            flags: flags)
    }

    /// A numbered family of instructions with one gas.
    private static func family(
        _ first: UInt8, _ name: StaticString, _ numbers: ClosedRange<UInt8>, gas: (UInt8) -> UInt16,
        stackInput: (UInt8) -> UInt8, stackOutput: (UInt8) -> UInt8, immediateBytes: (UInt8) -> UInt8 = { _ in 0 },
        _ flags: InstructionFlags = []
    ) -> [InstructionTraits] {
        numbers.map { number in
            InstructionTraits(
                opcode: first + (number - numbers.lowerBound), name: name, number: number,
                stackInput: stackInput(number), stackOutput: stackOutput(number),
                immediateBytes: immediateBytes(number), since: .frontier,
                gasChanges: [GasChange(revision: .frontier, gas: gas(number))], flags: flags)
        }
    }

    private static func makeAll() -> [InstructionTraits] {
        arithmetic + logic + environment + block + memoryAndFlow + stack + system
    }

    private static var arithmetic: [InstructionTraits] {
        [
            row(0x00, "STOP", 0, 0, 0, [], [.leavesLoop, .endsBlock, .terminates]),
            row(0x01, "ADD", 2, 1, 3),
            row(0x02, "MUL", 2, 1, 5),
            row(0x03, "SUB", 2, 1, 3),
            row(0x04, "DIV", 2, 1, 5),
            row(0x05, "SDIV", 2, 1, 5),
            row(0x06, "MOD", 2, 1, 5),
            row(0x07, "SMOD", 2, 1, 5),
            row(0x08, "ADDMOD", 3, 1, 8),
            row(0x09, "MULMOD", 3, 1, 8),
            row(0x0A, "EXP", 2, 1, 10),
            row(0x0B, "SIGNEXTEND", 2, 1, 5),
        ]
    }

    private static var logic: [InstructionTraits] {
        [
            row(0x10, "LT", 2, 1, 3),
            row(0x11, "GT", 2, 1, 3),
            row(0x12, "SLT", 2, 1, 3),
            row(0x13, "SGT", 2, 1, 3),
            row(0x14, "EQ", 2, 1, 3),
            row(0x15, "ISZERO", 1, 1, 3),
            row(0x16, "AND", 2, 1, 3),
            row(0x17, "OR", 2, 1, 3),
            row(0x18, "XOR", 2, 1, 3),
            row(0x19, "NOT", 1, 1, 3),
            row(0x1A, "BYTE", 2, 1, 3),
            row(0x1B, "SHL", 2, 1, 3, since: .constantinople),
            row(0x1C, "SHR", 2, 1, 3, since: .constantinople),
            row(0x1D, "SAR", 2, 1, 3, since: .constantinople),
            row(0x1E, "CLZ", 1, 1, 5, since: .osaka),
            row(0x20, "KECCAK256", 2, 1, 30),
        ]
    }

    private static var environment: [InstructionTraits] {
        [
            row(0x30, "ADDRESS", 0, 1, 2),
            row(
                0x31, "BALANCE", 1, 1, 20, [(.tangerineWhistle, 400), (.istanbul, 700), (.berlin, 100)],
                [.leavesLoop, .endsBlock]),
            row(0x32, "ORIGIN", 0, 1, 2),
            row(0x33, "CALLER", 0, 1, 2),
            row(0x34, "CALLVALUE", 0, 1, 2),
            row(0x35, "CALLDATALOAD", 1, 1, 3),
            row(0x36, "CALLDATASIZE", 0, 1, 2),
            row(0x37, "CALLDATACOPY", 3, 0, 3),
            row(0x38, "CODESIZE", 0, 1, 2),
            row(0x39, "CODECOPY", 3, 0, 3),
            row(0x3A, "GASPRICE", 0, 1, 2),
            row(
                0x3B, "EXTCODESIZE", 1, 1, 20, [(.tangerineWhistle, 700), (.berlin, 100)],
                [.leavesLoop, .endsBlock]),
            row(
                0x3C, "EXTCODECOPY", 4, 0, 20, [(.tangerineWhistle, 700), (.berlin, 100)],
                [.leavesLoop, .endsBlock]),
            row(0x3D, "RETURNDATASIZE", 0, 1, 2, since: .byzantium),
            row(0x3E, "RETURNDATACOPY", 3, 0, 3, since: .byzantium),
            row(
                0x3F, "EXTCODEHASH", 1, 1, 400, since: .constantinople, [(.istanbul, 700), (.berlin, 100)],
                [.leavesLoop, .endsBlock]),
        ]
    }

    private static var block: [InstructionTraits] {
        [
            row(0x40, "BLOCKHASH", 1, 1, 20, [], [.leavesLoop, .endsBlock]),
            row(0x41, "COINBASE", 0, 1, 2),
            row(0x42, "TIMESTAMP", 0, 1, 2),
            row(0x43, "NUMBER", 0, 1, 2),
            // DIFFICULTY before Paris.
            row(0x44, "PREVRANDAO", 0, 1, 2),
            row(0x45, "GASLIMIT", 0, 1, 2),
            row(0x46, "CHAINID", 0, 1, 2, since: .istanbul),
            row(0x47, "SELFBALANCE", 0, 1, 5, since: .istanbul, [], [.leavesLoop, .endsBlock]),
            row(0x48, "BASEFEE", 0, 1, 2, since: .london),
            row(0x49, "BLOBHASH", 1, 1, 3, since: .cancun),
            row(0x4A, "BLOBBASEFEE", 0, 1, 2, since: .cancun),
        ]
    }

    private static var memoryAndFlow: [InstructionTraits] {
        [
            row(0x50, "POP", 1, 0, 2),
            row(0x51, "MLOAD", 1, 1, 3),
            row(0x52, "MSTORE", 2, 0, 3),
            row(0x53, "MSTORE8", 2, 0, 3),
            row(
                0x54, "SLOAD", 1, 1, 50, [(.tangerineWhistle, 200), (.istanbul, 800), (.berlin, 100)],
                [.leavesLoop, .endsBlock]),
            // All of its gas depends on state: GasSchedule.storageWrite.
            row(0x55, "SSTORE", 2, 0, 0, [], [.leavesLoop, .endsBlock]),
            row(0x56, "JUMP", 1, 0, 8, [], [.endsBlock, .terminates]),
            row(0x57, "JUMPI", 2, 0, 10, [], [.endsBlock]),
            row(0x58, "PC", 0, 1, 2),
            row(0x59, "MSIZE", 0, 1, 2),
            row(0x5A, "GAS", 0, 1, 2, [], [.endsBlock]),
            row(0x5B, "JUMPDEST", 0, 0, 1, [], [.beginsBlock]),
            row(0x5C, "TLOAD", 1, 1, 100, since: .cancun, [], [.leavesLoop, .endsBlock]),
            row(0x5D, "TSTORE", 2, 0, 100, since: .cancun, [], [.leavesLoop, .endsBlock]),
            row(0x5E, "MCOPY", 3, 0, 3, since: .cancun),
            row(0x5F, "PUSH0", 0, 1, 2, since: .shanghai),
        ]
    }

    private static var stack: [InstructionTraits] {
        family(
            0x60, "PUSH", 1...32, gas: { _ in 3 }, stackInput: { _ in 0 }, stackOutput: { _ in 1 },
            immediateBytes: { $0 })
            + family(0x80, "DUP", 1...16, gas: { _ in 3 }, stackInput: { $0 }, stackOutput: { $0 + 1 })
            + family(0x90, "SWAP", 1...16, gas: { _ in 3 }, stackInput: { $0 + 1 }, stackOutput: { $0 + 1 })
    }

    private static var system: [InstructionTraits] {
        family(
            0xA0, "LOG", 0...4, gas: { 375 * (UInt16($0) + 1) }, stackInput: { $0 + 2 }, stackOutput: { _ in 0 },
            [.leavesLoop, .endsBlock]) + [
                row(0xF0, "CREATE", 3, 1, 32_000, [], [.leavesLoop, .endsBlock]),
                row(
                    0xF1, "CALL", 7, 1, 40, [(.tangerineWhistle, 700), (.berlin, 100)],
                    [.leavesLoop, .endsBlock]),
                row(
                    0xF2, "CALLCODE", 7, 1, 40, [(.tangerineWhistle, 700), (.berlin, 100)],
                    [.leavesLoop, .endsBlock]),
                row(0xF3, "RETURN", 2, 0, 0, [], [.leavesLoop, .endsBlock, .terminates]),
                row(
                    0xF4, "DELEGATECALL", 6, 1, 40, since: .homestead,
                    [(.tangerineWhistle, 700), (.berlin, 100)], [.leavesLoop, .endsBlock]),
                row(0xF5, "CREATE2", 4, 1, 32_000, since: .constantinople, [], [.leavesLoop, .endsBlock]),
                row(
                    0xFA, "STATICCALL", 6, 1, 700, since: .byzantium, [(.berlin, 100)],
                    [.leavesLoop, .endsBlock]),
                row(0xFD, "REVERT", 2, 0, 0, since: .byzantium, [], [.leavesLoop, .endsBlock, .terminates]),
                row(
                    0xFF, "SELFDESTRUCT", 1, 0, 0, [(.tangerineWhistle, 5_000)],
                    [.leavesLoop, .endsBlock, .terminates]),
            ]
    }
}
