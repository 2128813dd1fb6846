#if !hasFeature(Embedded)
    /// The fast loop: predecoded instructions run by handlers that call each other in tail position.
    ///
    /// It terminates: every block costs gas, and a block of code is finite.
    @usableFromInline
    enum FastLoop {
        /// Readies a frame to run in the fast loop from the beginning of `code`; false where nothing is left of the budget for
        /// predecoding it.
        @usableFromInline @inline(never)
        static func prepare(
            _ frame: UnsafeMutablePointer<Frame>, _ code: Code, _ revision: Revision, budget: inout Int
        ) -> Bool {
            guard let predecoded = code.predecoded(for: revision, budget: &budget) else { return false }
            frame.pointee.instruction = predecoded.entry
            frame.pointee.jumpTable = predecoded.jumpTable
            return true
        }

        /// Readies a frame of the simple loop to go on in the fast one at the JUMPDEST that it is at; where, or nil as above.
        @usableFromInline @inline(never)
        static func resume(
            _ frame: UnsafeMutablePointer<Frame>, _ code: Code, _ revision: Revision, budget: inout Int
        ) -> UnsafeRawPointer? {
            guard let predecoded = code.predecoded(for: revision, budget: &budget) else { return nil }
            frame.pointee.jumpTable = predecoded.jumpTable
            let block = predecoded.block(at: frame.pointee.programCounter)
            frame.pointee.instruction = block
            return block
        }

        /// Runs from `frame.instruction` until an instruction needs the outer loop or the frame halts.
        ///
        /// On return from an instruction `gas`, `stackCount` and `instruction` are current.
        @usableFromInline
        static func run(_ frame: UnsafeMutablePointer<Frame>, from instruction: UnsafeRawPointer) -> Exit {
            var stack = top(of: frame)
            #if DEBUG || TRAMPOLINE
                var instruction = instruction
                while true {
                    let handler = instruction.load(as: Handler.self)
                    let code = handler(instruction, stack, stack[0], stack[1], stack[2], stack[3])
                    guard code == continuation, let following = frame.pointee.instruction else {
                        return Exit(code: code)
                    }
                    instruction = following
                    stack = top(of: frame)
                }
            #else
                return Exit(code: nextReloading(instruction, stack))
            #endif
        }

        @inline(__always)
        private static func top(of frame: UnsafeMutablePointer<Frame>) -> StackPointer {
            (UnsafeMutableRawPointer(frame) + (Frame.stackOffset &+ 32 &* frame.pointee.stackCount))
                .assumingMemoryBound(to: UInt64.self)
        }
    }
#endif
