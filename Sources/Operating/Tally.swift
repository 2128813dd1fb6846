import Cryptography
import Primitives

/// The votes of a place: one of each operator.
struct Tally: Sendable {
    private var votes: [Int: OperatorVote] = [:]
    /// Whose signatures have been found good.
    private var verified: Set<Int> = []

    var isEmpty: Bool { votes.isEmpty }

    func vote(of sender: Int) -> OperatorVote? { votes[sender] }

    mutating func add(_ vote: OperatorVote) { votes[vote.sender] = vote }

    mutating func remove(_ sender: Int) {
        votes[sender] = nil
        verified.remove(sender)
    }

    private func votes(for value: Hash256) -> [OperatorVote] {
        votes.values.filter { $0.attestation.value == value }.sorted { $0.sender < $1.sender }
    }

    /// Whether the votes for a value were a quorum if all were good.
    func mayBeQuorum(_ value: Hash256, in table: StakeTable) -> Bool {
        table.isQuorum(Self.stake(votes(for: value), in: table))
    }

    private static func stake(_ votes: [OperatorVote], in table: StakeTable) -> UInt256 {
        votes.reduce(UInt256.zero) { $0 &+ table.operators[$1.sender].stake }
    }

    /// Checks the signatures for a value that have not been checked, and drops the bad ones.
    ///
    /// - Returns: the bad ones.
    mutating func verify(_ value: Hash256, in table: StakeTable) -> [OperatorVote] {
        let open = votes(for: value).filter { !verified.contains($0.sender) }
        guard let first = open.first else { return [] }
        let digest = first.attestation.digest(table: table.time)
        let bad = BN254Signature.invalid(
            among: open.map { (key: table.operators[$0.sender].key, signature: $0.signature) }, for: digest)
        for (index, vote) in open.enumerated() {
            if bad.contains(index) { remove(vote.sender) } else { verified.insert(vote.sender) }
        }
        return bad.map { open[$0] }
    }

    /// The certificate of those whose signatures are good, if they are a quorum.
    func certificate(_ value: Hash256, in table: StakeTable) -> OperatorCertificate? {
        let good = votes(for: value).filter { verified.contains($0.sender) }
        let signed = Self.stake(good, in: table)
        guard let first = good.first, table.isQuorum(signed),
            let signature = BN254Signature.aggregate(good.map(\.signature)),
            let key = BN254PublicKey.aggregate(good.map { table.operators[$0.sender].key })
        else { return nil }
        let signers = Set(good.map(\.sender))
        return OperatorCertificate(
            attestation: first.attestation, table: table.time, signature: signature, key: key,
            absent: table.operators.indices.filter { !signers.contains($0) }, signed: signed, total: table.total)
    }
}
