import Synchronization

/// Hears of each change of what readers of a chain see, the block that is open among it, but not of the pool.
///
/// Changes may be within others; each is told twice, on the thread that makes it, which waits.
public protocol ChangeWitness: Sendable {
    /// Nothing of a change can be seen yet.
    func willChange()
    /// All of it can be.
    func didChange()
}

extension Chain {
    /// Has a witness hear of all changes from now on. To be called before anything changes.
    public func setWitness(_ witness: any ChangeWitness) { self.witness.withLock { $0 = witness } }

    /// Does what readers see.
    func showing<Result, Failure: Error>(_ body: () throws(Failure) -> Result) throws(Failure) -> Result {
        let witness = witness.withLock { $0 }
        witness?.willChange()
        defer { witness?.didChange() }
        return try body()
    }
}
