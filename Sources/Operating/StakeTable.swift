public import Cryptography
public import Primitives

/// Who may sign for a rollup at a time, and with how much stake: what the certificate verifier has of its operator set.
public struct StakeTable: Sendable {
    public struct Operator: Sendable {
        public var address: Address
        public var key: BN254PublicKey
        /// As the verifier weighs it.
        public var stake: UInt256

        public init(address: Address, key: BN254PublicKey, stake: UInt256) {
            self.address = address
            self.key = key
            self.stake = stake
        }
    }

    /// Operators of a set at most: as many as a proposal has bits for.
    public static let mostOperators = 256

    /// When it was made, in seconds: certificates name it.
    public let time: UInt32
    /// In the verifier's order: each is known by its index.
    public let operators: [Operator]
    /// Of all stake, in hundredths of a percent.
    public let quorum: UInt16
    public let total: UInt256

    /// - Returns: nil for no operators, more than a set has, a quorum above the whole, or stake beyond 2^224 in all, which the
    ///   verifier would not count either.
    public init?(time: UInt32, operators: [Operator], quorum: UInt16) {
        guard (1...Self.mostOperators).contains(operators.count), (1...10_000).contains(quorum) else { return nil }
        let limit = UInt256(1) << 224
        var total = UInt256.zero
        for each in operators {
            guard each.stake < limit else { return nil }
            total = total &+ each.stake
        }
        guard total < limit, !total.isZero else { return nil }
        self.time = time
        self.operators = operators
        self.quorum = quorum
        self.total = total
    }

    /// Whether so much stake is a quorum, by the verifier's own rule: signed >= total * quorum / 10,000, rounded down.
    public func isQuorum(_ stake: UInt256) -> Bool {
        stake >= (total &* UInt256(UInt64(quorum))).quotientAndRemainder(dividingBy: UInt256(10_000)).quotient
    }
}
