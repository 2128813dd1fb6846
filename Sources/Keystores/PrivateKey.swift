internal import COpenSSL
internal import Cryptography
public import Primitives

/// A private key of secp256k1, which is neither copied nor printed, and wiped after use.
public struct PrivateKey: ~Copyable {
    /// The number in 32 bytes, the highest first.
    let bytes: SecretBytes
    public let address: Address

    /// - Returns: nil where the bytes are not 32, or spell no number that is a key.
    public init?(_ bytes: consuming SecretBytes) {
        guard bytes.count == 32, let address = Secp256k1.address(of: Self.number(bytes)) else { return nil }
        self.bytes = bytes
        self.address = address
    }

    /// The key that 64 hexadecimal digits spell, with `0x` before them or without, white space around them.
    ///
    /// - Returns: nil where they spell none.
    public init?(hex text: borrowing SecretBytes) {
        var (start, end) = (0, text.count)
        func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
        while start < end, isSpace(text[start]) { start += 1 }
        while start < end, isSpace(text[end - 1]) { end -= 1 }
        if end - start == 66, text[start] == 0x30, text[start + 1] | 0x20 == 0x78 { start += 2 }
        guard end - start == 64 else { return nil }
        var bytes = SecretBytes(zeros: 32)
        for index in 0..<64 {
            let digit = text[start + index]
            let value: UInt8
            switch digit {
            case 0x30...0x39: value = digit - 0x30
            case 0x41...0x46, 0x61...0x66: value = (digit | 0x20) - 0x57
            default: return nil
            }
            bytes.withUnsafeMutableBytes { $0[index / 2] |= index % 2 == 0 ? value << 4 : value }
        }
        self.init(bytes)
    }

    /// A new key from the random numbers of libcrypto.
    public static func random() throws(KeystoreError) -> PrivateKey {
        // One number in 2¹²⁸ is none.
        for _ in 0..<4 {
            var bytes = SecretBytes(zeros: 32)
            try bytes.withUnsafeMutableBytes { bytes throws(KeystoreError) in try Random.fill(bytes) }
            if let key = PrivateKey(bytes) { return key }
        }
        throw .failed(operation: "the random number generator")
    }

    /// The key as a number: a copy, which whoever asks for it keeps to himself.
    public var number: UInt256 { Self.number(bytes) }

    private static func number(_ bytes: borrowing SecretBytes) -> UInt256 {
        bytes.withUnsafeBytes { UInt256(Hash256(copying: $0.baseAddress!)) }
    }
}

/// Random numbers for secrets.
enum Random {
    static func fill(_ buffer: UnsafeMutableRawBufferPointer) throws(KeystoreError) {
        guard RAND_bytes(buffer.baseAddress?.assumingMemoryBound(to: UInt8.self), Int32(buffer.count)) == 1 else {
            throw .failed(operation: "the random number generator")
        }
    }

    static func bytes(_ count: Int) throws(KeystoreError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        guard RAND_bytes(&bytes, Int32(count)) == 1 else { throw .failed(operation: "the random number generator") }
        return bytes
    }
}
