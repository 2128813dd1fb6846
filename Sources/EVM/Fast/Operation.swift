#if !hasFeature(Embedded)
    /// An instruction of the fast loop: the one place where handlers are named.
    struct Operation {
        let handler: Handler

        private init(_ handler: @escaping Handler) { self.handler = handler }

        /// The handler as the first word of an instruction.
        var address: UInt64 { UInt64(UInt(bitPattern: unsafeBitCast(handler, to: UnsafeRawPointer.self))) }

        static var beginBlock: Operation { Operation(mayflyBeginBlock) }
        static var leave: Operation { Operation(mayflyLeave) }
        static var halt: Operation { Operation(mayflyHalt) }
        static var gasLeft: Operation { Operation(mayflyGasLeft) }
        static var pushSmall: Operation { Operation(mayflyPushSmall) }
        static var push: Operation { Operation(mayflyPush) }
        static var duplicateTop: Operation { Operation(mayflyDuplicateTop) }
        static var duplicate: Operation { Operation(mayflyDuplicate) }
        static var swapTop: Operation { Operation(mayflySwapTop) }
        static var swap: Operation { Operation(mayflySwap) }
        static var rangeOperation: Operation { Operation(mayflyRangeOperation) }
        static var frameWord: Operation { Operation(mayflyFrameWord) }
        static var jumpTo: Operation { Operation(mayflyJumpTo) }

        // MARK: Several in one

        static var andWide: Operation { Operation(mayflyAndWide) }
        static var shiftRightAnd: Operation { Operation(mayflyShiftRightAnd) }
        static var duplicateAddSmall: Operation { Operation(mayflyDuplicateAddSmall) }
        static var duplicateShiftRight: Operation { Operation(mayflyDuplicateShiftRight) }
        static var duplicateTwo: Operation { Operation(mayflyDuplicateTwo) }
        static var pushTwo: Operation { Operation(mayflyPushTwo) }
        static var popMany: Operation { Operation(mayflyPopMany) }
        static var dropBelow: Operation { Operation(mayflyDropBelow) }
        static var replace: Operation { Operation(mayflyReplace) }
        static var andOr: Operation { Operation(mayflyAndOr) }
        static var reversedSubtract: Operation { Operation(mayflyReversedSubtract) }
        static var reversedDivide: Operation { Operation(mayflyReversedDivide) }
        static var loadSmall: Operation { Operation(mayflyLoadSmall) }
        static var addLoad: Operation { Operation(mayflyAddLoad) }
        static var addWordsLoad: Operation { Operation(mayflyAddWordsLoad) }
        static var duplicateLoad: Operation { Operation(mayflyDuplicateLoad) }
        static var duplicateAddLoad: Operation { Operation(mayflyDuplicateAddLoad) }
        static var storeSmall: Operation { Operation(mayflyStoreSmall) }
        static var storeBelow: Operation { Operation(mayflyStoreBelow) }
        static var storeBelowAdd: Operation { Operation(mayflyStoreBelowAdd) }
        static var callDataWord: Operation { Operation(mayflyCallDataWord) }
        static var jumpToIf: Operation { Operation(mayflyJumpToIf) }
        static var jumpIfTop: Operation { Operation(mayflyJumpIfTop) }
        static var jumpIfLess: Operation { Operation(mayflyJumpIfLess) }
        static var jumpIfGreater: Operation { Operation(mayflyJumpIfGreater) }
        static var jumpIfSignedLess: Operation { Operation(mayflyJumpIfSignedLess) }
        static var jumpIfSignedGreater: Operation { Operation(mayflyJumpIfSignedGreater) }
        static var jumpIfEqual: Operation { Operation(mayflyJumpIfEqual) }
        static var duplicateJumpIfLess: Operation { Operation(mayflyDuplicateJumpIfLess) }
        static var duplicateJumpIfGreater: Operation { Operation(mayflyDuplicateJumpIfGreater) }
        static var duplicateJumpIfEqual: Operation { Operation(mayflyDuplicateJumpIfEqual) }
        static var jumpIfTopEquals: Operation { Operation(mayflyJumpIfTopEquals) }
        static var jumpIfTopLess: Operation { Operation(mayflyJumpIfTopLess) }
        static var jumpIfTopGreater: Operation { Operation(mayflyJumpIfTopGreater) }

        /// SHL by a constant, of 0 to 3 whole limbs and some bits.
        static func shiftLeft(limbs: UInt64) -> Operation {
            switch limbs {
            case 0: Operation(mayflyShiftLeft0)
            case 1: Operation(mayflyShiftLeft1)
            case 2: Operation(mayflyShiftLeft2)
            default: Operation(mayflyShiftLeft3)
            }
        }

        /// SHR by a constant.
        static func shiftRight(limbs: UInt64) -> Operation {
            switch limbs {
            case 0: Operation(mayflyShiftRight0)
            case 1: Operation(mayflyShiftRight1)
            case 2: Operation(mayflyShiftRight2)
            default: Operation(mayflyShiftRight3)
            }
        }

        /// The operation of an opcode that has a handler without operands for itself.
        init?(_ opcode: UInt8) {
            switch opcode {
            case 0x01: handler = mayflyAdd
            case 0x02: handler = mayflyMultiply
            case 0x03: handler = mayflySubtract
            case 0x04: handler = mayflyDivide
            case 0x05: handler = mayflySignedDivide
            case 0x06: handler = mayflyRemainder
            case 0x07: handler = mayflySignedRemainder
            case 0x08: handler = mayflyAddModulo
            case 0x09: handler = mayflyMultiplyModulo
            case 0x0A: handler = mayflyExponentiate
            case 0x0B: handler = mayflySignExtend
            case 0x10: handler = mayflyLessThan
            case 0x11: handler = mayflyGreaterThan
            case 0x12: handler = mayflySignedLessThan
            case 0x13: handler = mayflySignedGreaterThan
            case 0x14: handler = mayflyEqual
            case 0x15: handler = mayflyIsZero
            case 0x16: handler = mayflyAnd
            case 0x17: handler = mayflyOr
            case 0x18: handler = mayflyExclusiveOr
            case 0x19: handler = mayflyNot
            case 0x1A: handler = mayflyByte
            case 0x1B: handler = mayflyShiftLeft
            case 0x1C: handler = mayflyShiftRight
            case 0x1D: handler = mayflyArithmeticShiftRight
            case 0x1E: handler = mayflyCountLeadingZeros
            case 0x33: handler = mayflyCaller
            case 0x34: handler = mayflyCallValue
            case 0x35: handler = mayflyLoadCallData
            case 0x36: handler = mayflyCallDataSize
            case 0x49: handler = mayflyBlobHash
            case 0x50: handler = mayflyPop
            case 0x51: handler = mayflyLoadMemory
            case 0x52: handler = mayflyStoreMemory
            case 0x53: handler = mayflyStoreByte
            case 0x56: handler = mayflyJump
            case 0x57: handler = mayflyJumpIf
            case 0x59: handler = mayflyMemorySize
            default: return nil
            }
        }

        /// PUSH of up to 64 bits and an instruction.
        init?(withSmall kind: UInt16) {
            switch kind {
            case 0x1: handler = mayflyAddSmall
            case 0x2: handler = mayflyMultiplySmall
            case 0x3: handler = mayflySubtractSmall
            case BlockItem.reversedSubtract: handler = mayflyReversedSubtractSmall
            case 0x16: handler = mayflyAndSmall
            case 0x17: handler = mayflyOrSmall
            case 0x10: handler = mayflyLessThanSmall
            case 0x11: handler = mayflyGreaterThanSmall
            case 0x14: handler = mayflyEqualSmall
            case 0x51: handler = mayflyLoadSmall
            case 0x52: handler = mayflyStoreSmall
            case 0x35: handler = mayflyCallDataWord
            default: return nil
            }
        }

        /// DUPn with n from 2 on and an instruction.
        init?(withDuplicate kind: UInt16) {
            switch kind {
            case 0x1: handler = mayflyDuplicateAdd
            case 0x2: handler = mayflyDuplicateMultiply
            case 0x3: handler = mayflyDuplicateSubtract
            case 0x16: handler = mayflyDuplicateAnd
            case 0x17: handler = mayflyDuplicateOr
            case 0x18: handler = mayflyDuplicateExclusiveOr
            case 0x10: handler = mayflyDuplicateLessThan
            case 0x11: handler = mayflyDuplicateGreaterThan
            case 0x14: handler = mayflyDuplicateEqual
            default: return nil
            }
        }
    }
#endif
