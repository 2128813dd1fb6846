#if !hasFeature(Embedded)
    import Primitives

    /// Turns bytecode into the fast loop's instructions, block by block.
    ///
    /// A basic block begins at a JUMPDEST or behind an instruction that ends one. Its first instruction charges the
    /// constant gas of all and checks the stack for all; what can fail later in the block halts the frame, so that having
    /// charged too early can't be seen. What sees the gas counter ends a block, or knows what is left of it (GAS).
    struct Predecoder {
        private let code: Code
        private let rows: UnsafePointer<InstructionTable.Row>
        private let destinations: UnsafePointer<UInt64>
        /// Handlers and operands.
        private var words: [UInt64] = []
        /// By program counter, the index in `words` of a JUMPDEST's block; -1 where there is none.
        private var blocks: [Int32]
        /// Operands that will hold the address of the block at a program counter.
        private var jumps: [(operand: Int, counter: Int)] = []

        // MARK: The running block

        /// Where its cost goes.
        private var costIndex = 0
        private var gas = 0
        private var height = 0
        private var need = 0
        private var growth = 0
        /// Operands of GAS, which hold the gas of the block up to them.
        private var gasReads: [Int] = []

        static func decode(_ code: Code, _ revision: Revision) -> PredecodedCode {
            var decoder = Predecoder(code, InstructionTable.for(revision))
            decoder.decode()
            return decoder.finish(revision)
        }

        private init(_ code: Code, _ table: InstructionTable) {
            self.code = code
            rows = table.rows
            destinations = code.jumpDestinations
            blocks = [Int32](repeating: -1, count: code.count)
            words.reserveCapacity(2 * code.count + 16)
        }

        // MARK: Walking the code

        private mutating func decode() {
            var counter = 0
            beginBlock()
            while counter < code.count {
                let opcode = code.bytes[counter]
                let row = rows[Int(opcode)]
                guard row.flags.contains(.isDefined) else {
                    emit(.halt, UInt64(Exit(.undefinedInstruction).code))
                    counter = nextDestination(from: counter + 1)
                    continue
                }
                if opcode == 0x5B {
                    if words.count != costIndex + 1 || gas != 0 {
                        endBlock()
                        beginBlock()
                    }
                    blocks[counter] = Int32(truncatingIfNeeded: costIndex - 1)
                }
                account(row)
                emit(opcode, at: counter)
                counter += 1 + Self.immediateBytes(opcode)
                if row.flags.contains(.terminates) {
                    counter = nextDestination(from: counter)
                } else if row.flags.contains(.endsBlock), opcode != 0x5A {
                    endBlock()
                    beginBlock()
                }
            }
            // The end of the code is a STOP.
            emit(.leave, 0)
            endBlock()
        }

        /// The program counter of the next valid JUMPDEST, or the end of the code.
        private func nextDestination(from counter: Int) -> Int {
            var counter = counter
            while counter < code.count {
                let bits = destinations[counter / 64] &>> UInt64(counter % 64)
                if bits != 0 { return counter + bits.trailingZeroBitCount }
                counter = (counter / 64 + 1) * 64
            }
            return code.count
        }

        private static func immediateBytes(_ opcode: UInt8) -> Int { opcode &- 0x60 < 32 ? Int(opcode) - 0x5F : 0 }

        // MARK: Blocks

        private mutating func beginBlock() {
            emit(.beginBlock, 0)
            costIndex = words.count - 1
            gas = 0
            height = 0
            need = 0
            growth = 0
        }

        private mutating func account(_ row: InstructionTable.Row) {
            gas += Int(row.gas)
            need = max(need, Int(row.stackInput) - height)
            height += Int(row.stackOutput) - Int(row.stackInput)
            growth = max(growth, height)
        }

        private mutating func endBlock() {
            words[costIndex] = BlockCost(gas: gas, need: need, growth: growth).packed
            for index in gasReads { words[index] = UInt64(gas) - words[index] }
            gasReads.removeAll(keepingCapacity: true)
        }

        // MARK: Emitting

        private mutating func emit(_ operation: Operation, _ operands: UInt64...) {
            words.append(operation.address)
            words += operands
        }

        private mutating func emit(_ opcode: UInt8, at counter: Int) {
            switch opcode {
            case 0x5A:
                emit(.gasLeft, UInt64(gas))
                gasReads.append(words.count - 1)
            case 0x58: emit(.pushSmall, UInt64(counter))
            case 0x38: emit(.pushSmall, UInt64(code.count))
            case 0x5B: break
            case 0x5F: emit(.pushSmall, 0)
            case 0x60...0x7F:
                let value = SimpleLoop.immediate(code.bytes + counter + 1, count: Int(opcode) - 0x5F)
                if value.fitsUInt64 {
                    emit(.pushSmall, value.limb0)
                } else {
                    emit(.push, value.limb0, value.limb1, value.limb2, value.limb3)
                }
            case 0x80: emit(.duplicateTop)
            case 0x81...0x8F: emit(.duplicate, 4 * UInt64(opcode - 0x80))
            case 0x90: emit(.swapTop)
            case 0x91...0x9F: emit(.swap, 4 * UInt64(opcode - 0x8F))
            case 0x20, 0x37, 0x39, 0x3E, 0x5E: emit(.rangeOperation, UInt64(opcode))
            default:
                if rows[Int(opcode)].flags.contains(.leavesLoop) {
                    emit(.leave, UInt64(opcode))
                } else if let operation = Operation(opcode) {
                    emit(operation)
                } else {
                    emit(.frameWord, UInt64(opcode))
                }
            }
        }

        // MARK: The end

        private mutating func finish(_ revision: Revision) -> PredecodedCode {
            let size = 8 * words.count + 4 * blocks.count
            let storage = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 16)
            let table = storage + 8 * words.count
            for jump in jumps {
                words[jump.operand] = UInt64(UInt(bitPattern: storage + 8 * Int(blocks[jump.counter])))
            }
            words.withUnsafeBytes { storage.copyMemory(from: $0.baseAddress.unsafelyUnwrapped, byteCount: $0.count) }
            for counter in 0..<blocks.count {
                let block = blocks[counter]
                let distance = block < 0 ? 0 : UInt32(truncatingIfNeeded: words.count - Int(block))
                table.storeBytes(of: distance, toByteOffset: 4 * counter, as: UInt32.self)
            }
            return PredecodedCode(
                revision: revision, entry: UnsafeRawPointer(storage), jumpTable: UnsafeRawPointer(table))
        }
    }
#endif
