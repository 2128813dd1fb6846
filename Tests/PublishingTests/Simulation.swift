import Cryptography
import Derivation
import Primitives
import Publishing

/// Drives a batcher against a simulated L1 and rollup, with as many mishaps as asked for.
struct Simulation {
    /// How often things go wrong: once in so many times; never for zero.
    struct Mishaps {
        var kill = 0
        var reorganise = 0
        var deepestReorganisation = 10
        /// A transaction disappears from the pool.
        var drop = 0
        /// A transaction cannot be sent.
        var refuse = 0
        /// A block takes none of the transactions.
        var delay = 0
        /// Prices move.
        var prices = 0
        /// What a node shows is not looked at.
        var blind = 0
    }

    var l1 = SimulatedL1()
    var rollup: SimulatedRollup
    var batcher: Batcher
    var settings: BatcherSettings
    var choice: DataChoice
    var mishaps = Mishaps()
    var providerIsUp = true
    /// A server that is down does not answer at all, rather than refuse.
    var providerIsMute = false
    /// A server that answers, and keeps nothing.
    var providerForgets = false
    var transactions = 3
    var input = 20
    /// Whether the sequencer makes blocks.
    var isSequencing = true
    var reports: [BatcherReport] = []
    var limits: [Int?] = []
    /// Blobs whose proofs were asked for before they were sent.
    var prepared: Set<[UInt8]> = []
    var unprepared = 0
    var kills = 0
    var stores = 0
    var losses = 0
    /// The layer of the server's commitments, where that says nothing of the data.
    var foreignLayer: UInt8?
    private var hashes: [UInt64: [Hash256]] = [:]
    private var process: UInt64 = 0
    private var now: UInt64 = 1_000
    private var dice: Dice

    init(_ choice: DataChoice, seed: UInt64, settings: BatcherSettings = .quick) {
        self.choice = choice
        self.settings = settings
        dice = Dice(seed)
        rollup = SimulatedRollup(l1, seed: seed &+ 99)
        batcher = Batcher(l1.configuration, choice: choice, settings: settings)
    }

    /// Goes on for so many L1 blocks, six rounds of two seconds each.
    mutating func run(_ count: Int) throws {
        for _ in 0..<count {
            if dice.happens(oneIn: mishaps.reorganise) {
                let depth = 1 + dice.number(below: mishaps.deepestReorganisation)
                l1.reorganise(depth, &dice)
                for _ in 0..<depth { l1.mine(limit: dice.number(below: 3)) }
            }
            if dice.happens(oneIn: mishaps.prices) {
                l1.prices.baseFee = UInt256(1_000_000 << UInt64(dice.number(below: 16)))
                l1.prices.blobBaseFee = UInt256(1 << UInt64(dice.number(below: 34)))
            }
            if dice.happens(oneIn: mishaps.drop), let nonce = l1.pool.keys.randomElementInOrder(&dice) {
                l1.pool[nonce] = nil
            }
            l1.mine(limit: dice.happens(oneIn: mishaps.delay) ? 0 : 6)
            for _ in 0..<6 { try round() }
        }
    }

    /// Goes on without mishaps until all is safe.
    mutating func settle(_ limit: Int = 100) throws {
        mishaps = Mishaps()
        isSequencing = false
        providerIsUp = true
        providerForgets = false
        l1.prices = L1Prices(baseFee: 1_000_000, blobBaseFee: 1, tip: 1_000_000)
        for _ in 0..<limit where rollup.safeHead != rollup.unsafeHead { try run(1) }
    }

    mutating func choose(_ choice: DataChoice) {
        self.choice = choice
        carryOut(batcher.handle(.choose(choice), now: now))
    }

    private mutating func round() throws {
        now += 2_000
        if dice.happens(oneIn: mishaps.kill) {
            kills += 1
            process += 1
            hashes = [:]
            batcher = Batcher(l1.configuration, choice: choice, settings: settings)
        }
        if isSequencing { try rollup.sequence(l1, transactions: transactions, input: input) }
        try rollup.derive(l1)
        var events: [BatcherEvent] = []
        if !dice.happens(oneIn: mishaps.blind) {
            events.append(
                .l1(
                    L1View(
                        head: l1.head, includedNonce: l1.includedNonce, pendingNonce: l1.pendingNonce,
                        prices: l1.prices)))
        }
        if !dice.happens(oneIn: mishaps.blind) {
            events.append(
                .rollup(
                    RollupView(derived: rollup.read, safeHead: rollup.safeHead, unsafeHead: rollup.unsafeHead)))
        }
        events.append(.time)
        for event in events { carryOut(batcher.handle(event, now: now)) }
    }

