public import Cryptography
public import Primitives

/// An operator's signature under an attestation.
public struct OperatorVote: Sendable {
    public var attestation: Attestation
    /// The time of the stake table that it counts by.
    public var table: UInt32
    /// Who has sent it, by index in that table: the transport has made sure.
    public var sender: Int
    public var signature: BN254Signature

    public init(_ attestation: Attestation, table: UInt32, sender: Int, signature: BN254Signature) {
        self.attestation = attestation
        self.table = table
        self.sender = sender
        self.signature = signature
    }
}

/// Why a vote does not count.
public enum VoteRefusal: Error, Equatable, Sendable {
    /// For another rollup than the aggregator's.
    case otherRollup
    /// By a stake table that is not the present one.
    case otherTable(UInt32)
    /// The table has no such operator.
    case unknownOperator(Int)
    /// There is one of this operator for this place already.
    case repeated
    /// The signature is not the operator's.
    case badSignature
    /// So many signatures of this operator were bad that no more are looked at under this table.
    case shutOut
}

/// Two values that an operator has signed at one place: what it is slashed for.
public struct DoubleSigning: Sendable {
    public var first: OperatorVote
    public var second: OperatorVote
}

/// The signature of a quorum.
public struct OperatorCertificate: Sendable {
    public var attestation: Attestation
    /// The time of the stake table.
    public var table: UInt32
    /// The sum of the signatures.
    public var signature: BN254Signature
    /// The sum of the signers' keys.
    public var key: BN254PublicKey
    /// Who of the table has not signed, by index, ascending.
    public var absent: [Int]
    /// Of all stake, as the verifier weighs it.
    public var signed: UInt256
    public var total: UInt256
}
