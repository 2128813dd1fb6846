import Primitives
import StateTransition
import Synchronization

/// The head's tries for all threads, one at a time.
final class SharedTries: @unchecked Sendable {
    // `tries` is touched only while `lock` is held.
    private let lock = Mutex(())
    private let tries: StateTries

    init(_ tries: StateTries) { self.tries = tries }

    /// The state after `diff`; nil where the tries have moved away from `version`.
    func next(
        after diff: StateDiff, _ version: UInt32, _ snapshot: Snapshot
    ) throws(StateError) -> StateTries.Next? {
        try withTries { (tries) throws(StateError) in
            tries.version == version ? try tries.next(after: diff, reading: snapshot) : nil
        }
    }

    func withTries<Result, Failure: Error>(_ body: (StateTries) throws(Failure) -> Result) throws(Failure) -> Result {
        try lock.withLock { (_) throws(Failure) in try body(tries) }
    }
}
