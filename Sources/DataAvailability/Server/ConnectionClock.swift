import NIOCore
import Synchronization

/// Closes a connection that is past its deadline.
final class ConnectionClock: Sendable {
    private struct State {
        var deadline = NIODeadline.distantFuture
        var isIdle = true
        var isStopping = false
        var task: RepeatedTask?
    }

    private let channel: any Channel
    private let state = Mutex(State())

    init(_ channel: any Channel, tick: TimeAmount) {
        self.channel = channel
        let task = channel.eventLoop.scheduleRepeatedTask(initialDelay: tick, delay: tick) { [weak self] _ in
            self?.look()
        }
        state.withLock { $0.task = task }
    }

    /// Ends the watch.
    func end() { state.withLock { $0.task }?.cancel() }

    /// Waits for the next request; false where there is to be none.
    func rest(for time: TimeAmount) -> Bool {
        state.withLock { state in
            state.isIdle = true
            state.deadline = .now() + time
            return !state.isStopping
        }
    }

    /// Gives the client so much time for what it has to do.
    func allow(_ time: TimeAmount) {
        state.withLock { state in
            state.isIdle = false
            state.deadline = .now() + time
        }
    }

    /// What happens now is not in the client's hands.
    func suspend() { state.withLock { $0.deadline = .distantFuture } }

    /// Closes after the request that is under way, or now.
    func stop() {
        let isIdle = state.withLock { state in
            state.isStopping = true
            return state.isIdle
        }
        if isIdle { channel.close(promise: nil) }
    }

    var isStopping: Bool { state.withLock { $0.isStopping } }

    func close() { channel.close(promise: nil) }

    private func look() {
        if state.withLock({ .now() > $0.deadline }) { channel.close(promise: nil) }
    }
}
