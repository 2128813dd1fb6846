#if !hasFeature(Embedded)
    import Primitives

    /// One instruction of a basic block on its way through the predecoder: after folding, before fusing.
    struct BlockItem {
        /// An opcode, or one of the kinds below.
        var kind: UInt16
        /// What a PUSH pushes; the constant gas of the block up to and with GAS; the exit code of a halt.
        var value = UInt256.zero

        /// Any instruction that pushes a constant.
        static var push: UInt16 { 0x60 }
        /// SWAP1 and SUB, SWAP1 and DIV: the operands the other way round.
        static var reversedSubtract: UInt16 { 0x103 }
        static var reversedDivide: UInt16 { 0x104 }
        /// An exceptional halt.
        static var halt: UInt16 { 0x1FE }

        /// The constant, where it is one that fits 64 bits.
        var small: UInt64? { kind == Self.push && value.fitsUInt64 ? value.limb0 : nil }

        /// For DUPn with n from 1 on, n.
        var duplicated: Int? { kind &- 0x80 < 16 ? Int(kind) - 0x7F : nil }

        /// For SWAPn with n from 1 on, n.
        var swapped: Int? { kind &- 0x90 < 16 ? Int(kind) - 0x8F : nil }

        /// The exponent, where a constant is a power of two.
        var powerOfTwo: UInt64? {
            guard kind == Self.push, !value.isZero, (value & (value &- .one)).isZero else { return nil }
            return UInt64(truncatingIfNeeded: value.bitWidth - 1)
        }
    }

    extension [BlockItem] {
        /// Appends an instruction, folding what is constant: the words that it leaves are the same, and gas and stack are
        /// accounted for elsewhere, from the instructions as they were.
        mutating func appendFolding(_ item: BlockItem) {
            if let last = self.last {
                if last.kind == BlockItem.push, let folded = Self.unary(item.kind, last.value) {
                    self[count - 1].value = folded
                    return
                }
                if count > 1, last.kind == BlockItem.push, self[count - 2].kind == BlockItem.push,
                    let folded = Self.binary(item.kind, last.value, self[count - 2].value)
                {
                    removeLast()
                    self[count - 1].value = folded
                    return
                }
                if last.kind == 0x90, let kind = Self.reversed(item.kind) {
                    removeLast()
                    appendFolding(BlockItem(kind: kind))
                    return
                }
            }
            append(item)
        }

        private static func unary(_ kind: UInt16, _ value: UInt256) -> UInt256? {
            switch kind {
            case 0x15: UInt256(value.isZero)
            case 0x19: ~value
            default: nil
            }
        }

        private static func binary(_ kind: UInt16, _ top: UInt256, _ below: UInt256) -> UInt256? {
            switch kind {
            case 0x01: top &+ below
            case 0x02: top &* below
            case 0x03: top &- below
            case BlockItem.reversedSubtract: below &- top
            case 0x16: top & below
            case 0x17: top | below
            case 0x18: top ^ below
            case 0x1B: below.shiftedLeft(byWord: top)
            case 0x1C: below.shiftedRight(byWord: top)
            default: nil
            }
        }

        /// The instruction that does on two words what this one does on them exchanged.
        private static func reversed(_ kind: UInt16) -> UInt16? {
            switch kind {
            case 0x01, 0x02, 0x14, 0x16, 0x17, 0x18: kind
            case 0x03: BlockItem.reversedSubtract
            case 0x04: BlockItem.reversedDivide
            case 0x10: 0x11
            case 0x11: 0x10
            case 0x12: 0x13
            case 0x13: 0x12
            default: nil
            }
        }
    }
#endif