    private mutating func carryOut(_ first: [BatcherAction]) {
        var queue = first[...]
        while let action = queue.popFirst() {
            switch action {
            case .loadBlocks(let from, let count):
                queue += batcher.handle(.blocks(rollup.load(from: from, count: count)), now: now)
            case .send(let submission):
                if let refusal = send(submission) {
                    let event = BatcherEvent.refused(
                        nonce: submission.nonce, attempt: submission.attempt, refusal)
                    queue += batcher.handle(event, now: now)
                }
            case .locate(let nonces):
                for nonce in nonces {
                    queue += batcher.handle(.located(nonce: nonce, in: l1.find(hashes[nonce] ?? [])), now: now)
                }
            case .store(let request, let data):
                stores += 1
                if providerIsUp {
                    let hash = Keccak256.hash(data)
                    if providerForgets { losses += 1 } else { rollup.stored[hash] = data }
                    let commitment = foreignLayer.map { .generic([$0, 1, 2]) } ?? AltDACommitment(content: hash)
                    queue += batcher.handle(.stored(request: request, commitment), now: now)
                } else if !providerIsMute {
                    queue += batcher.handle(.storeFailed(request: request), now: now)
                }
            case .limitBlockData(let bytes): limits.append(bytes)
            case .prepare(let blobs): prepared.formUnion(blobs)
            case .report(let report): reports.append(report)
            }
        }
    }

    private mutating func send(_ submission: Submission) -> SubmissionRefusal? {
        if dice.happens(oneIn: mishaps.refuse) { return .other }
        if case .blobs(let blobs) = submission.payload, !prepared.isSuperset(of: blobs) { unprepared += 1 }
        let text = "\(process) \(submission.nonce) \(submission.attempt) \(submission.fees)"
        let sent = SimulatedL1.Sent(submission: submission, hash: Keccak256.hash(Array(text.utf8)))
        let refusal = l1.send(sent)
        if refusal == nil { hashes[submission.nonce, default: []].append(sent.hash) }
        return refusal
    }

    /// How many channels each carrier had.
    var carriers: [DataCarrier: Int] {
        var counts: [DataCarrier: Int] = [:]
        for case .closedChannel(_, _, _, _, _, let carrier) in reports { counts[carrier, default: 0] += 1 }
        return counts
    }

    /// The carriers in the order in which they were used.
    var carrierChanges: [DataCarrier] {
        var list: [DataCarrier] = []
        for case .closedChannel(_, _, _, _, _, let carrier) in reports where list.last != carrier {
            list.append(carrier)
        }
        return list
    }

    /// Whether a transaction on L1 has an alt-DA commitment.
    var l1HasCommitments: Bool {
        l1.included.joined().contains { sent in
            if case .calldata(let data) = sent.submission.payload {
                AltDACommitment(batcherData: data) != nil
            } else {
                false
            }
        }
    }

    var resets: [ResetReason] {
        reports.compactMap { report in
            if case .reset(let reason) = report { reason } else { nil }
        }
    }
}

extension BatcherSettings {
    /// Small channels, so that little makes many of them.
    static var quick: BatcherSettings {
        var settings = BatcherSettings()
        settings.channelDuration = 2
        settings.largestCalldata = 2_000
        settings.calldataTransactionsPerChannel = 3
        settings.blobsPerChannel = 1
        settings.quality = 5
        settings.hurriedQuality = 5
        settings.strangerPatience = 30_000
        settings.raiseAfter = 24_000
        return settings
    }
}

extension Collection where Element: Comparable {
    /// An element chosen by dice, whatever order the collection has.
    func randomElementInOrder(_ dice: inout Dice) -> Element? {
        isEmpty ? nil : sorted()[dice.number(below: count)]
    }
}
