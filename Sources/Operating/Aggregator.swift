import Cryptography
import Primitives

/// Collects operators' signatures for one rollup until they are a quorum's.
///
/// Signatures are looked at in batches, as soon as they would be a quorum if all were good: those that never would cost nothing but
/// their place. A bad one names its sender and takes nothing from the others. Each operator has room for so many votes and no
/// more: who sends many pushes out his own oldest, and nobody else's.
public struct Aggregator: Sendable {
    public enum Action: Sendable {
        /// There is a quorum, or there was one and more have signed since.
        case certify(OperatorCertificate)
        case refuse(OperatorVote, VoteRefusal)
        case report(DoubleSigning)
    }

    /// Votes of an operator that are kept.
    public static let votesOfOperator = 512
    /// Bad signatures of an operator under one table, from which on it is not listened to.
    public static let mostFaults = 3

    public let rollup: AttestedRollup
    public private(set) var table: StakeTable
    private var tallies: [AttestedPlace: Tally] = [:]
    /// Where each operator has votes, the oldest first.
    private var places: [[AttestedPlace]]
    private var faults: [Int]

    public init(_ rollup: AttestedRollup, _ table: StakeTable) {
        self.rollup = rollup
        self.table = table
        places = Array(repeating: [], count: table.operators.count)
        faults = Array(repeating: 0, count: table.operators.count)
    }

    /// The votes that it holds.
    public var voteCount: Int { places.reduce(0) { $0 + $1.count } }

    /// Votes are by the new table from now on; those that were collected by the old one are let go.
    public mutating func use(_ table: StakeTable) { self = Self(rollup, table) }

    /// Takes a vote in.
    public mutating func take(_ vote: OperatorVote) -> [Action] {
        do throws(VoteRefusal) { try check(vote) } catch { return [.refuse(vote, error)] }
        let place = vote.attestation.place
        if let first = tallies[place]?.vote(of: vote.sender) { return second(vote, after: first) }
        makeRoom(for: vote.sender)
        places[vote.sender].append(place)
        tallies[place, default: Tally()].add(vote)
        guard tallies[place]?.mayBeQuorum(vote.attestation.value, in: table) == true else { return [] }
        return count(place, vote.attestation.value)
    }

    private func check(_ vote: OperatorVote) throws(VoteRefusal) {
        guard vote.attestation.rollup == rollup else { throw .otherRollup }
        guard vote.table == table.time else { throw .otherTable(vote.table) }
        guard table.operators.indices.contains(vote.sender) else { throw .unknownOperator(vote.sender) }
        guard faults[vote.sender] < Self.mostFaults else { throw .shutOut }
    }

    private mutating func makeRoom(for sender: Int) {
        guard places[sender].count == Self.votesOfOperator else { return }
        let oldest = places[sender].removeFirst()
        tallies[oldest]?.remove(sender)
        if tallies[oldest]?.isEmpty == true { tallies[oldest] = nil }
    }

    /// A vote where there is one of this operator already: nothing new, or what it is slashed for.
    private mutating func second(_ vote: OperatorVote, after first: OperatorVote) -> [Action] {
        guard vote.attestation.value != first.attestation.value else { return [.refuse(vote, .repeated)] }
        guard isGood(vote) else { return [refuse(vote)] }
        guard isGood(first) else {
            // The one that is there was bad, and is in the way of a good one.
            tallies[vote.attestation.place]?.remove(vote.sender)
            tallies[vote.attestation.place]?.add(vote)
            return [refuse(first)]
        }
        return [.report(DoubleSigning(first: first, second: vote))]
    }

    private func isGood(_ vote: OperatorVote) -> Bool {
        vote.signature.isValid(
            for: vote.attestation.digest(table: vote.table), by: table.operators[vote.sender].key)
    }

    private mutating func refuse(_ vote: OperatorVote) -> Action {
        faults[vote.sender] += 1
        return .refuse(vote, .badSignature)
    }

    /// Looks at the signatures for a value that nobody has looked at, and at what there is then.
    private mutating func count(_ place: AttestedPlace, _ value: Hash256) -> [Action] {
        guard var tally = tallies[place] else { return [] }
        let bad = tally.verify(value, in: table)
        var actions: [Action] = []
        for vote in bad {
            actions.append(refuse(vote))
            places[vote.sender].removeAll { $0 == place }
        }
        tallies[place] = tally.isEmpty ? nil : tally
        if let certificate = tally.certificate(value, in: table) { actions.append(.certify(certificate)) }
        return actions
    }
}
