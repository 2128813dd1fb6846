public import Primitives

extension Secp256k1 {
    /// Signs a hash with a deterministic nonce (RFC 6979 with HMAC-SHA256) and an `s` in the lower half.
    ///
    /// - Returns: nil where the private key is zero or not below the order.
    public static func sign(hash: Hash256, privateKey: UInt256) -> Signature? {
        guard !privateKey.isZero, privateKey < order else { return nil }
        let message = reducedByOrder(UInt256(hash))
        var nonces = DeterministicNonces(privateKey: privateKey, message: message)
        // A candidate is refused about once in 2¹²⁸ times.
        for _ in 0..<64 {
            let nonce = nonces.next()
            guard !nonce.isZero, nonce < order else { continue }
            let point = generatorMultiple(secret: nonce)
            let x = point.x.value
            let r = reducedByOrder(x)
            // An x coordinate above the order could not be told from r alone: Ethereum has no such recovery id.
            guard !r.isZero, r == x else { continue }
            let s = (Scalar(nonce).inverseOfSecret * (Scalar(message) + Scalar(r) * Scalar(privateKey))).value
            guard !s.isZero else { continue }
            let isOdd = point.y.isOdd
            let isHigh = s > halfOrder
            return Signature(r: r, s: isHigh ? order &- s : s, isOdd: isOdd != isHigh)
        }
        return nil
    }

    /// The sequence of candidate nonces of RFC 6979, section 3.2.
    private struct DeterministicNonces {
        private var key = [UInt8](repeating: 0, count: 32)
        private var value = [UInt8](repeating: 1, count: 32)
        private var isFirst = true

        init(privateKey: UInt256, message: UInt256) {
            for separator: UInt8 in [0, 1] {
                key = hmac(key, value + [separator] + privateKey.bytes + message.bytes)
                value = hmac(key, value)
            }
        }

        mutating func next() -> UInt256 {
            if !isFirst {
                key = hmac(key, value + [0])
                value = hmac(key, value)
            }
            isFirst = false
            value = hmac(key, value)
            return UInt256(bigEndianBytes: value) ?? .zero
        }

        /// HMAC-SHA256 (RFC 2104) with a key of 32 bytes.
        private func hmac(_ key: [UInt8], _ message: [UInt8]) -> [UInt8] {
            let padded = key + [UInt8](repeating: 0, count: 64 - key.count)
            let inner = SHA256.hash(padded.map { $0 ^ 0x36 } + message)
            return SHA256.hash(padded.map { $0 ^ 0x5C } + inner.bytes).bytes
        }
    }
}
