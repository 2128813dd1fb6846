import Cryptography
import Primitives

/// A private key from which others are derived (BIP-32).
struct ExtendedKey: Equatable {
    let key: UInt256
    let chainCode: [UInt8]

    /// Indices from here on derive without the public key.
    static let hardened: UInt32 = 1 << 31

    private init(key: UInt256, chainCode: [UInt8]) {
        self.key = key
        self.chainCode = chainCode
    }

    /// The master key of a seed; nil for a seed that has none, which nobody will ever meet.
    init?(seed: [UInt8]) {
        let digest = HMACSHA512.authenticate(seed, key: Array("Bitcoin seed".utf8))
        guard let key = UInt256(bigEndianBytes: digest[..<32]), !key.isZero, key < Secp256k1.order else { return nil }
        self.init(key: key, chainCode: Array(digest[32...]))
    }

    /// The child with this index; nil for the rare index that has none.
    func child(_ index: UInt32) -> ExtendedKey? { children([index])[0] }

    /// Children that share the work of the public key.
    func children(_ indices: [UInt32]) -> [ExtendedKey?] {
        var publicKey: [UInt8]?
        return indices.map { index in
            var message: [UInt8]
            if index >= Self.hardened {
                message = [0] + key.bytes
            } else {
                publicKey = publicKey ?? compressedPublicKey
                guard let publicKey else { return nil }
                message = publicKey
            }
            for shift in stride(from: 24, through: 0, by: -8) {
                message.append(UInt8(truncatingIfNeeded: index >> UInt32(shift)))
            }
            return child(digest: HMACSHA512.authenticate(message, key: chainCode))
        }
    }

    private func child(digest: [UInt8]) -> ExtendedKey? {
        guard let tweak = UInt256(bigEndianBytes: digest[..<32]), tweak < Secp256k1.order else { return nil }
        let sum = tweak.adding(key, modulo: Secp256k1.order)
        return sum.isZero ? nil : ExtendedKey(key: sum, chainCode: Array(digest[32...]))
    }

    private var compressedPublicKey: [UInt8]? {
        Secp256k1.publicKey(of: key).map { [$0.y.limb0 & 1 == 0 ? 2 : 3] + $0.x.bytes }
    }
}
