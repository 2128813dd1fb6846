import Lifecycles
import Testing

private func limits() -> IdlingLimits {
    var limits = IdlingLimits()
    (limits.idleAfter, limits.waitingCount, limits.waitingBytes, limits.patience) = (1_000, 3, 100, 5_000)
    (limits.startingTime, limits.stoppingTime, limits.askingInterval, limits.askingTime) = (4_000, 2_000, 200, 300)
    (limits.firstRest, limits.longestRest, limits.steadyTime) = (100, 1_000, 10_000)
    return limits
}

/// A place whose process serves, at time 10, with one request with it.
private func awake(_ limits: IdlingLimits = limits()) -> Idling {
    var idling = Idling(limits, at: 0)
    #expect(idling.handle(.request(1, bytes: 10), at: 0) == [.start])
    #expect(idling.handle(.ready, at: 10) == [.forward(1)])
    return idling
}

@Suite("Idle and wake")
struct IdlingTests {
    @Test("A request wakes, waits, is forwarded; after a quiet time the process is asked, and ends")
    func cycle() {
        var idling = Idling(limits(), at: 0)
        #expect(idling.nextTick == nil)
        #expect(idling.handle(.request(1, bytes: 10), at: 0) == [.start])
        #expect(idling.handle(.request(2, bytes: 10), at: 1) == [])
        #expect(idling.place == .waking(since: 0))
        #expect(idling.handle(.ready, at: 60) == [.forward(1), .forward(2)])
        #expect(idling.handle(.request(3, bytes: 10), at: 61) == [.forward(3)])
        for id in 1...3 { #expect(idling.handle(.finished(UInt64(id)), at: 70) == []) }
        #expect(idling.nextTick == 1_070)
        #expect(idling.handle(.tick, at: 1_069) == [])
        #expect(idling.handle(.tick, at: 1_070) == [.ask(1)])
        #expect(idling.handle(.mayStop(1, true), at: 1_071) == [.stop])
        #expect(idling.handle(.ended, at: 1_100) == [])
        #expect(idling.place == .idle(since: 1_100))
    }

    @Test("A process that may not end yet is asked again after a while, and so is one that does not answer")
    func notYet() {
        var idling = awake()
        _ = idling.handle(.finished(1), at: 20)
        #expect(idling.handle(.tick, at: 1_020) == [.ask(1)])
        #expect(idling.handle(.mayStop(1, false), at: 1_030) == [])
        #expect(idling.handle(.tick, at: 1_229) == [])
        #expect(idling.handle(.tick, at: 1_230) == [.ask(2)])
        #expect(idling.handle(.tick, at: 1_530) == [])
        #expect(idling.handle(.tick, at: 1_730) == [.ask(3)])
        // What comes too late is of no use.
        #expect(idling.handle(.mayStop(2, true), at: 1_731) == [])
        #expect(idling.handle(.mayStop(3, true), at: 1_732) == [.stop])
    }

    @Test("A request between question and answer keeps the process awake, even where it is over by then")
    func raceWithAnswer() {
        var idling = awake()
        _ = idling.handle(.finished(1), at: 20)
        #expect(idling.handle(.tick, at: 1_020) == [.ask(1)])
        #expect(idling.handle(.request(2, bytes: 1), at: 1_021) == [.forward(2)])
        _ = idling.handle(.finished(2), at: 1_022)
        #expect(idling.handle(.mayStop(1, true), at: 1_023) == [])
        #expect(idling.handle(.tick, at: 2_022) == [.ask(2)])
    }

    @Test("A request that comes while the process ends waits for the next one")
    func raceWithStop() {
        var idling = awake()
        _ = idling.handle(.finished(1), at: 20)
        _ = idling.handle(.tick, at: 1_020)
        #expect(idling.handle(.mayStop(1, true), at: 1_021) == [.stop])
        #expect(idling.handle(.request(2, bytes: 1), at: 1_022) == [])
        #expect(idling.handle(.ready, at: 1_023) == [])
        #expect(idling.handle(.ended, at: 1_030) == [.start])
        #expect(idling.handle(.ready, at: 1_090) == [.forward(2)])
    }

    @Test("An open WebSocket is a request that lasts")
    func longRequest() {
        var idling = awake()
        #expect(idling.handle(.tick, at: 1_000_000) == [])
        #expect(idling.nextTick == nil)
    }

    @Test("What waits is bounded in number, bytes and time, and told when to come again")
    func bounds() {
        var idling = Idling(limits(), at: 0)
        #expect(idling.handle(.request(1, bytes: 90), at: 0) == [.start])
        #expect(idling.handle(.request(2, bytes: 11), at: 0) == [.refuse(2, .tooManyWaiting, retryAfter: 1_000)])
        #expect(idling.handle(.request(3, bytes: 5), at: 1) == [])
        #expect(idling.handle(.request(4, bytes: 5), at: 2) == [])
        #expect(idling.handle(.request(5, bytes: 0), at: 3) == [.refuse(5, .tooManyWaiting, retryAfter: 1_000)])
        // One that goes away makes room.
        _ = idling.handle(.finished(3), at: 4)
        #expect(idling.handle(.request(6, bytes: 5), at: 5) == [])
        #expect(idling.handle(.tick, at: 4_000) == [.kill])
        #expect(
            idling.handle(.tick, at: 5_002)
                == [.refuse(1, .tooLate, retryAfter: 5_000), .refuse(4, .tooLate, retryAfter: 5_000)])
        #expect(idling.waitingCount == 1)
    }

