import Lifecycles
import Primitives
import Testing

@Suite struct RollupLifeTests {
    private typealias State = RollupLife.State
    private static let closing = LifecycleFacts.Closing(block: 100, drainEnd: 110, reason: .expired)

    private static func facts(
        _ state: LifecycleFacts.State, due: ClosingReason? = nil, closing: LifecycleFacts.Closing? = Self.closing
    ) -> LifecycleFacts {
        var facts = LifecycleFacts(contract: Address(), l1Block: 105, l1Time: 1_000, state: state, expiresAt: 900)
        facts.due = due
        facts.closing = state == .active ? nil : closing
        return facts
    }

    private static let all: [State] = [
        .scheduled(start: 50), .launching, .active, .idle, .closing(closing), .settling(closing), .dissolved,
    ]

    /// From a state with an event to a state, and what is to be done.
    private struct Transition: Sendable, CustomStringConvertible {
        var from: State
        var event: RollupLife.Event
        var to: State
        var actions: [RollupLife.Action]

        var description: String { "\(from), \(event)" }
    }

    private static let transitions: [Transition] = [
        .init(from: .scheduled(start: 50), event: .time(49), to: .scheduled(start: 50), actions: []),
        .init(from: .scheduled(start: 50), event: .time(50), to: .launching, actions: [.launch]),
        .init(from: .launching, event: .launched, to: .active, actions: [.start]),
        .init(from: .active, event: .quiet, to: .idle, actions: [.stop]),
        .init(from: .idle, event: .wanted, to: .active, actions: [.start]),
        .init(from: .active, event: .wanted, to: .active, actions: []),
        .init(from: .idle, event: .quiet, to: .idle, actions: []),
        .init(from: .active, event: .l1(facts(.active)), to: .active, actions: []),
        .init(from: .active, event: .l1(facts(.active, due: .silent)), to: .active, actions: [.close(.silent)]),
        .init(from: .idle, event: .l1(facts(.active, due: .expired)), to: .idle, actions: [.close(.expired)]),
        .init(from: .active, event: .l1(facts(.closing)), to: .closing(closing), actions: [.drain(until: 110)]),
        .init(
            from: .idle, event: .l1(facts(.closing)), to: .closing(closing), actions: [.start, .drain(until: 110)]),
        .init(from: .closing(closing), event: .l1(facts(.closing)), to: .closing(closing), actions: []),
        .init(from: .closing(closing), event: .quiet, to: .closing(closing), actions: []),
        .init(from: .closing(closing), event: .l1(facts(.settling)), to: .settling(closing), actions: [.settle]),
        .init(from: .active, event: .l1(facts(.settling)), to: .settling(closing), actions: [.settle]),
        .init(from: .idle, event: .l1(facts(.settling)), to: .settling(closing), actions: [.start, .settle]),
        .init(from: .settling(closing), event: .l1(facts(.settling)), to: .settling(closing), actions: []),
        .init(from: .settling(closing), event: .l1(facts(.dissolved)), to: .dissolved, actions: [.archive, .stop]),
        .init(from: .active, event: .l1(facts(.dissolved)), to: .dissolved, actions: [.archive, .stop]),
        // L1 takes the close back.
        .init(from: .closing(closing), event: .l1(facts(.active)), to: .active, actions: [.start]),
        .init(from: .settling(closing), event: .l1(facts(.active)), to: .active, actions: [.start]),
        .init(
            from: .settling(closing), event: .l1(facts(.closing)), to: .closing(closing),
            actions: [.start, .drain(until: 110)]),
        // Before it is launched, L1 has nothing to say.
        .init(from: .launching, event: .l1(facts(.closing)), to: .launching, actions: []),
    ]

    @Test(arguments: transitions) private func goesFromStateToState(_ transition: Transition) {
        var life = RollupLife(resuming: transition.from)
        #expect(life.handle(transition.event) == transition.actions)
        #expect(life.state == transition.to)
    }

    @Test(arguments: all) private func failsFromEverywhereAndIsMended(_ state: State) {
        var life = RollupLife(resuming: state)
        let actions = life.handle(.failed("the disk is full"))
        guard state != .dissolved else {
            #expect(actions.isEmpty && life.state == .dissolved)
            return
        }
        #expect(actions == [.stop] && life.state == .failed("the disk is full"))
        // Nothing but mending helps.
        for event in [RollupLife.Event.time(.max), .launched, .quiet, .wanted, .l1(Self.facts(.active))] {
            #expect(life.handle(event).isEmpty && life.state == .failed("the disk is full"))
        }
        let resumed = life.handle(.mended)
        #expect(life.state == state)
        switch state {
        case .launching: #expect(resumed == [.launch])
        case .active: #expect(resumed == [.start])
        case .closing: #expect(resumed == [.start, .drain(until: 110)])
        case .settling: #expect(resumed == [.start, .settle])
        default: #expect(resumed.isEmpty)
        }
    }

