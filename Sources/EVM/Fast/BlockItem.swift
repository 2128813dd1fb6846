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

    /// The instructions of one basic block; the memory serves block after block. Whoever makes it deallocates it.
    struct BlockItems {
        private(set) var start: UnsafeMutablePointer<BlockItem>
        private(set) var count = 0
        private var capacity = 64

        init() { start = .allocate(capacity: capacity) }

        func deallocate() { start.deallocate() }

        mutating func append(_ item: BlockItem) {
            if count == capacity { grow() }
            (start + count).initialize(to: item)
            count += 1
        }

        mutating func removeAll() { count = 0 }

        /// The instructions from the first on.
        var row: Row { Row(start: start, count: count) }

        private mutating func grow() {
            let larger = UnsafeMutablePointer<BlockItem>.allocate(capacity: 2 * capacity)
            larger.moveInitialize(from: start, count: count)
            start.deallocate()
            start = larger
            capacity *= 2
        }

        /// Instructions in a row, up to the end of the block; good until the block changes.
        struct Row {
            let start: UnsafePointer<BlockItem>
            let count: Int

            init(start: UnsafePointer<BlockItem>, count: Int) {
                self.start = start
                self.count = count
            }

            subscript(index: Int) -> BlockItem? { index < count ? start[index] : nil }

            func kind(_ index: Int) -> UInt16? { index < count ? start[index].kind : nil }

            func dropFirst(_ dropped: Int) -> Row { Row(start: start + dropped, count: count - dropped) }
        }
    }

    extension BlockItems {
        /// Appends an instruction, folding what is constant: the words that it leaves are the same, and gas and stack are
        /// accounted for elsewhere, from the instructions as they were.
        mutating func appendFolding(_ item: BlockItem) {
            var item = item
            while count > 0, start[count - 1].kind == 0x90, let kind = Self.reversed(item.kind) {
                count -= 1
                item = BlockItem(kind: kind)
            }
            if count > 0, start[count - 1].kind == BlockItem.push {
                let last = start + (count - 1)
                if let folded = Self.unary(item.kind, last.pointee.value) {
                    last.pointee.value = folded
                    return
                }
                if count > 1, last[-1].kind == BlockItem.push,
                    let folded = Self.binary(item.kind, last.pointee.value, last[-1].value)
                {
                    count -= 1
                    last[-1].value = folded
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
