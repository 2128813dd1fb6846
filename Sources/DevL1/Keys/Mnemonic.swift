import Cryptography
import Primitives

/// Words that keys are derived from (BIP-39).
///
/// Words outside of the list and a wrong checksum are taken as they are, as the standard allows: the words are only hashed.
public enum Mnemonic {
    /// What a wallet that checks would find wrong with the words, in a few words for a person; nil for nothing.
    public static func flaw(of phrase: String) -> String? {
        let words = phrase.split(separator: " ", omittingEmptySubsequences: false)
        if words.contains("") { return "there is more than one space between two words, or one at an end" }
        guard [12, 15, 18, 21, 24].contains(words.count) else {
            return "there are \(words.count) words, not 12, 15, 18, 21 or 24"
        }
        var bits: [Bool] = []
        for word in words {
            guard let number = Self.words.firstIndex(of: word) else {
                return "\"\(word)\" is none of the words of BIP-39"
            }
            bits += (0..<11).map { number >> (10 - $0) & 1 == 1 }
        }
        let entropy = stride(from: 0, to: bits.count * 32 / 33, by: 8).map { start in
            bits[start..<start + 8].reduce(UInt8(0)) { $0 << 1 | ($1 ? 1 : 0) }
        }
        let digest = SHA256.hash(entropy).bytes[0]
        let checksum = (0..<bits.count / 33).map { digest >> (7 - UInt8($0)) & 1 == 1 }
        return bits.suffix(checksum.count).elementsEqual(checksum)
            ? nil : "the checksum does not fit: a word is another, or in another place"
    }

    /// The seed of the words: PBKDF2 with HMAC-SHA-512, 2048 rounds, one block (RFC 8018, section 5.2).
    ///
    /// - Parameter words: in ASCII or in normalisation form KD, one space between them.
    public static func seed(_ words: String, passphrase: String = "") -> [UInt8] {
        let code = HMACSHA512(key: Array(words.utf8))
        var round = code.authenticate(Array("mnemonic\(passphrase)".utf8) + [0, 0, 0, 1])
        var seed = round
        for _ in 1..<2_048 {
            round = code.authenticate(round)
            for index in seed.indices { seed[index] ^= round[index] }
        }
        return seed
    }
}
