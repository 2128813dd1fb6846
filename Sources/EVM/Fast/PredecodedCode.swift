#if !hasFeature(Embedded)
    /// A code as the fast loop runs it: instructions, and behind them the table of jump targets.
    ///
    /// An instruction is a word with its handler's address and the words of its operands. The table has 32 bits for each
    /// byte of code: how many words before the table the block of that JUMPDEST begins, or zero where there is none.
    struct PredecodedCode {
        let revision: Revision
        let entry: UnsafeRawPointer
        let jumpTable: UnsafeRawPointer
        let byteCount: Int

        /// The block of the valid JUMPDEST at a program counter.
        func block(at counter: Int) -> UnsafeRawPointer {
            jumpTable - 8 * Int(jumpTable.load(fromByteOffset: 4 * counter, as: UInt32.self))
        }

        func deallocate() { entry.deallocate() }
    }

    extension Code {
        /// The instructions of this code under `revision`; decoded when first asked for, and again for another revision.
        ///
        /// - Parameter budget: the bytes that may still be made; what is made here is taken from it.
        /// - Returns: nil where they would have to be made and the budget is spent.
        /// - Complexity: time and memory O(*n*) in the size of the code, at most 36 bytes for each of its bytes.
        func predecoded(for revision: Revision, budget: inout Int) -> PredecodedCode? {
            if let predecoded, predecoded.revision == revision { return predecoded }
            guard budget > 0 else { return nil }
            predecoded?.deallocate()
            let result = Predecoder.decode(self, revision)
            predecoded = result
            budget -= result.byteCount
            return result
        }
    }
#endif
