import JSONRPC
import NIOCore

/// The read replicas of one rollup: as many as its load asks for. Confined to its loop.
final class Replicas: @unchecked Sendable {
    /// A read that a replica answers, which counts only if nothing changed there meanwhile.
    struct Reading {
        let replica: Replica
        fileprivate let version: UInt64

        /// Whether what has come is of the state that the node had when it was asked for.
        var holds: Bool { replica.isStill(at: version) }
    }

    /// Answers that came from replicas, and reads that went to the node after all.
    var figures = (answers: 0, retries: 0)
    private let budget: ReplicaBudget
    private let loop: any EventLoop
    private let report: (String) -> Void
    private let name: String
    /// Where the node tells of the block that it makes.
    private(set) var stream: ListeningSocket?
    private var scaling: ReplicaScaling
    private var all: [Replica] = []
    private var plan: Replica.Plan?
    private var lastLook: UInt64 = 0
    /// What all answers together had taken then, nanoseconds.
    private var lastBusy: Int64 = 0
    /// Deaths in a row, and before when none is started.
    private var failures = (count: 0, last: UInt64(0), until: UInt64(0))
    /// Whether it was told that there are fewer than there should be.
    private var hasReportedLack = false
    /// All that there were are gone.
    var onEmpty: () -> Void = {}

    /// The node may have so many requests more than half of what a replica has: it makes blocks besides.
    private static let nodeSlack = 8
    private static let longestRest: UInt64 = 60_000
    /// How long one may take from its start until it is where the node is.
    private static let startingTime: UInt64 = 600_000
    /// How long one has to be of use for earlier deaths to be forgotten.
    private static let steadyTime: UInt64 = 60_000

    init(of name: String, _ budget: ReplicaBudget, on loop: any EventLoop, report: @escaping (String) -> Void) {
        (self.name, self.budget, self.loop, self.report) = (name, budget, loop, report)
        scaling = ReplicaScaling(budget.limits)
    }

    var count: Int { all.count }
    var readyCount: Int { all.count { $0.isReady && !$0.isEnding } }

    // MARK: Their number

    /// Where the node is to tell of its blocks; nil where there is no socket for that, and no replica then.
    func makeStream() -> ListeningSocket? {
        if stream == nil {
            do throws(GatewayError) { stream = try ListeningSocket() } catch {
                report("\(name): no replicas: \(error)")
            }
        }
        return stream
    }

    /// The node serves: there may be some from now on.
    func begin(_ plan: Replica.Plan) {
        self.plan = plan
        (scaling, lastLook, failures, hasReportedLack) = (ReplicaScaling(budget.limits), 0, (0, 0, 0), false)
    }

    /// The node ends: all of them do.
    func stop() {
        plan = nil
        for replica in all { replica.stop() }
    }

    /// Nothing that they have is worth waiting for.
    func kill() {
        plan = nil
        for replica in all { replica.kill() }
    }

    /// Looks from time to time whether there should be others.
    ///
    /// - Parameters:
    ///   - node: what the node's state is called; nil while it changes.
    ///   - busy: what the answers of node and replicas have taken together since the rollup is known, nanoseconds.
    func look(node: UInt64?, busy: Int64, _ range: ReplicaRange, at now: UInt64) {
        for replica in all where !replica.isEnding {
            if replica.isReady, node == nil {
                replica.noteLevel(at: now)
            } else if let node, replica.standing?.name == node {
                if !replica.isReady { report("\(name): replica \(replica.number) answers reads") }
                replica.noteLevel(at: now)
                if replica.startedAt >= failures.last, now - (replica.readySince ?? now) >= Self.steadyTime {
                    failures.count = 0
                }
            } else if now - replica.lastLevel > (replica.isReady ? budget.limits.lag : Self.startingTime) {
                giveUp(replica, "does not keep up with the node", at: now)
            }
        }
        defer { (lastLook, lastBusy) = (now, busy) }
        guard let plan, lastLook > 0, now > lastLook else { return }
        let running = all.filter { !$0.isEnding }
        let load = Double(busy - lastBusy) / Double(now - lastLook) / 1e6
        let change = scaling.look(
            load: load, count: running.count, areReady: running.allSatisfy(\.isReady),
            range: range.least...max(range.least, range.most ?? budget.share), at: now)
        switch change {
        case .more: if now >= failures.until { start(plan, load, at: now) }
        case .fewer:
            guard let last = running.last else { return }
            report("\(name): replica \(last.number) is not needed any more")
            last.retire()
        case nil: break
        }
    }

