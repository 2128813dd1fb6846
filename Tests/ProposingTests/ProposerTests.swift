import Primitives
import Proposing
import Testing

/// A model of the contracts on L1, small enough to be seen to be right, that proposers act on.
private struct ModelL1 {
    var time: UInt64 = 1_000
    var anchor: UInt64 = 0
    var head: UInt64 = 0
    var games: [ProposedGame] = []
    var funds: UInt256 = 1_000_000
    /// Wei that the proposer has in bonds.
    var locked = 0

    /// Where the rollup has ended.
    var lastBlock: UInt64?
    var isDissolved = false

    var view: ProposingView {
        var view = ProposingView(time: time, anchor: anchor, head: head, funds: funds, games: games)
        view.lastBlock = lastBlock
        view.isSettling = lastBlock != nil && !isDissolved
        return view
    }

    mutating func add(blockNumber: UInt64, isOwn: Bool = true, isTrue: Bool? = true) {
        var game = ProposedGame(
            address: Address(truncating: UInt256(games.count + 1)), blockNumber: blockNumber,
            rootClaim: Hash256(UInt256(blockNumber)), createdAt: time, challengeDeadline: time + 60, expiry: time + 120)
        game.isOwn = isOwn
        game.isTrue = isTrue
        game.bond = 1
        games.append(game)
    }

    mutating func perform(_ action: ProposingAction) {
        func change(_ address: Address, _ body: (inout ProposedGame) -> Void) {
            for index in games.indices where games[index].address == address { body(&games[index]) }
        }
        switch action {
        case .propose(let number, let attempt):
            #expect(number > anchor && number <= head)
            let same = games.filter { $0.blockNumber == number && $0.isTrue == true }.count
            #expect(UInt64(same) == attempt)
            add(blockNumber: number)
            locked += 1
        case .challenge(let address):
            change(address) {
                #expect(time < $0.challengeDeadline && !$0.isChallenged && $0.isTrue != true)
                $0.isChallenged = true
            }
        case .resolve(let address):
            change(address) {
                #expect($0.status == .inProgress && time >= ($0.isChallenged ? $0.expiry : $0.challengeDeadline))
                $0.status = $0.isChallenged ? .challengerWins : .defenderWins
                $0.credit = $0.isOwn || $0.isChallenged ? 1 : 0
                $0.isFinal = $0.status == .defenderWins
            }
        case .claim(let address):
            change(address) {
                #expect(!$0.credit.isZero)
                if $0.isOwn { locked -= 1 }
                $0.credit = 0
            }
        case .settle(let address):
            change(address) {
                #expect($0.isFinal && $0.isTrue == true && $0.blockNumber == lastBlock && !isDissolved)
            }
            isDissolved = true
        case .anchor(let address):
            change(address) {
                #expect($0.isFinal && $0.blockNumber > anchor)
                anchor = $0.blockNumber
            }
        }
    }

    /// - Returns: what was done until there was nothing left.
    @discardableResult
    mutating func settle(_ proposer: Proposer) -> [ProposingAction] {
        var actions: [ProposingAction] = []
        while let action = proposer.next(view), actions.count < 1_000 {
            actions.append(action)
            perform(action)
        }
        return actions
    }
}

@Suite struct ProposerTests {
    private let proposer = Proposer(interval: 10)

    @Test func proposesTheHeadEachInterval() {
        var l1 = ModelL1()
        l1.head = 9
        #expect(l1.settle(proposer).isEmpty)
        l1.head = 13
        #expect(l1.settle(proposer) == [.propose(blockNumber: 13, attempt: 0)])
        l1.head = 22
        #expect(l1.settle(proposer).isEmpty)
        l1.head = 23
        #expect(l1.settle(proposer) == [.propose(blockNumber: 23, attempt: 0)])
    }

    @Test func proposesAfterTheLongestPauseWhereThereIsABlock() {
        let impatient = Proposer(interval: 1_000, longestPause: 30)
        var l1 = ModelL1()
        l1.head = 1_000
        #expect(l1.settle(impatient).count == 1)
        l1.time += 29
        l1.head += 1
        #expect(l1.settle(impatient).isEmpty)
        l1.time += 1
        #expect(l1.settle(impatient) == [.propose(blockNumber: 1_001, attempt: 0)])
        l1.time += 25
        #expect(l1.settle(impatient).isEmpty)
    }

    @Test func resolvesClaimsAndAnchorsWhenTheWindowIsOver() {
        var l1 = ModelL1()
        l1.head = 10
        l1.settle(proposer)
        l1.time += 59
        #expect(l1.settle(proposer).isEmpty)
        l1.time += 1
        let game = l1.games[0].address
        #expect(l1.settle(proposer) == [.resolve(game), .claim(game), .anchor(game)])
        #expect(l1.anchor == 10 && l1.locked == 0)
    }

