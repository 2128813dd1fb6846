import Foundation
import Synchronization

/// How far something is, in the last line of a terminal; plain lines go above it. Elsewhere there are the lines only, and with
/// `--json` neither.
final class ProgressBar: Sendable {
    private struct State {
        var screen: Screen?
        var label = ""
        var done = 0
        /// Nil while nobody knows.
        var total: Int?
        var isShown = false
        var turn = 0
    }

    private static let width = 24
    private let state: Mutex<State>
    private let isQuiet: Bool
    private let start = ContinuousClock.now
    private let clock = Mutex<Task<Void, Never>?>(nil)

    /// - Parameter isQuiet: whether nothing is to be printed at all.
    init(isQuiet: Bool = false) {
        self.isQuiet = isQuiet
        state = Mutex(State(screen: isQuiet ? nil : Screen()))
    }

    deinit { clock.withLock { $0?.cancel() } }

    /// Whether there is a terminal to draw on.
    var isLive: Bool { state.withLock { $0.screen != nil } }

    /// Shows what is being done, and how much of it is.
    func show(_ label: String, _ done: Int = 0, of total: Int? = nil) {
        let isLive = state.withLock { state in
            (state.label, state.done, state.total) = (label, done, total)
            draw(&state)
            return state.screen != nil
        }
        guard isLive else { return }
        // The time goes on while nothing else does.
        clock.withLock { clock in
            guard clock == nil else { return }
            clock = Task.detached { [weak self] in
                while !Task.isCancelled {
                    try? await Task.sleep(for: .milliseconds(200))
                    guard let self, !Task.isCancelled else { return }
                    self.state.withLock { self.draw(&$0) }
                }
            }
        }
    }

    /// Prints a line that stays.
    func say(_ text: String) {
        if isQuiet { return }
        state.withLock { state in
            clear(&state)
            print(text)
            if !state.label.isEmpty { draw(&state) }
            fflush(nil)
        }
    }

    /// A warning, with the bar out of its way.
    func warn(_ text: String) {
        state.withLock { state in
            clear(&state)
            StandardStreams.writeError("warning: \(text)")
        }
    }

    /// Takes the bar away.
    func end() {
        clock.withLock {
            $0?.cancel()
            $0 = nil
        }
        state.withLock { state in
            state.label = ""
            clear(&state)
            fflush(nil)
        }
    }

    // MARK: The line

    private func clear(_ state: inout State) {
        guard state.isShown else { return }
        print("\r\u{1B}[2K", terminator: "")
        state.isShown = false
    }

    private func draw(_ state: inout State) {
        guard var screen = state.screen, !state.label.isEmpty else { return }
        screen.measure()
        let seconds = String(format: "%.1f s", (ContinuousClock.now - start) / .seconds(1))
        state.turn += 1
        let (bar, count) = Self.bar(state.done, state.total, turn: state.turn)
        // A line that wraps could not be taken back.
        let room = screen.columns - 1
        var text = "\(count) \(state.label)  \(seconds)"
        let hasBar = room > bar.count + 30
        let left = room - (hasBar ? bar.count + 1 : 0)
        if text.count > left { text = String(text.prefix(max(0, left))) }
        print("\r\u{1B}[2K" + (hasBar ? screen.paint(bar, .green) + " " : "") + text, terminator: "")
        fflush(nil)
        state.isShown = true
    }

    /// A bar, and the count beside it.
    private static func bar(_ done: Int, _ total: Int?, turn: Int) -> (bar: String, count: String) {
        guard let total, total > 0 else {
            // Something moves as long as the process does.
            let place = turn % (width - 3)
            let bar = String(repeating: ".", count: place) + "###" + String(repeating: ".", count: width - 3 - place)
            return ("[\(bar)]", "")
        }
        let done = min(max(0, done), total)
        let filled = width * done / total
        let bar = String(repeating: "#", count: filled) + String(repeating: ".", count: width - filled)
        return ("[\(bar)]", "\(100 * done / total) %")
    }
}
