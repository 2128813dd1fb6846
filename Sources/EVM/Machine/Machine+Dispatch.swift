extension Machine {
    /// Runs a frame in the loop that suits it, until an instruction needs the outer loop or the frame halts.
    @inlinable @inline(__always)
    mutating func runFrame<T: Tracer & ~Copyable>(_ frame: UnsafeMutablePointer<Frame>, tracer: inout T) -> Exit {
        if T.tracesInstructions { return SimpleLoop.run(frame, table: table, tracer: &tracer) }
        if T.explainsHalts {
            let exit = SimpleLoop.run(frame, table: table)
            // It asks for relief once.
            return exit == .hot ? SimpleLoop.run(frame, table: table) : exit
        }
        #if !hasFeature(Embedded)
            if let instruction = frame.pointee.instruction { return FastLoop.run(frame, from: instruction) }
        #endif
        let exit = SimpleLoop.run(frame, table: table)
        #if !hasFeature(Embedded)
            if exit == .hot, let code = frames.codes[frame.pointee.depth] {
                guard let instruction = FastLoop.resume(frame, code, revision, budget: &predecodingBudget) else {
                    // It does not ask again: the count of jumps is past zero.
                    return SimpleLoop.run(frame, table: table)
                }
                return FastLoop.run(frame, from: instruction)
            }
        #endif
        return exit
    }
}
