import Foundation
import Settlement
import Synchronization

/// The steps of a launch with the time that each took, printed as they come.
final class LaunchSteps: Sendable {
    private let steps = Mutex<[(Launch.Step, Duration)]>([])
    private let waiting = Mutex(Duration.zero)
    private let bar: ProgressBar

    init(isQuiet: Bool) {
        bar = ProgressBar(isQuiet: isQuiet)
        bar.show("launching", 0, of: Launch.Step.allCases.count)
    }

    /// Nothing more comes.
    func end() { bar.end() }

    var all: [(Launch.Step, Duration)] { steps.withLock { $0 } }

    /// What of it was waiting until L1 had a block with a transaction.
    var waited: Duration { waiting.withLock { $0 } }

    func wait(_ duration: Duration) { waiting.withLock { $0 += duration } }

    func add(_ step: Launch.Step, _ duration: Duration) {
        steps.withLock { $0.append((step, duration)) }
        let name = step.rawValue.padding(toLength: 22, withPad: " ", startingAt: 0)
        bar.say("\(name)\(Int(duration / .milliseconds(1))) ms")
        // Which steps there are depends on the rollup: how far it is follows from which one is over.
        let all = Launch.Step.allCases
        guard let index = all.firstIndex(of: step) else { return }
        bar.show(index + 1 < all.count ? all[index + 1].rawValue : "done", index + 1, of: all.count)
    }
}
