import Foundation
import Settlement
import Synchronization

/// The steps of a launch with the time that each took, printed as they come.
final class LaunchSteps: Sendable {
    private let steps = Mutex<[(Launch.Step, Duration)]>([])
    private let waiting = Mutex(Duration.zero)
    private let isQuiet: Bool

    init(isQuiet: Bool) { self.isQuiet = isQuiet }

    var all: [(Launch.Step, Duration)] { steps.withLock { $0 } }

    /// What of it was waiting until L1 had a block with a transaction.
    var waited: Duration { waiting.withLock { $0 } }

    func wait(_ duration: Duration) { waiting.withLock { $0 += duration } }

    func add(_ step: Launch.Step, _ duration: Duration) {
        steps.withLock { $0.append((step, duration)) }
        if isQuiet { return }
        let name = step.rawValue.padding(toLength: 22, withPad: " ", startingAt: 0)
        print("\(name)\(Int(duration / .milliseconds(1))) ms")
        fflush(nil)
    }
}
