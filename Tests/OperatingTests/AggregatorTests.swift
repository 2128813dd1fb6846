import Cryptography
import Operating
import Primitives
import Testing

struct AggregatorTests {
    private static let rollup = AttestedRollup(
        l1ChainID: 1, serviceManager: Address(truncating: UInt256(0x51)),
        systemConfig: Address(truncating: UInt256(0x52)), l2ChainID: 901)
    private static let truth = Hash256(UInt256(1)), lie = Hash256(UInt256(2))

    private let secrets: [BN254SecretKey]
    private let table: StakeTable

    /// Operators with stakes 10, 20, 30, ...: a quorum of 67 %.
    private init(operators: Int) throws {
        secrets = try (1...operators).map { try #require(BN254SecretKey(UInt256(UInt64(7_000 + $0)))) }
        let listed = secrets.enumerated().map { index, secret in
            StakeTable.Operator(
                address: Address(truncating: UInt256(UInt64(index + 1))), key: secret.publicKey,
                stake: UInt256(UInt64(10 * (index + 1))))
        }
        table = try #require(StakeTable(time: 1_000, operators: listed, quorum: 6_700))
    }

    init() throws { try self.init(operators: 7) }

    private func vote(
        _ sender: Int, _ value: Hash256 = truth, at place: AttestedPlace = .block(5), by signer: Int? = nil
    ) -> OperatorVote {
        let attestation = Attestation(Self.rollup, place, value)
        let signature = secrets[signer ?? sender].sign(attestation.digest(table: table.time))
        return OperatorVote(attestation, table: table.time, sender: sender, signature: signature)
    }

    private func certificates(_ actions: [Aggregator.Action]) -> [OperatorCertificate] {
        actions.compactMap { if case .certify(let certificate) = $0 { certificate } else { nil } }
    }

    private func refusals(_ actions: [Aggregator.Action]) -> [(Int, VoteRefusal)] {
        actions.compactMap { if case .refuse(let vote, let why) = $0 { (vote.sender, why) } else { nil } }
    }

    @Test func certifiesAtTheQuorumAndNotBefore() throws {
        var aggregator = Aggregator(Self.rollup, table)
        // 70 + 60 + 50 of 280 are less than 187.6, rounded down; with 10 more they are enough.
        for sender in [6, 5, 4] { #expect(aggregator.take(vote(sender)).isEmpty) }
        let certificate = try #require(certificates(aggregator.take(vote(0))).first)
        #expect(certificate.signed == UInt256(190) && certificate.total == UInt256(280))
        #expect(certificate.absent == [1, 2, 3])
        #expect(certificate.signature.isValid(for: certificate.attestation.digest(table: 1_000), by: certificate.key))
        // Who comes later is in the next one.
        let next = try #require(certificates(aggregator.take(vote(2))).first)
        #expect(next.absent == [1, 3] && next.signed == UInt256(220))
    }

    @Test func aBadSignatureNamesItsSenderAndCostsTheOthersNothing() {
        var aggregator = Aggregator(Self.rollup, table)
        for sender in [6, 5] { #expect(aggregator.take(vote(sender)).isEmpty) }
        #expect(aggregator.take(vote(3, by: 1)).isEmpty, "nobody looks before it could be a quorum")
        let found = aggregator.take(vote(2))
        #expect(refusals(found).map(\.0) == [3] && refusals(found).map(\.1) == [.badSignature])
        #expect(certificates(found).isEmpty)
        // The honest operator's own vote has its place.
        #expect(certificates(aggregator.take(vote(3))).map(\.absent) == [[0, 1, 4]])
    }

    @Test func twoBadOnesThatCancelEachOtherAreFound() {
        var aggregator = Aggregator(Self.rollup, table)
        for sender in [6, 5] { _ = aggregator.take(vote(sender)) }
        // Each signs with the other's key: their sum is that of two good ones.
        _ = aggregator.take(vote(1, by: 3))
        let found = aggregator.take(vote(3, by: 1))
        #expect(refusals(found).map(\.0).sorted() == [1, 3])
        #expect(certificates(found).isEmpty)
    }

    @Test func whoSendsBadOnesIsNotListenedTo() {
        var aggregator = Aggregator(Self.rollup, table)
        for number in 0..<UInt64(Aggregator.mostFaults) {
            let place = AttestedPlace.block(number)
            for sender in [6, 5] { _ = aggregator.take(vote(sender, at: place)) }
            _ = aggregator.take(vote(0, at: place, by: 1))
            _ = aggregator.take(vote(4, at: place))
        }
        #expect(refusals(aggregator.take(vote(0, at: .block(9)))).map(\.1) == [.shutOut])
        #expect(aggregator.take(vote(1, at: .block(9))).isEmpty)
        // Under another table it may try again.
        aggregator.use(table)
        #expect(aggregator.take(vote(0, at: .block(9))).isEmpty)
    }

    @Test func twoValuesAtOnePlaceAreReported() throws {
        var aggregator = Aggregator(Self.rollup, table)
        _ = aggregator.take(vote(3))
        #expect(refusals(aggregator.take(vote(3))).map(\.1) == [.repeated])
        let actions = aggregator.take(vote(3, Self.lie))
        guard case .report(let found) = try #require(actions.first) else {
            Issue.record("nothing was reported: \(actions)")
            return
        }
        #expect(found.first.attestation.value == Self.truth && found.second.attestation.value == Self.lie)
        #expect(found.first.sender == 3)
        // Another place, or another part of a block, is another one.
        #expect(aggregator.take(vote(3, Self.lie, at: .output(5))).isEmpty)
        #expect(aggregator.take(vote(3, Self.lie, at: .part(0, of: 5))).isEmpty)
        #expect(aggregator.take(vote(3, Self.truth, at: .part(1, of: 5))).isEmpty)
    }

    @Test func aForgedSecondValueIsNoDoubleSigning() {
        var aggregator = Aggregator(Self.rollup, table)
        _ = aggregator.take(vote(3))
        #expect(refusals(aggregator.take(vote(3, Self.lie, by: 2))).map(\.1) == [.badSignature])
        // And a forged first one does not keep the true one out.
        _ = aggregator.take(vote(4, Self.lie, by: 2))
        #expect(refusals(aggregator.take(vote(4))).map(\.1) == [.badSignature])
        for sender in [6, 5] { _ = aggregator.take(vote(sender)) }
        #expect(certificates(aggregator.take(vote(2))).map(\.absent) == [[0, 1]])
    }

    @Test func votesForDifferentValuesDoNotAddUp() {
        var aggregator = Aggregator(Self.rollup, table)
        for sender in [6, 5] { _ = aggregator.take(vote(sender)) }
        for sender in [4, 3, 2, 1, 0] { #expect(certificates(aggregator.take(vote(sender, Self.lie))).isEmpty) }
    }

    @Test func whatIsNotForThisTableOrRollupIsRefused() {
        var aggregator = Aggregator(Self.rollup, table)
        var other = vote(0)
        other.attestation.rollup.l2ChainID = 902
        #expect(refusals(aggregator.take(other)).map(\.1) == [.otherRollup])
        other = vote(0)
        other.table = 999
        #expect(refusals(aggregator.take(other)).map(\.1) == [.otherTable(999)])
        for sender in [-1, 7] {
            other = vote(0)
            other.sender = sender
            #expect(refusals(aggregator.take(other)).map(\.1) == [.unknownOperator(sender)])
        }
    }

    @Test func whoSendsManyPushesOutHisOwnAlone() {
        var aggregator = Aggregator(Self.rollup, table)
        for sender in [6, 5] { _ = aggregator.take(vote(sender)) }
        // One flood of places that nobody else is at: the same signature will do, as nobody looks at it.
        var flood = vote(0)
        for number in 0..<UInt64(3 * Aggregator.votesOfOperator) {
            flood.attestation.place = .block(1_000 + number)
            #expect(aggregator.take(flood).isEmpty)
        }
        #expect(aggregator.voteCount == 2 + Aggregator.votesOfOperator)
        #expect(certificates(aggregator.take(vote(4))).isEmpty)
        #expect(certificates(aggregator.take(vote(1))).map(\.absent) == [[0, 2, 3]])
    }

    @Test func tablesThatTheVerifierWouldNotCountAreRefused() {
        let one = table.operators[0]
        #expect(StakeTable(time: 1, operators: [], quorum: 6_700) == nil)
        #expect(StakeTable(time: 1, operators: [one], quorum: 0) == nil)
        #expect(StakeTable(time: 1, operators: [one], quorum: 10_001) == nil)
        #expect(StakeTable(time: 1, operators: Array(repeating: one, count: 257), quorum: 6_700) == nil)
        var huge = one
        huge.stake = UInt256(1) << 224
        #expect(StakeTable(time: 1, operators: [huge], quorum: 6_700) == nil)
        huge.stake = .zero
        #expect(StakeTable(time: 1, operators: [huge], quorum: 6_700) == nil)
    }
}
