/// Words that keys are derived from (BIP-39).
///
/// Words outside of the list and a wrong checksum are taken as they are, as the standard allows: the words are only hashed.
public enum Mnemonic {
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
