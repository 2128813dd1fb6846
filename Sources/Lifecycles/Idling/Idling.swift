/// The place of one rollup whose process runs only while somebody needs it: what is started and stopped when, and what
/// becomes of the requests meanwhile.
///
/// A request is anything that needs the process from its coming to its end, an open WebSocket too. Each is forwarded or
/// refused once, unless whoever asks goes away before; there is one process at a time; and one is asked to end only while it
/// has no request, has said that it may, and has had none since it was asked.
public struct Idling: Equatable, Sendable {
    /// Whether there is a process, and what it is about.
    public enum Place: Equatable, Sendable {
        case idle(since: UInt64)
        /// The process does not serve yet.
        case waking(since: UInt64)
        case awake(since: UInt64)
        case stopping(since: UInt64)
        /// The process died, and none is started before this time.
        case resting(until: UInt64)
        /// Nothing is started any more.
        case closed
    }

    public enum Event: Equatable, Sendable {
        /// A request came, with as many bytes as wait for the process.
        case request(UInt64, bytes: Int)
        /// Its answer is out, or whoever asked is gone.
        case finished(UInt64)
        /// The process serves.
        case ready
        /// There is no process any more, and nothing of it.
        case ended
        /// Whether the process may end: the answer to the question with that number.
        case mayStop(UInt64, Bool)
        /// The process is needed although nobody asks: L1 has a deposit for the rollup.
        case needed
        /// Whoever runs the rollup wants the process to end without the usual time of quiet. Whoever needs it next has it run again.
        case rest
        /// Time has passed.
        case tick
        /// Nothing is to run any more.
        case shutDown
    }

    public enum Refusal: Equatable, Sendable {
        /// More requests wait than may.
        case tooManyWaiting
        /// The process did not serve in time.
        case tooLate
        case shuttingDown
    }

    public enum Action: Equatable, Sendable {
        case start
        /// Ask the process whether it may end.
        case ask(UInt64)
        /// Ask the process to end.
        case stop
        /// End it without asking.
        case kill
        case forward(UInt64)
        /// - Parameter retryAfter: milliseconds.
        case refuse(UInt64, Refusal, retryAfter: UInt64)
    }

    private struct Waiting: Equatable, Sendable {
        var id: UInt64
        var bytes: Int
        var since: UInt64
    }

    public let limits: IdlingLimits
    public private(set) var place: Place
    private var waiting: [Waiting] = []
    private var waitingBytes = 0
    private var inFlight: Set<UInt64> = []
    /// Since when no request is with the process.
    private var quietSince: UInt64 = 0
    /// Whether the process is to end although it was quiet for a moment only.
    private var isToRest = false
    /// Of the last question.
    private var questionNumber: UInt64 = 0
    /// When it was asked; nil where it is answered.
    private var questionSince: UInt64?
    private var nextQuestion: UInt64 = 0
    /// Whether the process is to be started although no request waits.
    private var isNeeded = false
    /// Whether a process has served that did not end as it was asked to: it may have something that L1 has not.
    private var isOwing = false
    private var isKilled = false
    private var isShuttingDown = false
    /// Deaths in a row.
    public private(set) var deathCount = 0

    public init(_ limits: IdlingLimits = IdlingLimits(), at now: UInt64) {
        self.limits = limits
        place = .idle(since: now)
    }

    public var hasProcess: Bool {
        switch place {
        case .waking, .awake, .stopping: true
        case .idle, .resting, .closed: false
        }
    }

    public var waitingCount: Int { waiting.count }
    public var inFlightCount: Int { inFlight.count }

    /// What is to be done after an event.
    ///
    /// - Parameters:
    ///   - id: of a request: no other of its time has it.
    ///   - now: milliseconds of a clock that does not go back.
    /// - Complexity: O(*n*) in the requests that wait.
    public mutating func handle(_ event: Event, at now: UInt64) -> [Action] {
        var actions: [Action] = []
        switch event {
        case .request(let id, let bytes): take(id, bytes, now, &actions)
        case .finished(let id): finish(id, now)
        case .ready:
            guard case .waking = place else { break }
            place = .awake(since: now)
            (isOwing, quietSince, nextQuestion, questionSince, isToRest) = (true, now, 0, nil, false)
            for request in waiting {
                inFlight.insert(request.id)
                actions.append(.forward(request.id))
            }
            (waiting, waitingBytes, isNeeded) = ([], 0, false)
        case .ended: end(now, &actions)
        case .mayStop(let number, let may): answer(number, may, now, &actions)
        case .needed:
            switch place {
            case .idle: start(now, &actions)
            case .stopping, .resting: isNeeded = true
            case .waking, .awake, .closed: break
            }
        case .rest: if case .awake = place, inFlight.isEmpty { isToRest = true }
        case .tick: break
        case .shutDown: shutDown(now, &actions)
        }
        lookAtClock(now, &actions)
        return actions
    }

