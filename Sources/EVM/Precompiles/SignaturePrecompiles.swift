import Cryptography
import Primitives

/// The precompiles that work on ECDSA signatures: ECRECOVER and P256VERIFY.
enum SignaturePrecompiles {
    /// The signer's address in the lower 20 bytes of a word; nothing where there is none. It never fails.
    ///
    /// The input is hash, v, r and s, one word each, continued with zeros (yellow paper, appendix E).
    static func recover(_ input: UnsafeRawBufferPointer) -> [UInt8] {
        let v = word(1, of: input)
        guard v == 27 || v == 28 else { return [] }
        let address = Secp256k1.recoverAddress(
            hash: Hash256(word(0, of: input)), r: word(2, of: input), s: word(3, of: input), isOdd: v == 28)
        guard let address else { return [] }
        return UInt256(address).bytes
    }

    /// One as a word where the signature is valid; nothing where it isn't, or the input is not 160 bytes (EIP-7951).
    ///
    /// The input is hash, r, s, x and y, one word each.
    static func verifyP256(_ input: UnsafeRawBufferPointer) -> [UInt8] {
        guard input.count == 160 else { return [] }
        let isValid = P256.verify(
            hash: Hash256(word(0, of: input)), r: word(1, of: input), s: word(2, of: input), x: word(3, of: input),
            y: word(4, of: input))
        return isValid ? UInt256.one.bytes : []
    }

    /// The 32 bytes at `index` words from the start, continued with zeros.
    private static func word(_ index: Int, of input: UnsafeRawBufferPointer) -> UInt256 {
        var bytes = [UInt8](repeating: 0, count: 32)
        let start = min(index * 32, input.count)
        let count = min(32, input.count - start)
        for offset in 0..<count { bytes[offset] = input[start + offset] }
        return bytes.withUnsafeBufferPointer { UInt256(bigEndian: $0.baseAddress!) }
    }
}
