import Primitives
import Storage
import Synchronization

/// Hears of each change of what readers of a chain see, the block that is open among it, but not of the pool.
///
/// Changes may be within others; each is told twice, on the thread that makes it, which waits.
public protocol ChangeWitness: Sendable {
    /// Nothing of a change can be seen yet.
    func willChange()
    /// All of it can be. The end of one change is told at a time.
    ///
    /// - Parameter standing: names what readers see now: `Chain.standing`.
    func didChange(to standing: UInt64)
}

extension Chain {
    /// Has a witness hear of all changes from now on. To be called before anything changes.
    public func setWitness(_ witness: any ChangeWitness) { self.witness.withLock { $0 = witness } }

    /// Names the head and what the block that is open on it has so far: two chains of one genesis with the same name answer
    /// alike, but for what they say of the pool and of which blocks are safe and final.
    public var standing: UInt64 {
        var standing = StandingHash()
        standing.add(database.head.hash.word0)
        if let open = opening.current { standing.add(open.standing) }
        return standing.value
    }

    /// Does what readers see.
    func showing<Result, Failure: Error>(_ body: () throws(Failure) -> Result) throws(Failure) -> Result {
        let witness = witness.withLock { $0 }
        witness?.willChange()
        defer { tell(witness) }
        return try body()
    }

    /// Tells that a change is over. Who comes last says what all have made of the chain.
    func tell(_ witness: (any ChangeWitness)?) {
        guard let witness else { return }
        telling.withLock { _ in witness.didChange(to: standing) }
    }
}

/// A word that depends on words and their order: of words that are parts of hashes, others give another, but for one in 2^64.
struct StandingHash: Sendable {
    private(set) var value: UInt64 = 0x9E37_79B9_7F4A_7C15

    mutating func add(_ word: UInt64) {
        // The finalizer of SplitMix64: a bijection, so that neither what was there nor what comes is lost.
        var mixed = (value &<< 1 | value &>> 63) ^ word
        mixed = (mixed ^ (mixed &>> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed &>> 27)) &* 0x94D0_49BB_1331_11EB
        value = mixed ^ (mixed &>> 31)
    }
}
