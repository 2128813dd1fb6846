import Foundation
import Settlement
import Synchronization

/// The steps of a launch with the time that each took, printed as they come.
final class LaunchSteps: Sendable {
    private let steps = Mutex<[(Launch.Step, Duration)]>([])
    private let isQuiet: Bool

    init(isQuiet: Bool) { self.isQuiet = isQuiet }

    var all: [(Launch.Step, Duration)] { steps.withLock { $0 } }

    func add(_ step: Launch.Step, _ duration: Duration) {
        steps.withLock { $0.append((step, duration)) }
        if isQuiet { return }
        let name = step.rawValue.padding(toLength: 22, withPad: " ", startingAt: 0)
        print("\(name)\(Int(duration / .milliseconds(1))) ms")
        fflush(nil)
    }
}
