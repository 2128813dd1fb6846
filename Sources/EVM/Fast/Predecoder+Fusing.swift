#if !hasFeature(Embedded)
    import Primitives

    /// Which instructions in a row become one: chosen by what compilers write and what it saves.
    extension Predecoder {
        mutating func emitFused(_ items: BlockItems) {
            var rest = items.row
            while let item = rest[0] {
                let fused =
                    switch item.kind {
                    case BlockItem.push: fusePush(rest)
                    case 0x80...0x8F: fuseDuplicate(rest)
                    case 0x90...0x9F: fuseSwap(rest)
                    default: fuseOther(rest)
                    }
                if fused == 0 { emitAlone(item) }
                rest = rest.dropFirst(max(1, fused))
            }
        }

        // MARK: Jumps

        /// Ends a conditional jump: ISZEROs from `offset` on, PUSH of a target, JUMPI. Emits `operation` with the block to
        /// run where its condition holds, then the other one, and says how many items that were; 0 where there is no jump.
        private mutating func fuseJump(
            _ rest: BlockItems.Row, _ offset: Int, _ operation: Operation, _ operand: UInt64? = nil,
            second: UInt64? = nil, negated: Bool = false
        ) -> Int {
            var index = offset
            var negated = negated
            // Compilers write two at most; to look further would take time quadratic in the length of a row of them.
            while index < offset + 3, rest.kind(index) == 0x15 {
                negated.toggle()
                index += 1
            }
            guard rest.kind(index + 1) == 0x57, let target = rest[index], isDestination(target) else { return 0 }
            emit(operation)
            if negated {
                emitFollowing()
                emitTarget(target)
            } else {
                emitTarget(target)
                emitFollowing()
            }
            if let operand { emitOperand(operand) }
            if let second { emitOperand(second) }
            return index + 2
        }

        /// A comparison of the top word, which stays, with a constant, and a jump.
        private mutating func fuseConstantComparison(
            _ rest: BlockItems.Row, _ constant: UInt64, isReversed: Bool
        ) -> Int {
            guard let comparison = rest.kind(2) else { return 0 }
            switch comparison {
            case 0x14: return fuseJump(rest, 3, .jumpIfTopEquals, constant)
            case 0x18, 0x03, BlockItem.reversedSubtract:
                return fuseJump(rest, 3, .jumpIfTopEquals, constant, negated: true)
            case 0x10, 0x11:
                let isLess = (comparison == 0x10) != isReversed
                return fuseJump(rest, 3, isLess ? .jumpIfTopLess : .jumpIfTopGreater, constant)
            default: return 0
            }
        }

        // MARK: Beginning with a constant

        private mutating func fusePush(_ rest: BlockItems.Row) -> Int {
            guard let first = rest[0], let second = rest[1] else { return 0 }
            if second.kind == 0x56 {
                guard isDestination(first) else { return 0 }
                emit(.jumpTo)
                emitTarget(first)
                return 2
            }
            if second.kind == 0x57, isDestination(first) { return fuseJump(rest, 0, .jumpToIf) }
            // PUSH DUPn: from here on n counts without the constant.
            if let number = second.duplicated, number > 1 {
                let distance = Self.distance(number - 1)
                if let power = first.powerOfTwo, rest.kind(2) == 0x04 {
                    emit(.duplicateShiftRight, distance, power)
                    return 3
                }
                if let constant = first.small {
                    if number == 2 {
                        let jump = fuseConstantComparison(rest, constant, isReversed: false)
                        if jump > 0 { return jump }
                    }
                    if rest.kind(2) == 0x01 {
                        emit(.duplicateAddSmall, distance, constant)
                        return 3
                    }
                }
            }
            if let power = first.powerOfTwo {
                switch second.kind {
                case BlockItem.reversedDivide:
                    emit(.shiftRight(limbs: power / 64), power % 64)
                    return 2
                case 0x02:
                    emit(.shiftLeft(limbs: power / 64), power % 64)
                    return 2
                default: break
                }
            }
            guard let constant = first.small else {
                guard second.kind == 0x16 else { return 0 }
                emit(.andWide, wide: first.value)
                return 2
            }
            switch second.kind {
            case 0x01 where rest.kind(2) == 0x51:
                emit(.addLoad, constant)
                return 3
            case 0x1B, 0x1C:
                guard constant < 256 else { return 0 }
                if second.kind == 0x1C, rest.kind(2) == 0x16 {
                    emit(.shiftRightAnd, constant)
                    return 3
                }
                emit(
                    second.kind == 0x1B ? .shiftLeft(limbs: constant / 64) : .shiftRight(limbs: constant / 64),
                    constant % 64)
                return 2
            case BlockItem.push:
                guard let other = second.small, !isOperand(rest, 2) else { return 0 }
                emit(.pushTwo, constant, other)
                return 2
            default:
                guard let operation = Operation(withSmall: second.kind) else { return 0 }
                emit(operation, constant)
                return 2
            }
        }

        /// Whether the item at `offset` can make something better of a constant before it.
        private func isOperand(_ rest: BlockItems.Row, _ offset: Int) -> Bool {
            guard let kind = rest.kind(offset) else { return false }
            return Operation(withSmall: kind) != nil || kind == 0x56 || kind == 0x57 || kind == 0x1B || kind == 0x1C
                || kind &- 0x80 < 16
        }

        // MARK: Beginning with a copy

        private mutating func fuseDuplicate(_ rest: BlockItems.Row) -> Int {
            guard let number = rest[0]?.duplicated, let second = rest[1] else { return 0 }
            let distance = Self.distance(number)
            if let constant = second.small {
                if number == 1 {
                    let jump = fuseConstantComparison(rest, constant, isReversed: true)
                    if jump > 0 { return jump }
                }
                switch rest.kind(2) {
                case 0x01:
                    emit(.duplicateAddSmall, distance, constant)
                    return 3
                case 0x1C where constant < 256:
                    emit(.duplicateShiftRight, distance, constant)
                    return 3
                default: break
                }
            }
            if number == 1 {
                let jump = fuseJump(rest, 1, .jumpIfTop)
                if jump > 0 { return jump }
            }
            if number == 2, second.kind == 0x52 {
                guard let constant = rest[2]?.small, rest.kind(3) == 0x01 else {
                    emit(.storeBelow)
                    return 2
                }
                emit(.storeBelowAdd, constant)
                return 4
            }
            if second.kind == 0x51 {
                emit(.duplicateLoad, distance)
                return 2
            }
            if number > 1 {
                if second.kind == 0x01, rest.kind(2) == 0x51 {
                    emit(.duplicateAddLoad, distance)
                    return 3
                }
                let jump =
                    switch second.kind {
                    case 0x10: fuseJump(rest, 2, .duplicateJumpIfLess, distance)
                    case 0x11: fuseJump(rest, 2, .duplicateJumpIfGreater, distance)
                    case 0x14: fuseJump(rest, 2, .duplicateJumpIfEqual, distance)
                    default: 0
                    }
                if jump > 0 { return jump }
                if let operation = Operation(withDuplicate: second.kind) {
                    emit(operation, distance)
                    return 2
                }
            }
            if let other = second.duplicated, !isOperandOfDuplicate(rest, 2) {
                emit(.duplicateTwo, distance, Self.distance(other))
                return 2
            }
            return 0
        }

        /// Whether the item at `offset` can make something better of a DUP before it.
        private func isOperandOfDuplicate(_ rest: BlockItems.Row, _ offset: Int) -> Bool {
            guard let kind = rest.kind(offset) else { return false }
            return Operation(withDuplicate: kind) != nil || kind == 0x51 || kind == 0x52 || kind == BlockItem.push
                || kind == 0x15
        }

        // MARK: Beginning with an exchange, or anything else

        private mutating func fuseSwap(_ rest: BlockItems.Row) -> Int {
            guard let number = rest[0]?.swapped, rest.kind(1) == 0x50 else { return 0 }
            if number == 1 {
                emit(.dropBelow)
            } else {
                emit(.replace, 32 * UInt64(number))
            }
            return 2
        }

        private mutating func fuseOther(_ rest: BlockItems.Row) -> Int {
            guard let first = rest[0] else { return 0 }
            switch first.kind {
            case 0x10: return fuseJump(rest, 1, .jumpIfLess)
            case 0x11: return fuseJump(rest, 1, .jumpIfGreater)
            case 0x12: return fuseJump(rest, 1, .jumpIfSignedLess)
            case 0x13: return fuseJump(rest, 1, .jumpIfSignedGreater)
            case 0x14: return fuseJump(rest, 1, .jumpIfEqual)
            case 0x18: return fuseJump(rest, 1, .jumpIfEqual, negated: true)
            case 0x15: return fuseJump(rest, 0, .jumpToIf)
            case 0x01 where rest.kind(1) == 0x51:
                emit(.addWordsLoad)
                return 2
            case 0x16 where rest.kind(1) == 0x17:
                emit(.andOr)
                return 2
            case 0x50:
                var count = 1
                while rest.kind(count) == 0x50 { count += 1 }
                guard count > 1 else { return 0 }
                emit(.popMany, 32 * UInt64(count))
                return count
            default: return 0
            }
        }

        // MARK: One by one

        private mutating func emitAlone(_ item: BlockItem) {
            switch item.kind {
            case BlockItem.push:
                if let constant = item.small {
                    emit(.pushSmall, constant)
                } else {
                    emit(.push, wide: item.value)
                }
            case BlockItem.halt: emit(.halt, item.value.limb0)
            case BlockItem.reversedSubtract: emit(.reversedSubtract)
            case BlockItem.reversedDivide: emit(.reversedDivide)
            case 0x5A: emit(.gasLeft, gasAfter(item.value.limb0))
            case 0x80: emit(.duplicateTop)
            case 0x81...0x8F: emit(.duplicate, 32 * UInt64(item.kind - 0x80))
            case 0x90: emit(.swapTop)
            case 0x91...0x9F: emit(.swap, 32 * UInt64(item.kind - 0x8F))
            case 0x20, 0x37, 0x39, 0x3E, 0x5E: emit(.rangeOperation, UInt64(item.kind))
            default:
                let opcode = UInt8(truncatingIfNeeded: item.kind)
                if leavesLoop(opcode) {
                    emit(.leave, UInt64(opcode))
                } else if let operation = Operation(opcode) {
                    emit(operation)
                } else {
                    emit(.frameWord, UInt64(opcode))
                }
            }
        }

        /// How many bytes below the top slot the word lies that DUPn copies.
        private static func distance(_ number: Int) -> UInt64 { 32 * UInt64(number - 1) }
    }
#endif
