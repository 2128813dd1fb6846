import Foundation
import Primitives
import Testing

@testable import Keystores

struct KeystoreTests {
    private let one = UInt256(limbs: 1, 0, 0, 0)

    @Test func roundTrip() throws {
        // Bytes that are no text are a password too.
        let password = SecretBytes(copying: [0xFF, 0x00, 0x0A, 0xC3])
        for _ in 0..<4 {
            let key = try PrivateKey.random()
            let (number, address) = (key.number, key.address)
            let keystore = try Keystore(key, password: password, strength: .light)
            #expect(keystore.address == address)
            #expect(keystore.derivation.isLight)
            let read = try Keystore(json: keystore.json)
            #expect(read == keystore)
            let decrypted = try read.decrypt(password).number
            #expect(decrypted == number)
        }
    }

    @Test func standardStrength() throws {
        let keystore = try Keystore(privateKey(one), password: secret("x"))
        guard case .scrypt(1 << 18, 8, 1, let salt) = keystore.derivation else {
            Issue.record("not what geth takes")
            return
        }
        #expect(salt.count == 32)
        #expect(try opened(keystore, "x") == one)
    }

    /// The order of names and the absence of white space are geth's.
    @Test func text() throws {
        let keystore = try lightKeystore(one, "x")
        let text = String(decoding: keystore.json, as: UTF8.self)
        let pattern =
            #"^\{"address":"7e5f4552091a69125d5dfcb7b8c2659029395bdf","crypto":\{"cipher":"aes-128-ctr","#
            + #""ciphertext":"[0-9a-f]{64}","cipherparams":\{"iv":"[0-9a-f]{32}"\},"kdf":"scrypt","#
            + #""kdfparams":\{"dklen":32,"n":4096,"p":6,"r":8,"salt":"[0-9a-f]{64}"\},"mac":"[0-9a-f]{64}"\},"#
            + #""id":"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}","version":3\}$"#
        #expect(text.range(of: pattern, options: .regularExpression) != nil, "\(text)")
        let other = try lightKeystore(one, "x")
        #expect(other.ciphertext != keystore.ciphertext)
        #expect(other.initialCounter != keystore.initialCounter)
    }

    @Test func emptyPassword() throws {
        let key = try privateKey(one)
        do {
            _ = try Keystore(key, password: secret(""), strength: .light)
            Issue.record("made")
        } catch {
            #expect(error == .emptyPassword)
        }
    }

    @Test(arguments: ["", "Secret", "secret ", "secret\n", "s\u{301}ecret"])
    func wrongPassword(_ password: String) throws {
        let keystore = try lightKeystore(one, "secret")
        #expect(refusal { () throws(KeystoreError) in _ = try opened(keystore, password) } == .wrongPassword)
    }

    /// Nobody opens what has been changed: the MAC is over the ciphertext and depends on password, salt and parameters.
    @Test(arguments: ["ciphertext", "mac", "salt"])
    func tampering(_ field: String) throws {
        let text = String(decoding: try lightKeystore(one, "secret").json, as: UTF8.self)
        let name = try #require(text.range(of: "\"\(field)\":\""))
        for offset in [0, 31, 63] {
            var changed = text
            let index = changed.index(name.upperBound, offsetBy: offset)
            changed.replaceSubrange(index...index, with: changed[index] == "0" ? "1" : "0")
            #expect(refusal { () throws(KeystoreError) in _ = try opened(changed, "secret") } == .wrongPassword)
        }
    }

    /// The MAC is not over the counter: the address tells.
    @Test func counter() throws {
        let text = String(decoding: try lightKeystore(one, "secret").json, as: UTF8.self)
        let name = try #require(text.range(of: "\"iv\":\""))
        let next = text[name.upperBound] == "0" ? "1" : "0"
        let changed = text.replacingCharacters(in: name.upperBound...name.upperBound, with: next)
        switch refusal({ () throws(KeystoreError) in _ = try opened(changed, "secret") }) {
        case .otherAddress, .noKey: break
        default: Issue.record("opened")
        }
    }

