internal import Foundation
internal import Primitives

extension Keystore {
    /// Bytes that a keystore's file may have; a usual one has 491.
    public static let mostBytes = 1 << 14

    /// Reads the text of a keystore, whose names may be in letters of either case.
    ///
    /// - Throws: which field is missing, malformed, not supported, or asks for more than 1 GiB or some ten seconds.
    public init(json: some Collection<UInt8>) throws(KeystoreError) {
        guard json.count <= Self.mostBytes else { throw .notJSON }
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .custom { LowerCaseName($0.last?.stringValue.lowercased() ?? "") }
        do {
            self.init(try decoder.decode(KeystoreFields.self, from: Data(json)))
        } catch let error as KeystoreError {
            throw error
        } catch DecodingError.keyNotFound(let name, let context) {
            throw .missing(field: Self.field(context.codingPath + [name]))
        } catch DecodingError.typeMismatch(let type, let context), DecodingError.valueNotFound(let type, let context) {
            guard !context.codingPath.isEmpty else { throw .notJSON }
            throw .malformed(field: Self.field(context.codingPath), expected: Self.kind(type))
        } catch {
            throw .notJSON
        }
    }

    /// The text as geth writes it: names in alphabetical order, without white space.
    public var json: [UInt8] {
        let parameters: String
        let function: String
        switch derivation {
        case .scrypt(let n, let r, let p, let salt):
            function = "scrypt"
            parameters = #"{"dklen":32,"n":\#(n),"p":\#(p),"r":\#(r),"salt":"\#(Self.digits(salt))"}"#
        case .pbkdf2(let rounds, let salt):
            function = "pbkdf2"
            parameters = #"{"c":\#(rounds),"dklen":32,"prf":"hmac-sha256","salt":"\#(Self.digits(salt))"}"#
        }
        let account = address.map { #""address":"\#(Self.digits($0.bytes))","# } ?? ""
        let name = id.map { #""id":"\#($0.uuidString.lowercased())","# } ?? ""
        let text = """
            {\(account)"crypto":{"cipher":"aes-128-ctr","ciphertext":"\(Self.digits(ciphertext))",\
            "cipherparams":{"iv":"\(Self.digits(initialCounter))"},"kdf":"\(function)","kdfparams":\(parameters),\
            "mac":"\(Self.digits(mac))"},\(name)"version":3}
            """
        return Array(text.utf8)
    }

    private static func digits(_ bytes: [UInt8]) -> String { String(decoding: Hex.ascii(bytes), as: UTF8.self) }

    private static func field(_ path: [any CodingKey]) -> String {
        path.map { $0.stringValue }.joined(separator: ".")
    }

    private static func kind(_ type: any Any.Type) -> String {
        switch type {
        case is String.Type: "a text"
        case is UInt64.Type: "a whole number"
        default: "an object"
        }
    }
}

/// A name in a file, whatever the case of its letters.
private struct LowerCaseName: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(_ name: String) { stringValue = name }
    init?(stringValue: String) { self.init(stringValue) }
    init?(intValue: Int) { nil }
}

/// What a keystore's file says, each field looked at.
struct KeystoreFields: Decodable {
    let address: Address?
    let id: UUID?
    let derivation: KeyDerivation
    let initialCounter: [UInt8]
    let ciphertext: [UInt8]
    let mac: [UInt8]

    private enum Name: String, CodingKey {
        case address, crypto, id, version
        case cipher, ciphertext, cipherparams, iv, kdf, kdfparams, mac
        case c, dklen, n, p, prf, r, salt
    }

    private typealias Fields = KeyedDecodingContainer<Name>

    init(from decoder: any Decoder) throws {
        let file = try decoder.container(keyedBy: Name.self)
        let version = try Self.number(file, .version)
        guard version == 3 else { throw KeystoreError.unsupported(field: "version", value: "\(version)", known: "3") }
        let crypto = try file.nestedContainer(keyedBy: Name.self, forKey: .crypto)
        try Self.expect("aes-128-ctr", crypto, .cipher)
        let cipher = try crypto.nestedContainer(keyedBy: Name.self, forKey: .cipherparams)
        initialCounter = try Self.bytes(cipher, .iv, count: 16)
        ciphertext = try Self.bytes(crypto, .ciphertext, count: 32)
        mac = try Self.bytes(crypto, .mac, count: 32)
        derivation = try Self.derivation(crypto)
        try derivation.check()
        // A file may keep its account to itself.
        let named = try file.decodeIfPresent(String.self, forKey: .address) ?? ""
        address = named.isEmpty ? nil : Address(try Self.bytes(file, .address, count: 20))
        id = try file.decodeIfPresent(String.self, forKey: .id).flatMap { UUID(uuidString: $0) }
    }

    private static func derivation(_ crypto: Fields) throws -> KeyDerivation {
        let name = try crypto.decode(String.self, forKey: .kdf)
        guard name == "scrypt" || name == "pbkdf2" else {
            throw KeystoreError.unsupported(field: "crypto.kdf", value: printable(name), known: "scrypt or pbkdf2")
        }
        let parameters = try crypto.nestedContainer(keyedBy: Name.self, forKey: .kdfparams)
        let salt = try bytes(parameters, .salt)
        let count = try number(parameters, .dklen)
        // What goes beyond is not used, and the derived key begins with the same bytes.
        guard (32...1024).contains(count) else {
            throw KeystoreError.malformed(field: "crypto.kdfparams.dklen", expected: "32 to 1024")
        }
        if name == "scrypt" {
            let (n, r, p) = (try number(parameters, .n), try number(parameters, .r), try number(parameters, .p))
            return .scrypt(n: n, r: r, p: p, salt: salt)
        }
        try expect("hmac-sha256", parameters, .prf)
        return .pbkdf2(rounds: try number(parameters, .c), salt: salt)
    }

    private static func expect(_ known: String, _ fields: Fields, _ name: Name) throws {
        let value = try fields.decode(String.self, forKey: name)
        guard value == known else {
            throw KeystoreError.unsupported(field: path(fields, name), value: printable(value), known: known)
        }
    }

    /// The decoder has an error of its own for a number out of range, which does not say where it is.
    private static func number(_ fields: Fields, _ name: Name) throws -> UInt64 {
        do {
            return try fields.decode(UInt64.self, forKey: name)
        } catch let error as DecodingError {
            throw error
        } catch {
            throw KeystoreError.malformed(field: path(fields, name), expected: "a whole number in range")
        }
    }

    /// Hexadecimal digits, with `0x` before them or without.
    private static func bytes(_ fields: Fields, _ name: Name, count: Int? = nil) throws -> [UInt8] {
        let text = try fields.decode(String.self, forKey: name)
        guard let bytes = try? Hex.decode(text), count == nil || bytes.count == count else {
            let expected = count.map { "\(2 * $0) hexadecimal digits" } ?? "hexadecimal digits, two a byte"
            throw KeystoreError.malformed(field: path(fields, name), expected: expected)
        }
        return bytes
    }

    private static func path(_ fields: Fields, _ name: Name) -> String {
        (fields.codingPath.map { $0.stringValue } + [name.rawValue]).joined(separator: ".")
    }

    /// A stranger's text for a terminal: short, and without control characters.
    private static func printable(_ text: String) -> String {
        let bytes = text.utf8.prefix(32).map { (0x20...0x7E).contains($0) ? $0 : UInt8(ascii: "?") }
        return "\"\(String(decoding: bytes, as: UTF8.self))\""
    }
}