    private func giveUp(_ replica: Replica, _ reason: String, at now: UInt64) {
        guard !replica.isEnding else { return }
        report("\(name): replica \(replica.number) \(reason), and is ended")
        rest(at: now)
        replica.stop()
    }

    private func start(_ plan: Replica.Plan, _ load: Double, at now: UInt64) {
        guard budget.take() else {
            if !hasReportedLack {
                report("\(name): no replica more: all rollups together may have \(budget.limits.total)")
                hasReportedLack = true
            }
            return
        }
        var number = 1
        while all.contains(where: { $0.number == number }) { number += 1 }
        do throws(GatewayError) {
            all.append(
                try Replica(number, plan, at: now, on: loop) { replica, trouble in self.ended(replica, trouble) })
            report("\(name): replica \(number) is started, at \(Int(load.rounded())) requests at a time")
        } catch {
            budget.giveBack()
            rest(at: now)
            report("\(name): no replica is started: \(error)")
        }
    }

    private func ended(_ replica: Replica, _ trouble: String?) {
        all.removeAll { $0 === replica }
        budget.giveBack()
        if let trouble {
            rest(at: RollupPlace.now)
            report("\(name): replica \(replica.number): \(trouble)")
        }
        if all.isEmpty { onEmpty() }
    }

    private func rest(at now: UInt64) {
        (failures.last, failures.until) = (now, now + min(Self.longestRest, 2_000 << UInt64(min(failures.count, 5))))
        failures.count += 1
    }

    // MARK: Reads

    /// The replica that is to answer a read; nil for the node itself.
    ///
    /// One answers only while its state is the node's: no client sees by it what is older than what another one was told.
    ///
    /// - Parameters:
    ///   - node: what the node's state is called; nil while it changes.
    ///   - inFlight: requests that the node and its replicas have.
    ///   - preferred: where there is a connection already.
    func reading(node: UInt64?, inFlight: Int, preferred: [PlaceAddress?]) -> Reading? {
        guard !all.isEmpty, let node else { return nil }
        var best: Reading?
        var (bestLoad, elsewhere) = (Int.max, 0)
        for replica in all {
            elsewhere += replica.inFlight
            guard replica.isReady, let standing = replica.standing, standing.name == node else { continue }
            // A new connection costs about as much as some requests.
            let load = replica.inFlight + (preferred.contains(replica.address) ? 0 : 4)
            if load < bestLoad { (best, bestLoad) = (Reading(replica: replica, version: standing.version), load) }
        }
        guard let best, best.replica.inFlight <= 2 * (inFlight - elsewhere) + Self.nodeSlack else { return nil }
        best.replica.inFlight += 1
        best.replica.noteLevel(at: RollupPlace.now)
        return best
    }

    /// A read is done with.
    func finished(_ reading: Reading) { reading.replica.inFlight -= 1 }

    /// A replica has begun to answer.
    func answered(_ reading: Reading) {
        reading.replica.lastAnswer = .now()
        figures.answers += 1
    }

    /// A replica has not answered in time. It hangs where it has answered nobody else since then either.
    func timedOut(_ reading: Reading, askedAt: NIODeadline) {
        if reading.replica.lastAnswer < askedAt { giveUp(reading.replica, "does not answer", at: RollupPlace.now) }
    }

    /// A read that a replica was to answer goes to the node.
    func gaveUp(_ reading: Reading) {
        reading.replica.inFlight -= 1
        figures.retries += 1
    }
}
