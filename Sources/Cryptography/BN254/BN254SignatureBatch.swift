import Primitives

/// Signatures that are verified together, those of one digest next to each other.
struct BN254SignatureBatch {
    private struct Member {
        /// Where it stands among what was given.
        var index: Int
        var signature: AffinePoint<BN254G1Curve>
        var key: AffinePoint<BN254G2Curve>
        /// Which of the digests' points it is a signature of.
        var message: Int
        var factor: BN254SplitFactor
    }

    private var members: [Member] = []
    private var messages: [BN254.G1] = []

    init(_ claims: [BN254Signature.Claim]) {
        let seed = Self.seed(claims)
        var last: Hash256?
        members.reserveCapacity(claims.count)
        for index in claims.indices.sorted(by: { claims[$0].digest < claims[$1].digest }) {
            let (key, digest, signature) = claims[index]
            if digest != last {
                messages.append(BN254.hashToG1(digest))
                last = digest
            }
            members.append(
                Member(
                    index: index, signature: signature.point.affine, key: key.g2.affine, message: messages.count - 1,
                    factor: Self.factor(seed, index)))
        }
    }

    /// A hash of everything that the equations consist of.
    private static func seed(_ claims: [BN254Signature.Claim]) -> Hash256 {
        var transcript: [UInt8] = []
        transcript.reserveCapacity(claims.count * 224)
        for (key, digest, signature) in claims {
            transcript.append(contentsOf: key.g2.bytes)
            transcript.append(contentsOf: digest.bytes)
            transcript.append(contentsOf: signature.bytes)
        }
        return SHA256.hash(transcript)
    }

    /// 128 bits, not all zero.
    private static func factor(_ seed: Hash256, _ index: Int) -> BN254SplitFactor {
        let hash = UInt256(SHA256.hash(seed.bytes + UInt256(UInt64(index)).bytes))
        return BN254SplitFactor(low: hash.limb0 | hash.limb1 == 0 ? 1 : hash.limb0, high: hash.limb1)
    }

    /// Whether all members of a range are valid.
    func isValid(_ range: Range<Int>) -> Bool {
        if range.isEmpty { return true }
        let signatures = BN254G1Curve.sum(of: members[range].map { ($0.signature, $0.factor) })
        var pairs = [(g1: -BN254.G1(affine: signatures.affine), g2: BN254.G2.generator)]
        var lower = range.lowerBound
        while lower < range.upperBound {
            let message = members[lower].message
            var upper = lower + 1
            while upper < range.upperBound, members[upper].message == message { upper += 1 }
            pairs.append(pair(members[lower..<upper], messages[message]))
            lower = upper
        }
        return BN254.isPairingProductOne(pairs)
    }

    /// The right side's pair for members with the same message. The factor of a single one goes to G1, where products are
    /// cheaper.
    private func pair(_ members: ArraySlice<Member>, _ message: BN254.G1) -> (g1: BN254.G1, g2: BN254.G2) {
        if members.count == 1, let member = members.first {
            let scaled = BN254G1Curve.sum(of: [(message.affine, member.factor)])
            return (BN254.G1(affine: scaled.affine), BN254.G2(affine: member.key))
        }
        let keys = BN254G2Curve.sum(of: members.map { ($0.key, $0.factor) })
        return (message, BN254.G2(affine: keys.affine))
    }

    /// What is not valid, as indices of what was given, in ascending order.
    var invalid: [Int] {
        var result: [Int] = []
        if !members.isEmpty { findInvalid(in: 0..<members.count, isKnown: false, &result) }
        return result.sorted()
    }

    /// - Parameter isKnown: whether it is known already that something in the range is not valid.
    private func findInvalid(in range: Range<Int>, isKnown: Bool, _ result: inout [Int]) {
        if !isKnown, isValid(range) { return }
        if range.count == 1 {
            result.append(members[range.lowerBound].index)
            return
        }
        let middle = range.lowerBound + range.count / 2
        let before = result.count
        findInvalid(in: range.lowerBound..<middle, isKnown: false, &result)
        findInvalid(in: middle..<range.upperBound, isKnown: result.count == before, &result)
    }
}
