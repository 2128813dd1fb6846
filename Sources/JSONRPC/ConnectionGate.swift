package import NIOCore
import Synchronization

/// Knows the connections of an endpoint: holds them to a limit, and ends them when the server stops.
package final class ConnectionGate: Sendable {
    private struct State {
        var channels: [ObjectIdentifier: any Channel] = [:]
        var isStopped = false
    }

    private let limit: Int
    private let state = Mutex(State())

    package init(limit: Int) { self.limit = limit }

    /// Connections that are open.
    package var count: Int { state.withLock { $0.channels.count } }

    /// Lets a connection in, if there is room.
    package func enter(_ channel: any Channel) -> Bool {
        state.withLock { state in
            guard !state.isStopped, state.channels.count < limit else { return false }
            state.channels[ObjectIdentifier(channel)] = channel
            return true
        }
    }

    package func leave(_ channel: any Channel) {
        state.withLock { _ = $0.channels.removeValue(forKey: ObjectIdentifier(channel)) }
    }

    /// Lets nobody in any more, and asks those inside to finish and go.
    package func stop() {
        let channels = state.withLock { state in
            state.isStopped = true
            return Array(state.channels.values)
        }
        for channel in channels { channel.pipeline.fireUserInboundEventTriggered(StopEvent()) }
    }

    /// Closes what is still open.
    package func closeAll() {
        for channel in state.withLock({ Array($0.channels.values) }) { channel.close(promise: nil) }
    }
}