    @Test func bringsARollupToItsEnd() {
        var l1 = ModelL1()
        l1.head = 10
        l1.settle(proposer)
        // Three blocks are no interval, and the last one is worth a proposal all the same: one.
        l1.head = 13
        #expect(l1.settle(proposer).isEmpty)
        l1.lastBlock = 13
        #expect(l1.settle(proposer) == [.propose(blockNumber: 13, attempt: 0)])
        #expect(l1.settle(proposer).isEmpty)
        l1.time += 60
        let games = l1.games.map { $0.address }
        #expect(
            l1.settle(proposer) == [
                .resolve(games[0]), .claim(games[0]), .resolve(games[1]), .claim(games[1]), .settle(games[1]),
                .anchor(games[1]),
            ])
        #expect(l1.isDissolved && l1.locked == 0)
        l1.time += 1_000
        #expect(l1.settle(proposer).isEmpty)
    }

    @Test func settlesWithAnothersProposalThatIsTheAnchorAlready() {
        var l1 = ModelL1()
        l1.head = 13
        l1.lastBlock = 13
        l1.add(blockNumber: 13, isOwn: false)
        l1.add(blockNumber: 13, isOwn: false, isTrue: false)
        l1.games[0].status = .defenderWins
        l1.games[0].isFinal = true
        l1.anchor = 13
        #expect(l1.settle(Proposer(interval: .max, challenges: false)) == [.settle(l1.games[0].address)])
    }

    @Test func takesAnothersTrueProposalForItsOwn() {
        var l1 = ModelL1()
        l1.head = 10
        l1.add(blockNumber: 10, isOwn: false)
        #expect(l1.settle(proposer).isEmpty)
        l1.time += 60
        let game = l1.games[0].address
        #expect(l1.settle(proposer) == [.resolve(game), .anchor(game)])
    }

    @Test func challengesWhatIsFalseAndNothingElse() {
        var l1 = ModelL1()
        l1.head = 10
        l1.add(blockNumber: 5, isOwn: false, isTrue: false)
        l1.add(blockNumber: 50, isOwn: false, isTrue: nil)
        let actions = l1.settle(proposer)
        #expect(actions == [.challenge(l1.games[0].address), .propose(blockNumber: 10, attempt: 0)])
        l1.time += 60
        #expect(!l1.settle(proposer).contains(.resolve(l1.games[0].address)))
        l1.time += 60
        #expect(l1.settle(proposer).contains(.resolve(l1.games[0].address)))
        #expect(l1.anchor == 10)
        // A false output is never resolved for its proposer by this one, and never becomes its anchor.
        var late = ModelL1()
        late.add(blockNumber: 5, isOwn: false, isTrue: false)
        late.time += 60
        #expect(late.settle(proposer).isEmpty)
    }

    /// Nothing gets through the window that the node cannot check: a block that it does not have is as good as false.
    @Test func challengesWhatItCannotCheckWhenTimeRunsOut() {
        var l1 = ModelL1()
        l1.add(blockNumber: 1 << 40, isOwn: false, isTrue: nil)
        l1.time += 39
        #expect(l1.settle(proposer).isEmpty)
        l1.time += 1
        #expect(l1.settle(proposer) == [.challenge(l1.games[0].address)])
        // What the node has, but not final yet, is left alone, and what the account has proposed itself.
        var likely = ModelL1()
        likely.add(blockNumber: 5, isOwn: false, isTrue: nil)
        likely.games[0].isLikely = true
        likely.add(blockNumber: 6, isOwn: true, isTrue: nil)
        likely.time += 50
        #expect(likely.settle(proposer).isEmpty)
    }

    @Test func getsItsBondsBackWhereItCannotPayForAChallenge() {
        var l1 = ModelL1()
        l1.head = 10
        l1.add(blockNumber: 5, isTrue: true)
        l1.time += 60
        l1.funds = 0
        for number: UInt64 in 6...9 { l1.add(blockNumber: number, isOwn: false, isTrue: false) }
        let game = l1.games[0].address
        #expect(proposer.disputable(l1.view).map(\.blockNumber) == [6, 7, 8, 9])
        #expect(proposer.next(l1.view) == .resolve(game))
        #expect(l1.settle(proposer).prefix(3) == [.resolve(game), .claim(game), .anchor(game)])
        // The money that came back goes to what ends first.
        l1.funds = 1
        l1.games[2].challengeDeadline -= 5
        #expect(proposer.next(l1.view) == .challenge(l1.games[2].address))
    }

    @Test func proposesAgainWhereAChallengeHoldsAnOutputUp() {
        var l1 = ModelL1()
        l1.head = 10
        l1.settle(proposer)
        l1.games[0].isChallenged = true
        #expect(l1.settle(proposer) == [.propose(blockNumber: 10, attempt: 1)])
        l1.time += 120
        l1.settle(proposer)
        #expect(l1.anchor == 10 && l1.locked == 0)
    }

    /// Whatever happens, in whatever order, and however often the proposer is replaced by a new one: bonds come back, the
    /// anchor follows the head, and nothing is done that the contracts refuse.
    @Test(arguments: 0..<50 as Range<UInt64>) func keepsUpWithTheChain(_ seed: UInt64) {
        var state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1
        func random(_ bound: UInt64) -> UInt64 {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return state % bound
        }
        var l1 = ModelL1()
        for _ in 0..<300 {
            l1.time += random(20)
            l1.head += random(8)
            if random(10) == 0, l1.head > l1.anchor {
                l1.add(blockNumber: l1.anchor + 1 + random(l1.head - l1.anchor), isOwn: false, isTrue: random(2) == 0)
            }
            if random(12) == 0, !l1.games.isEmpty {
                let index = Int(random(UInt64(l1.games.count)))
                let game = l1.games[index]
                if game.status == .inProgress && l1.time < game.challengeDeadline {
                    l1.games[index].isChallenged = true
                }
            }
            // A proposer that dies between two actions.
            for _ in 0..<random(6) {
                guard let action = proposer.next(l1.view) else { break }
                l1.perform(action)
            }
        }
        l1.settle(proposer)
        l1.time += 1_000
        l1.settle(proposer)
        #expect(l1.locked <= 1)
        #expect(
            l1.head - l1.anchor < 10 || l1.games.contains { $0.blockNumber > l1.anchor && $0.status == .inProgress })
        for game in l1.games where game.isTrue == false && game.status != .inProgress { #expect(game.isChallenged) }
    }
}
