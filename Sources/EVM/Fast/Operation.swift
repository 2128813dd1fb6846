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
    }
#endif
