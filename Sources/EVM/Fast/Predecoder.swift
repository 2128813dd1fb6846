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
        /// Operands that will hold the address of a word.
        private var references: [(operand: Int, word: Int)] = []
        /// The operand that will hold the address of the next block.
        private var following: Int?

        // MARK: The running block

        private var items = BlockItems()
        /// Where its cost goes.
        private var costIndex = 0
        private var gas = 0
        private var height = 0
        private var need = 0
        private var growth = 0

        static func decode(_ code: Code, _ revision: Revision) -> PredecodedCode {
            var decoder = Predecoder(code, InstructionTable.for(revision))
            defer { decoder.items.deallocate() }
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
                    let exit = Exit(.undefinedInstruction)
                    items.append(BlockItem(kind: BlockItem.halt, value: UInt256(UInt64(exit.code))))
                    counter = nextDestination(from: counter + 1)
                    continue
                }
                if opcode == 0x5B {
                    if items.count > 0 || gas != 0 {
                        endBlock()
                        beginBlock()
                    }
                    blocks[counter] = Int32(truncatingIfNeeded: costIndex - 1)
                }
                account(row)
                append(opcode, at: counter)
                counter += 1 + Self.immediateBytes(opcode)
                if row.flags.contains(.terminates) {
                    counter = nextDestination(from: counter)
                } else if row.flags.contains(.endsBlock), opcode != 0x5A {
                    endBlock()
                    beginBlock()
                }
            }
            // The end of the code is a STOP.
            items.append(BlockItem(kind: 0))
            endBlock()
        }

        private mutating func append(_ opcode: UInt8, at counter: Int) {
            switch opcode {
            case 0x5B: break
            case 0x38: items.append(BlockItem(kind: BlockItem.push, value: UInt256(UInt64(code.count))))
            case 0x58: items.append(BlockItem(kind: BlockItem.push, value: UInt256(UInt64(counter))))
            case 0x5A: items.append(BlockItem(kind: 0x5A, value: UInt256(UInt64(gas))))
            case 0x5F: items.append(BlockItem(kind: BlockItem.push))
            case 0x60...0x7F:
                let value = SimpleLoop.immediate(code.bytes + counter + 1, count: Int(opcode) - 0x5F)
                items.append(BlockItem(kind: BlockItem.push, value: value))
            default: items.appendFolding(BlockItem(kind: UInt16(opcode)))
            }
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

        /// Whether a constant is the program counter of a JUMPDEST.
        func isDestination(_ item: BlockItem) -> Bool {
            guard let counter = item.small, counter < UInt64(code.count) else { return false }
            return destinations[Int(counter / 64)] &>> (counter % 64) & 1 != 0
        }

        private static func immediateBytes(_ opcode: UInt8) -> Int { opcode &- 0x60 < 32 ? Int(opcode) - 0x5F : 0 }

        // MARK: Blocks

        private mutating func beginBlock() {
            if let following { references.append((operand: following, word: words.count)) }
            following = nil
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
            emitFused(items)
            items.removeAll()
        }

        /// The constant gas that is charged already when an instruction runs up to which a block costs `prefix`.
        func gasAfter(_ prefix: UInt64) -> UInt64 { UInt64(gas) - prefix }

        // MARK: Emitting

        mutating func emit(_ operation: Operation) { words.append(operation.address) }

        mutating func emit(_ operation: Operation, _ operand: UInt64) {
            words.append(operation.address)
            words.append(operand)
        }

        mutating func emit(_ operation: Operation, _ first: UInt64, _ second: UInt64) {
            emit(operation, first)
            words.append(second)
        }

        mutating func emit(_ operation: Operation, wide value: UInt256) {
            emit(operation, value.limb0, value.limb1)
            words.append(value.limb2)
            words.append(value.limb3)
        }

        mutating func emitOperand(_ operand: UInt64) { words.append(operand) }

        /// Whether the revision's instruction is one for the outer loop.
        func leavesLoop(_ opcode: UInt8) -> Bool { rows[Int(opcode)].flags.contains(.leavesLoop) }

        /// An operand with the address of the block of a JUMPDEST, which is valid.
        mutating func emitTarget(_ item: BlockItem) {
            jumps.append((operand: words.count, counter: Int(truncatingIfNeeded: item.value.limb0)))
            words.append(0)
        }

        /// An operand with the address of the next block.
        mutating func emitFollowing() {
            following = words.count
            words.append(0)
        }

        // MARK: The end

        private mutating func finish(_ revision: Revision) -> PredecodedCode {
            let size = 8 * words.count + 4 * blocks.count
            let storage = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 16)
            let table = storage + 8 * words.count
            for jump in jumps { references.append((operand: jump.operand, word: Int(blocks[jump.counter]))) }
            for reference in references {
                words[reference.operand] = UInt64(UInt(bitPattern: storage + 8 * reference.word))
            }
            words.withUnsafeBytes { storage.copyMemory(from: $0.baseAddress.unsafelyUnwrapped, byteCount: $0.count) }
            for counter in 0..<blocks.count {
                let block = blocks[counter]
                let distance = block < 0 ? 0 : UInt32(truncatingIfNeeded: words.count - Int(block))
                table.storeBytes(of: distance, toByteOffset: 4 * counter, as: UInt32.self)
            }
            return PredecodedCode(
                revision: revision, entry: UnsafeRawPointer(storage), jumpTable: UnsafeRawPointer(table),
                byteCount: size)
        }
    }
#endif
