import EVM
import Primitives
import Testing

/// Bytecode that wants to trap, hang or eat memory. That a test ends at all is most of what it shows.
struct HostileCodeTests {
    @Test(arguments: Revision.allCases)
    func everyOpcodeOnAnEmptyStack(_ revision: Revision) throws {
        for opcode in UInt8.min...UInt8.max {
            var host = TestHost()
            let result = try run([opcode], revision, host: &host)
            let row = InstructionTable.for(revision)[opcode]
            if !row.flags.contains(.isDefined) {
                #expect(result.outcome == .halt(.undefinedInstruction), "\(opcode)")
            } else if row.stackInput > 0 {
                #expect(result.outcome == .halt(.stackUnderflow), "\(opcode)")
            } else {
                #expect(result.outcome == .success, "\(opcode)")
            }
        }
    }

    @Test(arguments: [Revision.frontier, .byzantium, .berlin, .osaka])
    func everyOpcodeOnAFullStack(_ revision: Revision) throws {
        let filling = [UInt8](repeating: 0x30, count: 1_024)  // ADDRESS
        for opcode in UInt8.min...UInt8.max {
            var host = TestHost()
            let result = try run(filling + [opcode], revision, host: &host)
            let row = InstructionTable.for(revision)[opcode]
            if row.flags.contains(.isDefined) && Int(row.stackOutput) > Int(row.stackInput) {
                #expect(result.outcome == .halt(.stackOverflow), "\(opcode)")
            } else {
                #expect(result.outcome != .halt(.stackOverflow), "\(opcode)")
            }
        }
    }

    /// Operands around every limit that an implementation may have, in every mixture of two.
    @Test(arguments: [Revision.frontier, .constantinople, .istanbul, .osaka])
    func everyOpcodeOnHugeOperands(_ revision: Revision) throws {
        let words: [UInt256] = [
            0, 1, 31, 32, UInt256(UInt64(1) << 31), UInt256(UInt64(1) << 32) &- 1, UInt256(UInt64(1) << 32),
            UInt256(UInt64.max), UInt256(UInt64(Int64.max)), .one << 64, (.one << 255), .max, .max &- 31,
        ]
        for opcode in UInt8.min...UInt8.max {
            for first in words {
                for second in words {
                    var code: [UInt8] = []
                    for index in 0..<8 { code += [0x7F] + (index % 2 == 0 ? first : second).bytes }
                    var host = TestHost()
                    let result = try run(code + [opcode], revision, gas: 3_000_000, host: &host)
                    #expect(result.gasLeft >= 0)
                }
            }
        }
    }

    @Test func randomBytecode() throws {
        var random = RandomBytes(seed: 7)
        for round in 0..<100_000 {
            let revision = Revision.allCases[Int(random.next() % UInt64(Revision.allCases.count))]
            var code = (0..<Int(random.next() % 120)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
            // Half of the runs have a few words on the stack to begin with.
            if round % 2 == 0 { code = [0x60, 0x40, 0x60, 0x20, 0x5A, 0x30, 0x36, 0x34, 0x80, 0x80] + code }
            var host = TestHost()
            let result = try run(code, revision, gas: 100_000, input: [1, 2, 3], host: &host)
            #expect(result.gasLeft >= 0 && result.gasLeft <= 100_000)
        }
    }

    /// A contract that calls itself until depth or gas ends, by each kind of call; and one that creates itself.
    @Test(arguments: [
        "0 0 0 0 0 ADDRESS GAS CALL", "0 0 0 0 0 ADDRESS GAS CALLCODE", "0 0 0 0 ADDRESS GAS DELEGATECALL",
        "0 0 0 0 ADDRESS GAS STATICCALL",
    ])
    func recursionToTheDepthLimit(_ text: String) throws {
        // Counts its depth in memory passed down as input would cost words; the gas of a level is enough to see it.
        var host = TestHost()
        let result = try run(
            assemble(text + " PUSH1 0x00 MSTORE PUSH1 0x20 PUSH1 0x00 RETURN"), .osaka, gas: 1 << 50, host: &host)
        #expect(result.outcome == .success)
        #expect(UInt256(bigEndianBytes: result.output) == 1)
    }

    @Test func depthIsAtMost1024() throws {
        // Each level writes its depth, which is the storage value plus one, then calls itself.
        var host = TestHost()
        let result = try run(
            assemble("0 SLOAD 1 ADD 0 SSTORE 0 0 0 0 0 ADDRESS GAS CALL"), .frontier, gas: 1 << 40, host: &host)
        // Before EIP-150 a call for all of the gas that is left after paying for itself cannot be paid for.
        #expect(result.outcome == .success || result.outcome == .halt(.outOfGas))
        var later = TestHost()
        _ = try run(
            assemble("0 SLOAD 1 ADD 0 SSTORE 0 0 0 0 0 ADDRESS GAS CALL"), .osaka, gas: 1 << 50, host: &later)
        #expect(later.stored(contract, 0) == 1_025)
    }

    @Test func memoryIsPaidForBeforeItIsThere() throws {
        for offset: UInt64 in [0x10_0000, 0x8000_0000, 0xFFFF_FFDF, 0xFFFF_FFFF, 0x1_0000_0000, 0x100_0000_0000, .max] {
            var host = TestHost()
            let code: [UInt8] = [0x60, 1, 0x67] + Array(UInt256(offset).bytes.suffix(8)) + [0x52]
            let result = try run(code, .osaka, gas: 100_000, host: &host)
            #expect(result.outcome == .halt(.outOfGas))
            #expect(result.gasLeft == 0)
        }
    }
}