    /// When `tick` is due if nothing else happens; nil for never.
    public var nextTick: UInt64? {
        var times = waiting.first.map { [$0.since + limits.patience] } ?? []
        switch place {
        case .idle(let since): if let longest = limits.longestSleep { times.append(since + longest) }
        case .waking(let since): if !isKilled { times.append(since + limits.startingTime) }
        case .awake:
            if let questionSince {
                times.append(questionSince + limits.askingTime)
            } else if inFlight.isEmpty {
                times.append(max(quietUntil, nextQuestion))
            }
        case .stopping(let since): if !isKilled { times.append(since + limits.stoppingTime) }
        case .resting(let until): times.append(until)
        case .closed: break
        }
        return times.min()
    }

    /// Until when the process runs although it has no request.
    private var quietUntil: UInt64 { isToRest ? quietSince : quietSince + limits.idleAfter }

    // MARK: Requests

    private mutating func take(_ id: UInt64, _ bytes: Int, _ now: UInt64, _ actions: inout [Action]) {
        if isShuttingDown { return actions.append(.refuse(id, .shuttingDown, retryAfter: 1_000)) }
        if case .awake = place {
            inFlight.insert(id)
            // An answer to what was asked before is of no use any more.
            questionSince = nil
            isToRest = false
            return actions.append(.forward(id))
        }
        guard waiting.count < limits.waitingCount, bytes <= limits.waitingBytes - waitingBytes else {
            return actions.append(.refuse(id, .tooManyWaiting, retryAfter: 1_000))
        }
        waiting.append(Waiting(id: id, bytes: bytes, since: now))
        waitingBytes += bytes
        if case .idle = place { start(now, &actions) }
    }

    private mutating func finish(_ id: UInt64, _ now: UInt64) {
        if inFlight.remove(id) != nil {
            if inFlight.isEmpty { quietSince = now }
        } else if let index = waiting.firstIndex(where: { $0.id == id }) {
            waitingBytes -= waiting.remove(at: index).bytes
        }
    }

    // MARK: The process

    private mutating func start(_ now: UInt64, _ actions: inout [Action]) {
        place = .waking(since: now)
        isKilled = false
        actions.append(.start)
    }

    private mutating func answer(_ number: UInt64, _ may: Bool, _ now: UInt64, _ actions: inout [Action]) {
        guard case .awake = place, questionSince != nil, number == questionNumber, inFlight.isEmpty else { return }
        questionSince = nil
        nextQuestion = now + limits.askingInterval
        guard may, now >= quietUntil else { return }
        place = .stopping(since: now)
        (isKilled, isOwing) = (false, false)
        actions.append(.stop)
    }

    private mutating func end(_ now: UInt64, _ actions: inout [Action]) {
        guard hasProcess else { return }
        if isShuttingDown { return place = .closed }
        if case .stopping = place {
            deathCount = 0
            place = .idle(since: now)
            if !waiting.isEmpty || isNeeded { start(now, &actions) }
            return
        }
        if case .awake(let since) = place, now >= since + limits.steadyTime { deathCount = 0 }
        questionSince = nil
        let rest = min(limits.longestRest, limits.firstRest << UInt64(min(deathCount, 20)))
        deathCount += 1
        place = .resting(until: now + rest)
    }

    private mutating func shutDown(_ now: UInt64, _ actions: inout [Action]) {
        guard !isShuttingDown else { return }
        isShuttingDown = true
        for request in waiting { actions.append(.refuse(request.id, .shuttingDown, retryAfter: 1_000)) }
        (waiting, waitingBytes) = ([], 0)
        switch place {
        case .idle, .resting: place = .closed
        case .waking, .awake:
            place = .stopping(since: now)
            isKilled = false
            actions.append(.stop)
        case .stopping, .closed: break
        }
    }

    private mutating func lookAtClock(_ now: UInt64, _ actions: inout [Action]) {
        // They are in the order in which they came.
        while let first = waiting.first, now >= first.since + limits.patience {
            waiting.removeFirst()
            waitingBytes -= first.bytes
            actions.append(.refuse(first.id, .tooLate, retryAfter: 5_000))
        }
        switch place {
        case .idle(let since):
            if let longest = limits.longestSleep, now >= since + longest { start(now, &actions) }
        case .waking(let since):
            if !isKilled, now >= since + limits.startingTime { kill(&actions) }
        case .awake:
            if let since = questionSince, now >= since + limits.askingTime {
                questionSince = nil
                nextQuestion = now + limits.askingInterval
            }
            guard inFlight.isEmpty, questionSince == nil, now >= max(quietUntil, nextQuestion)
            else { return }
            questionNumber += 1
            questionSince = now
            actions.append(.ask(questionNumber))
        case .stopping(let since):
            if !isKilled, now >= since + limits.stoppingTime { kill(&actions) }
        case .resting(let until):
            guard now >= until else { return }
            if !waiting.isEmpty || isNeeded || isOwing { start(now, &actions) } else { place = .idle(since: now) }
        case .closed: break
        }
    }

    private mutating func kill(_ actions: inout [Action]) {
        isKilled = true
        actions.append(.kill)
    }
}
