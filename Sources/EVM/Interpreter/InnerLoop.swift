/// Which inner loop runs a frame; only the time that it takes differs.
public enum InnerLoop: Sendable {
    /// The one that reads bytecode: for traced frames, and the only one where Swift is embedded (RISC-V).
    case simple
    /// The one that runs predecoded code; native builds only.
    case fast
    /// The simple loop for cold code, the fast one for warm code.
    case adaptive
}

// Predecoding takes time by the size of a code, some tens of nanoseconds a byte, and a stranger decides what is run. So a
// code becomes warm by what its frames have paid in gas: a call of it costs 100 or more, a turn of a loop 12 or more.
extension Code {
    /// Whether so many frames have started with it that the next one pays for predecoding.
    @inlinable
    var isWarm: Bool { executionCount > 1 &+ count / 64 }

    /// After how many backward jumps of one frame predecoding is paid for.
    @inlinable
    var backwardJumpsUntilWarm: Int { 1_000 &+ count / 4 }
}