    @Test("A process that dies is started again, later each time, and requests wait for it")
    func deaths() {
        var idling = awake()
        #expect(idling.handle(.ended, at: 20) == [])
        #expect(idling.place == .resting(until: 120))
        #expect(idling.handle(.request(2, bytes: 1), at: 30) == [])
        #expect(idling.handle(.tick, at: 120) == [.start])
        #expect(idling.handle(.ended, at: 130) == [])
        #expect(idling.place == .resting(until: 330))
        #expect(idling.handle(.tick, at: 330) == [.start])
        #expect(idling.handle(.ready, at: 400) == [.forward(2)])
        _ = idling.handle(.finished(2), at: 401)
        // It has served for long enough.
        #expect(idling.handle(.ended, at: 10_400) == [])
        #expect(idling.place == .resting(until: 10_500))
    }

    @Test("A process that never served and that nobody waits for is left alone")
    func givingUp() {
        var idling = Idling(limits(), at: 0)
        #expect(idling.handle(.needed, at: 0) == [.start])
        _ = idling.handle(.ended, at: 10)
        #expect(idling.handle(.tick, at: 110) == [])
        #expect(idling.place == .idle(since: 110))
    }

    @Test("A forced deposit wakes, also one that comes while the process ends")
    func needed() {
        var idling = awake()
        _ = idling.handle(.finished(1), at: 20)
        #expect(idling.handle(.needed, at: 21) == [])
        _ = idling.handle(.tick, at: 1_020)
        #expect(idling.handle(.mayStop(1, true), at: 1_021) == [.stop])
        #expect(idling.handle(.needed, at: 1_022) == [])
        #expect(idling.handle(.ended, at: 1_030) == [.start])
        #expect(idling.handle(.ready, at: 1_090) == [])
        #expect(idling.nextTick == 2_090)
    }

    @Test("Who runs it has it sleep at once where nobody uses it, and not before the process says that it may")
    func rest() {
        var idling = awake()
        #expect(idling.handle(.rest, at: 20) == [])
        // It had a request: that was not for later.
        _ = idling.handle(.finished(1), at: 30)
        #expect(idling.nextTick == 1_030)
        #expect(idling.handle(.rest, at: 40) == [.ask(1)])
        #expect(idling.handle(.mayStop(1, false), at: 50) == [])
        #expect(idling.nextTick == 250)
        #expect(idling.handle(.tick, at: 250) == [.ask(2)])
        #expect(idling.handle(.mayStop(2, true), at: 251) == [.stop])
        #expect(idling.handle(.ended, at: 260) == [])
        #expect(idling.handle(.rest, at: 270) == [] && idling.place == .idle(since: 260))
        // Whoever comes while it is asked keeps it awake, for the usual time.
        #expect(idling.handle(.request(2, bytes: 1), at: 300) == [.start])
        #expect(idling.handle(.rest, at: 310) == [])
        #expect(idling.handle(.ready, at: 320) == [.forward(2)])
        _ = idling.handle(.finished(2), at: 330)
        #expect(idling.handle(.rest, at: 340) == [.ask(3)])
        #expect(idling.handle(.request(3, bytes: 1), at: 341) == [.forward(3)])
        _ = idling.handle(.finished(3), at: 342)
        #expect(idling.handle(.mayStop(3, true), at: 343) == [])
        #expect(idling.nextTick == 1_342)
    }

    @Test("Nobody sleeps longer than asked for")
    func longestSleep() {
        var longest = limits()
        longest.longestSleep = 7_000
        var idling = Idling(longest, at: 100)
        #expect(idling.nextTick == 7_100)
        #expect(idling.handle(.tick, at: 7_100) == [.start])
    }

