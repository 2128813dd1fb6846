import Foundation
import Primitives
import Settlement
import Testing

@Suite struct SigningKeyTests {
    private let digits = "ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80"

    private func withFile(_ text: String, mode: Int, _ body: (String) throws -> Void) throws {
        let path = NSTemporaryDirectory() + "/mayfly-key-" + UUID().uuidString
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
        defer { try? FileManager.default.removeItem(atPath: path) }
        try body(path)
    }

    @Test(arguments: ["", "0x"], ["", "\n"]) func readsAKey(_ prefix: String, _ end: String) throws {
        try withFile(prefix + digits + end, mode: 0o600) { path in
            let key = try SigningKey(file: path)
            #expect("\(key.address)" == "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266")
            #expect(!"\(key)".contains(digits) && !String(reflecting: key).contains("ac0974"))
        }
    }

    @Test func refusesAFileThatOthersMayRead() throws {
        for mode in [0o640, 0o604, 0o644] {
            try withFile(digits, mode: mode) { path in
                #expect(throws: SigningKeyError.exposed(path: path)) { try SigningKey(file: path) }
            }
        }
    }

    @Test(arguments: ["", "12", String(repeating: "0", count: 64), String(repeating: "f", count: 64), "0x0x"])
    func refusesWhatIsNoKeyWithoutSayingIt(_ text: String) throws {
        try withFile(text, mode: 0o600) { path in
            #expect(throws: SigningKeyError.malformed(source: path)) { try SigningKey(file: path) }
        }
        #expect(throws: SigningKeyError.self) { try SigningKey(file: "/nowhere/key") }
    }
}