    @Test func otherAddress() throws {
        let text = String(decoding: try lightKeystore(one, "secret").json, as: UTF8.self)
        let zeros = String(repeating: "0", count: 40)
        let changed = text.replacingOccurrences(of: "7e5f4552091a69125d5dfcb7b8c2659029395bdf", with: zeros)
        let actual = try Address(hex: "7e5f4552091a69125d5dfcb7b8c2659029395bdf")
        #expect(
            refusal { () throws(KeystoreError) in _ = try opened(changed, "secret") }
                == .otherAddress(named: Address(), actual: actual))
        // A file need not name its account, nor itself.
        let nameless = text.replacingOccurrences(
            of: "\"address\":\"7e5f4552091a69125d5dfcb7b8c2659029395bdf\",", with: "")
        #expect(try opened(nameless, "secret") == one)
        #expect(try opened(changed.replacingOccurrences(of: zeros, with: ""), "secret") == one)
    }

    /// What a file says, and what is said of it.
    @Test(arguments: [
        ("\"version\":3", "\"version\":4", KeystoreError.unsupported(field: "version", value: "4", known: "3")),
        ("\"version\":3", "\"version\":\"3\"", .malformed(field: "version", expected: "a whole number")),
        (",\"version\":3", "", .missing(field: "version")),
        ("\"mac\"", "\"mack\"", .missing(field: "crypto.mac")),
        ("\"salt\"", "\"sugar\"", .missing(field: "crypto.kdfparams.salt")),
        ("\"dklen\":32", "\"dklen\":31", .malformed(field: "crypto.kdfparams.dklen", expected: "32 to 1024")),
        ("\"n\":4096", "\"n\":\"4096\"", .malformed(field: "crypto.kdfparams.n", expected: "a whole number")),
        ("\"n\":4096", "\"n\":4095", .malformed(field: "crypto.kdfparams.n", expected: "a power of two above 1")),
        ("\"n\":4096", "\"n\":1048577e9", .malformed(field: "crypto.kdfparams.n", expected: "a power of two above 1")),
        ("\"n\":4096", "\"n\":-2", .malformed(field: "crypto.kdfparams.n", expected: "a whole number in range")),
        ("\"n\":4096", "\"n\":1e30", .malformed(field: "crypto.kdfparams.n", expected: "a whole number in range")),
        ("\"n\":4096", "\"n\":4096.5", .malformed(field: "crypto.kdfparams.n", expected: "a whole number in range")),
        ("\"n\":4096", "\"n\":2097152", .excessive(field: "crypto.kdfparams.n", limit: "8388608 / r at most")),
        (
            "aes-128-ctr", "aes-128-\\u001b[31mcbc",
            .unsupported(field: "crypto.cipher", value: "\"aes-128-?[31mcbc\"", known: "aes-128-ctr")
        ),
        (
            "scrypt", "argon2id",
            .unsupported(field: "crypto.kdf", value: "\"argon2id\"", known: "scrypt or pbkdf2")
        ),
        ("\"iv\":\"", "\"iv\":\"00", .malformed(field: "crypto.cipherparams.iv", expected: "32 hexadecimal digits")),
        ("\"mac\":\"", "\"mac\":\"xy", .malformed(field: "crypto.mac", expected: "64 hexadecimal digits")),
        ("{\"address\":", "{\"address\":7,\"x\":", .malformed(field: "address", expected: "a text")),
        ("\"crypto\":", "\"crypto\":[],\"x\":", .malformed(field: "crypto", expected: "an object")),
        ("{", "", .notJSON), ("{\"address\"", "[{\"address\"", .notJSON),
    ])
    func damage(_ part: String, _ replacement: String, _ expected: KeystoreError) throws {
        var text = String(decoding: try lightKeystore(one, "secret").json, as: UTF8.self)
        let range = try #require(text.range(of: part))
        text.replaceSubrange(range, with: replacement)
        #expect(refusal { () throws(KeystoreError) in _ = try opened(text, "secret") } == expected)
    }

    @Test func noObject() {
        let long = [String(repeating: "[", count: 5000), String(repeating: " ", count: 1 << 15)]
        for text in ["", "3", "null", "[]", "\"x\""] + long {
            #expect(refusal { () throws(KeystoreError) in _ = try Keystore(json: text.utf8) } == .notJSON)
        }
    }

    @Test func hexadecimalKeys() throws {
        let digits = VectorTests.definitionKey
        let expected = try UInt256(Hash256(hex: digits))
        for text in [digits, "0x" + digits, "  0X\(digits.uppercased())\r\n"] {
            let key = PrivateKey(hex: secret(text))?.number
            #expect(key == expected)
        }
        let order = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141"
        let wrong = [String(digits.dropLast()), digits + "0", "g" + digits.dropFirst(), "0x0x" + digits]
        for text in ["", "0x", order] + wrong {
            let isKey = PrivateKey(hex: secret(text)) != nil
            #expect(!isKey, "\(text)")
        }
        let zeros = PrivateKey(hex: secret(String(repeating: "0", count: 64))) == nil
        #expect(zeros)
    }

    @Test func passwordLines() {
        for (text, line) in [("a b \n", "a b "), ("x\r\ny\n", "x"), ("x", "x"), ("\n", ""), ("", ""), ("é\n", "é")] {
            let isSame = secret(text).firstLine().isSame(as: secret(line))
            #expect(isSame, "\(text)")
        }
        let differs = !secret("a").isSame(as: secret("b")) && !secret("a").isSame(as: secret("aa"))
        #expect(differs)
    }
}

extension KeyDerivation {
    fileprivate var isLight: Bool {
        if case .scrypt(4096, 8, 6, let salt) = self { salt.count == 32 } else { false }
    }
}