    @Test func endsThoughItHasFailed() {
        var life = RollupLife(resuming: .active)
        _ = life.handle(.failed("its key is lost"))
        #expect(life.handle(.l1(Self.facts(.closing))) == [.start, .drain(until: 110)])
        #expect(life.handle(.l1(Self.facts(.settling))) == [.settle])
        #expect(life.handle(.l1(Self.facts(.dissolved))) == [.archive, .stop])
        for event in [RollupLife.Event.mended, .wanted, .l1(Self.facts(.active)), .failed("late")] {
            #expect(life.handle(event).isEmpty && life.state == .dissolved)
        }
    }

    /// Whatever happens in whatever order, dissolved is for good, and nothing is done twice without a reason.
    @Test(arguments: 0..<64) func survivesAnyOrderOfEvents(seed: UInt64) {
        var random = seed &* 0x9E37_79B9_7F4A_7C15 | 1
        func next(_ bound: Int) -> Int {
            random = random &* 6_364_136_223_846_793_005 &+ 1
            return Int(random >> 33) % bound
        }
        var life = RollupLife(start: 3)
        var isDissolved = false
        for time in 0..<200 {
            let event: RollupLife.Event =
                switch next(9) {
                case 0: .time(UInt64(time))
                case 1: .launched
                case 2: .quiet
                case 3: .wanted
                case 4: .failed("x")
                case 5: .mended
                case 6: .l1(Self.facts(.active, due: next(2) == 0 ? .unfunded : nil))
                case 7: .l1(Self.facts(next(2) == 0 ? .closing : .settling))
                default: .l1(Self.facts(next(20) == 0 ? .dissolved : .active))
                }
            let before = life.state
            let actions = life.handle(event)
            #expect(actions.count <= 2)
            if isDissolved { #expect(actions.isEmpty && life.state == .dissolved) }
            if actions.isEmpty, case .l1 = event {
            } else if actions.contains(.launch) {
                #expect(life.state == .launching && before != .launching)
            }
            isDissolved = life.state == .dissolved
        }
    }
}

@Suite struct DissolutionStepTests {
    private func facts(_ state: LifecycleFacts.State, _ change: (inout LifecycleFacts) -> Void = { _ in })
        -> LifecycleFacts
    {
        var facts = LifecycleFacts(contract: Address(), l1Block: 7, l1Time: 1_000, state: state, expiresAt: 5_000)
        if state != .active { facts.closing = .init(block: 5, drainEnd: 9, reason: .owner) }
        change(&facts)
        return facts
    }

    @Test func followsFromWhatL1Says() {
        let early = DissolutionStep.Early(expiresAt: 5_000, now: 1_000, mayEndBefore: false)
        #expect(DissolutionStep(facts(.active), isOwner: false) == .wait(until: early))
        #expect(DissolutionStep(facts(.active), isOwner: true) == .close(.owner))
        for reason in [ClosingReason.expired, .unfunded, .silent] {
            for isOwner in [true, false] {
                #expect(DissolutionStep(facts(.active) { $0.due = reason }, isOwner: isOwner) == .close(reason))
            }
        }
        var sooner = early
        sooner.mayEndBefore = true
        #expect(DissolutionStep(facts(.active) { $0.idleBlocks = 5 }, isOwner: false) == .wait(until: sooner))
        #expect(DissolutionStep(facts(.active) { $0.budget = Address() }, isOwner: false) == .wait(until: sooner))
        #expect(DissolutionStep(facts(.active) { $0.expiresAt = 0 }, isOwner: true) == .never)
        #expect(DissolutionStep(facts(.closing), isOwner: false) == .drain(until: 9))
        #expect(DissolutionStep(facts(.settling), isOwner: false) == .settle)
        #expect(DissolutionStep(facts(.dissolved), isOwner: true) == .done)
    }

    @Test func reasonsAreTheContracts() {
        #expect(ClosingReason.allCases.map { $0.rawValue } == [0, 1, 2, 3])
        #expect(Set(ClosingReason.allCases.map { $0.name }).count == 4)
    }
}
