import Foundation
import Primitives
import Testing

@testable import Keystores

/// The same files with the other implementation that many have: eth-keyfile.
@Suite(
    .enabled(
        if: Python.hasKeyfile, "set MAYFLY_PYTHON to an interpreter that has eth_keyfile"))
struct PythonTests {
    private let key = UInt256(limbs: 0x1234, 0, 0, 0xFF00_0000_0000_0000)

    @Test func oursThere() throws {
        let password = "pässword \u{1F511}"
        for strength in [Keystore.Strength.light, .standard] {
            let keystore = try Keystore(privateKey(key), password: secret(password), strength: strength)
            let script = """
                import sys, json, eth_keyfile
                password, text = sys.stdin.buffer.read().split(b"\\n", 1)
                print(eth_keyfile.decode_keyfile_json(json.loads(text), password).hex())
                """
            let output = Python.run(script, Array((password + "\n").utf8) + keystore.json)
            #expect(output == String(decoding: Hex.ascii(Hash256(key).bytes), as: UTF8.self) + "\n")
        }
    }

    @Test(arguments: ["'scrypt', iterations=4096", "'scrypt'", "'pbkdf2', iterations=1000, salt_size=33"])
    func theirsHere(_ arguments: String) throws {
        let script = """
            import sys, json, eth_keyfile
            print(json.dumps(eth_keyfile.create_keyfile_json(
                bytes.fromhex("\(String(decoding: Hex.ascii(Hash256(key).bytes), as: UTF8.self))"), "pässword".encode(),
                3, \(arguments)), indent=4))
            """
        let text = try #require(Python.run(script, []))
        #expect(try opened(text, "pässword") == key)
    }
}

/// The interpreter that the tests are given.
private enum Python {
    private static let interpreter = ProcessInfo.processInfo.environment["MAYFLY_PYTHON"]

    static let hasKeyfile = interpreter != nil && run("import eth_keyfile", []) != nil

    /// What a script prints; nil where it fails.
    static func run(_ script: String, _ input: [UInt8]) -> String? {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [interpreter ?? "python3", "-c", script]
        let (inPipe, outPipe) = (Pipe(), Pipe())
        process.standardInput = inPipe
        process.standardOutput = outPipe
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return nil }
        // Less than a pipe holds.
        try? inPipe.fileHandleForWriting.write(contentsOf: Data(input))
        try? inPipe.fileHandleForWriting.close()
        let output = outPipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return process.terminationStatus == 0 ? String(decoding: output, as: UTF8.self) : nil
    }
}
