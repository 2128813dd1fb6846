/// The instructions of one revision as a dense table of 256 rows: what an inner loop looks at for each instruction.
///
/// Derived from `InstructionTraits.all`, once a process; the storage is never freed.
@frozen
public struct InstructionTable: @unchecked Sendable {
    /// One opcode.
    @frozen
    public struct Row: Sendable, BitwiseCopyable {
        /// The constant gas.
        public var gas: UInt16
        /// The words that must be on the stack; 65,535 for an undefined instruction, so that it never has them.
        public var stackInput: UInt16
        /// How many more words than `stackInput` there may be, so that the result still fits.
        public var stackSpan: UInt16
        /// The words left in place of the input.
        public var stackOutput: UInt8
        public var flags: InstructionFlags

        /// Whether the instruction may run on a stack of `height` words: one comparison for both ends.
        @inlinable @inline(__always)
        public func accepts(height: Int) -> Bool {
            UInt(bitPattern: height &- Int(stackInput)) <= UInt(stackSpan)
        }

        /// Why an instruction that is not accepted may not run.
        @inlinable
        public func rejection(height: Int) -> Halt {
            if !flags.contains(.isDefined) { return .undefinedInstruction }
            return height < Int(stackInput) ? .stackUnderflow : .stackOverflow
        }
    }

    /// 256 rows, by opcode.
    public let rows: UnsafePointer<Row>

    @inlinable @inline(__always)
    public subscript(opcode: UInt8) -> Row { rows[Int(opcode)] }

    /// The table of `revision`.
    public static func `for`(_ revision: Revision) -> InstructionTable {
        InstructionTable(rows: all.rows + 256 * Int(revision.rawValue))
    }

    @inlinable @inline(__always)
    init(rows: UnsafePointer<Row>) { self.rows = rows }

    /// The tables of every revision, one behind the other.
    private static let all: InstructionTable = {
        let rows = UnsafeMutablePointer<Row>.allocate(capacity: 256 * Revision.allCases.count)
        rows.initialize(
            repeating: Row(gas: 0, stackInput: .max, stackSpan: 0, stackOutput: 0, flags: [.endsBlock, .terminates]),
            count: 256 * Revision.allCases.count)
        for revision in Revision.allCases {
            for traits in InstructionTraits.all {
                guard let gas = traits.gas(in: revision) else { continue }
                let growth = max(0, Int(traits.stackOutput) - Int(traits.stackInput))
                rows[256 * Int(revision.rawValue) + Int(traits.opcode)] = Row(
                    gas: gas, stackInput: UInt16(traits.stackInput),
                    stackSpan: UInt16(Frame.stackLimit - growth - Int(traits.stackInput)),
                    stackOutput: traits.stackOutput, flags: traits.flags.union(.isDefined))
            }
        }
        return InstructionTable(rows: UnsafePointer(rows))
    }()
}