    @Test("At the end everybody is told, the process ends, and nothing begins")
    func shuttingDown() {
        var idling = Idling(limits(), at: 0)
        _ = idling.handle(.request(1, bytes: 1), at: 0)
        #expect(idling.handle(.shutDown, at: 1) == [.refuse(1, .shuttingDown, retryAfter: 1_000), .stop])
        #expect(idling.handle(.request(2, bytes: 1), at: 2) == [.refuse(2, .shuttingDown, retryAfter: 1_000)])
        #expect(idling.handle(.tick, at: 2_001) == [.kill])
        #expect(idling.handle(.ended, at: 2_010) == [])
        #expect(idling.place == .closed)
        #expect(idling.handle(.needed, at: 3_000) == [] && idling.nextTick == nil)
    }

    @Test("Whatever happens: one process, each request answered once, none with a process that was asked to end")
    func anything() {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<300 {
            let seed = UInt64.random(in: 0 ... .max, using: &random)
            #expect(Model(seed: seed).run(2_000) == nil, "seed \(seed)")
        }
    }
}

/// Plays process, clients and clock by chance, and checks what the machine does.
private struct Model {
    private enum Process: Equatable { case none, starting, serving, ending }

    private var state: UInt64
    private var now: UInt64 = 0
    private var idling: Idling
    private var process = Process.none
    private var nextID: UInt64 = 0
    private var waiting: Set<UInt64> = []
    private var inFlight: Set<UInt64> = []
    private var question: UInt64?
    private var breach: String?

    init(seed: UInt64) {
        state = seed | 1
        var limits = limits()
        if seed % 2 == 0 { limits.longestSleep = 20_000 }
        idling = Idling(limits, at: 0)
    }

    private mutating func dice(_ sides: UInt64) -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return (state >> 33) % sides
    }

    /// - Returns: the rule that was broken; nil for none.
    mutating func check(_ event: Idling.Event) {
        for action in idling.handle(event, at: now) {
            switch action {
            case .start:
                if process != .none { breach = "two processes" }
                process = .starting
            case .stop:
                if !inFlight.isEmpty && event != .shutDown { breach = "stopped with requests" }
                process = .ending
            case .kill: if process == .none { breach = "killed what is not there" }
            case .ask(let number):
                if !inFlight.isEmpty { breach = "asked with requests" }
                question = number
            case .forward(let id):
                if process != .serving { breach = "forwarded to no process" }
                if waiting.remove(id) == nil { breach = "answered twice" }
                inFlight.insert(id)
            case .refuse(let id, _, _): if waiting.remove(id) == nil { breach = "refused twice" }
            }
        }
        if idling.hasProcess != (process != .none) { breach = "lost the process" }
        if idling.waitingCount != waiting.count { breach = "lost who waits" }
        if idling.inFlightCount != inFlight.count { breach = "lost who is served" }
    }

    consuming func run(_ steps: Int) -> String? {
        for _ in 0..<steps where breach == nil { step() }
        // In the end all who wait are answered, and all is quiet.
        var rounds = 0
        while breach == nil, !waiting.isEmpty || process != .none || !inFlight.isEmpty, rounds < 10_000 {
            rounds += 1
            settle()
        }
        if breach == nil && rounds == 10_000 { return "never came to rest" }
        return breach
    }

    private mutating func step() {
        now += dice(8) == 0 ? dice(1_500) : dice(30)
        switch dice(12) {
        case 0...3:
            nextID += 1
            waiting.insert(nextID)
            check(.request(nextID, bytes: Int(dice(60))))
        case 4, 5:
            // Of those who are served, or who wait and go away.
            let all = (dice(4) == 0 ? waiting.union(inFlight) : inFlight).sorted()
            guard !all.isEmpty else { return }
            let id = all[Int(dice(UInt64(all.count)))]
            waiting.remove(id)
            inFlight.remove(id)
            check(.finished(id))
        case 6: becomeReady()
        case 7: if process == .ending || (process != .none && dice(6) == 0) { end() }
        case 8: answer()
        case 9: if dice(10) == 0 { check(dice(2) == 0 ? .needed : .rest) }
        default: check(.tick)
        }
    }

    private mutating func settle() {
        now = max(now + 1, min(idling.nextTick ?? now + 1, now + 20_000))
        becomeReady()
        if process == .ending { end() }
        for id in inFlight.sorted() {
            inFlight.remove(id)
            check(.finished(id))
        }
        check(.tick)
        answer()
    }

    private mutating func becomeReady() {
        guard process == .starting else { return }
        process = .serving
        check(.ready)
    }

    private mutating func end() {
        process = .none
        check(.ended)
    }

    private mutating func answer() {
        guard let number = question else { return }
        question = nil
        check(.mayStop(number, dice(3) > 0))
    }
}
