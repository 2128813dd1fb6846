import NIOCore

/// Gives the rollups with requests in line their turns, so that one with many does not keep the others from the loop.
///
/// A rollup may begin so much in a turn, and then whatever has come for others is looked at. While others are asked too, those
/// in line have no more than about half of the loop's time: it is there when something comes for the others, and so is the
/// processor. Confined to the loop.
final class Turns: @unchecked Sendable {
    private let loop: any EventLoop
    /// In the order of their turns.
    private var lines: [RollupTraffic] = []
    /// Whose request came last, and when it was another's before.
    private weak var last: RollupTraffic?
    private var lastOther = NIODeadline.uptimeNanoseconds(0)

    /// What may be begun in a turn: a known answer is one.
    private static let size = 8
    /// The same where nobody else is asked.
    private static let sizeAlone = 64
    /// Weight of a request that the process is asked, beyond that of one whose answer is known.
    static let askingWeight = 3
    private static let shortestPause = TimeAmount.microseconds(50)
    private static let longestPause = TimeAmount.milliseconds(5)
    /// How long somebody counts as asked.
    private static let memory = TimeAmount.seconds(1)

    init(_ loop: any EventLoop) { self.loop = loop }

    /// Whether a request may begin now; where not, its connection is in line, or refused where that is full.
    func begin(_ connection: FrontConnection, _ traffic: RollupTraffic, at now: NIODeadline) -> RollupTraffic.Turn {
        if last !== traffic {
            if last != nil { lastOther = now }
            last = traffic
        }
        let turn = traffic.begin(connection, at: now, size: size(at: now))
        if case .later = turn, !lines.contains(where: { $0 === traffic }) {
            lines.append(traffic)
            if lines.count == 1 { schedule(in: Self.shortestPause) }
        }
        return turn
    }

    private func isShared(at now: NIODeadline) -> Bool { now - lastOther < Self.memory }

    private func size(at now: NIODeadline) -> Int { isShared(at: now) ? Self.size : Self.sizeAlone }

    private func schedule(in pause: TimeAmount) {
        // Not at once: so the loop looks at its sockets before.
        let due = NIODeadline.now() + pause
        loop.scheduleTask(deadline: due) {
            let size = self.size(at: .now())
            self.lines.removeAll { !$0.turn(size: size) }
            if self.lines.isEmpty { return }
            let now = NIODeadline.now()
            // That the turn was late is what came of the last one, and of others.
            let busy = now - due
            self.schedule(
                in: self.isShared(at: now)
                    ? min(max(busy * 2, Self.shortestPause), Self.longestPause) : Self.shortestPause)
        }
    }
}
