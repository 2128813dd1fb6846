import Foundation
import Primitives
import Testing

@testable import Keystores

struct KeystoreDirectoryTests {
    private let folder: Folder
    private let directory: KeystoreDirectory

    init() throws {
        folder = try Folder()
        directory = KeystoreDirectory(folder.path + "/.mayfly/keystore")
    }

    private func add(_ key: UInt64) throws -> KeystoreDirectory.Entry {
        try directory.add(privateKey(UInt256(limbs: key, 0, 0, 0)), password: secret("x"), strength: .light)
    }

    @Test func addition() throws {
        #expect(try directory.list() == KeystoreDirectory.Listing())
        let entries = [try add(1), try add(2), try add(3)]
        #expect(try directory.list() == KeystoreDirectory.Listing(entries: entries))
        #expect(mode(directory.path) == 0o700)
        #expect(mode(folder.path + "/.mayfly") == 0o700)
        for entry in entries {
            #expect(mode(entry.path) == 0o600)
            #expect(try directory.find(entry.address) == entry)
            let pattern = #"/UTC--\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{9}Z--[0-9a-f]{40}$"#
            #expect(entry.path.range(of: pattern, options: .regularExpression) != nil)
        }
        let number = try KeystoreDirectory.open(entries[1].path, password: secret("x")).number
        #expect(number == UInt256(limbs: 2, 0, 0, 0))
        // Nothing is left of the writing.
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path).count == 3)
    }

    @Test func name() {
        let name = KeystoreDirectory.name(of: Address(), at: timespec(tv_sec: 1_454_504_400, tv_nsec: 1_002_003))
        #expect(name == "UTC--2016-02-03T13-00-00.001002003Z--" + String(repeating: "0", count: 40))
    }

    @Test func presence() throws {
        let entry = try add(1)
        #expect(throws: KeyFileError.present(account: entry.address, path: entry.path)) { try add(1) }
        #expect(throws: KeyFileError.absent(account: Address(), directory: directory.path)) {
            try directory.find(Address())
        }
        let copy = directory.path + "/copy.json"
        try FileManager.default.copyItem(atPath: entry.path, toPath: copy)
        #expect(throws: KeyFileError.ambiguous(account: entry.address, paths: [entry.path, copy])) {
            try directory.find(entry.address)
        }
    }

    @Test func otherFiles() throws {
        let entry = try add(1)
        let base = "keystore/"
        _ = try folder.write("x", to: ".mayfly/" + base + ".hidden")
        _ = try folder.write("x", to: ".mayfly/" + base + "copy~")
        mkdir(directory.path + "/directory", 0o700)
        let text = try folder.write("hello", to: ".mayfly/" + base + "a-text")
        let open = try folder.write("{}", to: ".mayfly/" + base + "open", mode: 0o640)
        let listing = try directory.list()
        #expect(listing.entries == [entry])
        #expect(listing.problems == [.keystore(path: text, reason: .notJSON), .exposed(path: open)])
    }

    @Test(arguments: [0o604, 0o640, 0o620, 0o601, 0o666] as [mode_t])
    func exposure(_ mode: mode_t) throws {
        let entry = try add(1)
        chmod(entry.path, mode)
        let exposed = KeyFileError.exposed(path: entry.path)
        #expect(throws: exposed) { _ = try KeystoreDirectory.open(entry.path, password: secret("x")).number }
        #expect(exposed.message.contains("chmod 600"))
        #expect(refusal { () throws(KeyFileError) in _ = try PrivateFile.read(entry.path, limit: 1000) } == exposed)
    }

    @Test func exposedDirectory() throws {
        _ = try add(1)
        chmod(directory.path, 0o750)
        #expect(throws: KeyFileError.exposedDirectory(path: directory.path)) { try add(2) }
    }

    @Test func reading() throws {
        let missing = folder.path + "/missing"
        func why(_ path: String, limit: Int = 8) -> KeyFileError? {
            refusal { () throws(KeyFileError) in _ = try PrivateFile.read(path, limit: limit) }
        }
        #expect(why(missing) == .unreadable(path: missing, reason: "No such file or directory"))
        #expect(why(folder.path) == .unreadable(path: folder.path, reason: "it is no file"))
        let pipe = folder.path + "/pipe"
        mkfifo(pipe, 0o600)
        #expect(why(pipe) == .unreadable(path: pipe, reason: "it is no file"))
        let file = try folder.write("12345678", to: "file")
        #expect(why(file) == nil)
        #expect(why(file, limit: 7) == .tooLarge(path: file, limit: 7))
    }

    /// A file that is there stays as it is, and a failure leaves nothing behind.
    @Test func writing() throws {
        let file = try folder.write("old", to: "file")
        #expect(throws: KeyFileError.unwritable(path: file, reason: "File exists")) {
            try PrivateFile.write([1], to: file, replacing: false)
        }
        #expect(try String(contentsOfFile: file, encoding: .utf8) == "old")
        try PrivateFile.write(Array("new".utf8), to: file, replacing: true)
        #expect(try String(contentsOfFile: file, encoding: .utf8) == "new")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["file"])
    }

    @Test func roles() throws {
        let roles = KeyRoles(in: directory)
        #expect(try roles.read() == [:])
        let (first, second) = (try add(1).address, try add(2).address)
        try roles.assign(.batcher, to: first)
        try roles.assign(.operator, to: second)
        #expect(try roles.account(of: .batcher) == first)
        #expect(mode(directory.path + "/roles.json") == 0o600)
        #expect(throws: KeyFileError.roleTaken(role: "batcher", account: first)) {
            try roles.assign(.batcher, to: second)
        }
        #expect(throws: KeyFileError.accountTaken(account: second, role: "operator")) {
            try roles.assign(.proposer, to: second)
        }
        #expect(throws: KeyFileError.roleFree(role: "owner", directory: directory.path)) {
            try roles.move(.owner, to: try add(3).address)
        }
        let fourth = try add(4).address
        #expect(try roles.move(.batcher, to: fourth) == first)
        #expect(try roles.read() == [.batcher: fourth, .operator: second])
        // The labels are no keystore.
        #expect(try directory.list().problems.isEmpty)
    }

    @Test(arguments: ["", "[]", "{\"batcher\": 1}", "{\"cook\": \"0x0000000000000000000000000000000000000001\"}"])
    func damagedRoles(_ text: String) throws {
        try directory.create()
        let file = try folder.write(text, to: ".mayfly/keystore/roles.json")
        #expect(throws: KeyFileError.notRoles(path: file)) { try KeyRoles(in: directory).read() }
    }

    /// Many who change the labels at once lose none.
    @Test func rolesAtOnce() throws {
        try directory.create()
        let directory = directory
        DispatchQueue.concurrentPerform(iterations: KeyRole.allCases.count) { index in
            let account = Address(truncating: UInt256(limbs: UInt64(index + 1), 0, 0, 0))
            try? KeyRoles(in: directory).assign(KeyRole.allCases[index], to: account)
        }
        #expect(try KeyRoles(in: directory).read().count == KeyRole.allCases.count)
    }
}
