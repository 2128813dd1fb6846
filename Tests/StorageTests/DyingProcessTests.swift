import Foundation
import Glibc
import Primitives
import StateTransition
import Storage
import Testing

/// What another process does to a database: this test bundle, started anew with the directory in its environment.
@Suite struct DyingProcessTests {
    private static let role = "MAYFLY_STORAGE_CHILD"
    private static let folder = "MAYFLY_STORAGE_FOLDER"

    private static var isParent: Bool { ProcessInfo.processInfo.environment[role] == nil }

    /// Killed at random moments in the middle of commits, again and again: the database opens, its head is the last block
    /// that was acknowledged or the one after it, and everything verifies. MAYFLY_KILLS says how often, 12 if not.
    @Test(.enabled(if: isParent)) func survivesKills() throws {
        let directory = TemporaryDirectory()
        var random = Random(state: UInt64(getpid()))
        let kills = ProcessInfo.processInfo.environment["MAYFLY_KILLS"].flatMap { Int($0) } ?? 12
        var last: UInt64 = 0
        for _ in 0..<kills {
            let child = try start("commit", directory.path)
            let acknowledgements = directory.path + "/acknowledged"
            while acknowledged(acknowledgements) <= last && child.isRunning { usleep(1_000) }
            usleep(UInt32(random.below(30_000)))
            kill(child.processIdentifier, SIGKILL)
            child.waitUntilExit()
            #expect(child.terminationReason == .uncaughtSignal)
            let database = try ChainDatabase(existing: directory.database, isReadOnly: false)
            let promised = acknowledged(acknowledgements)
            #expect(promised > last)
            #expect(database.head.number == promised || database.head.number == promised + 1)
            #expect(try database.verify().head == database.head)
            last = database.head.number
        }
    }

    /// Where no more can be written the commit fails, the database stays whole, and goes on once there is room.
    @Test(.enabled(if: isParent)) func survivesFullDisks() throws {
        let directory = TemporaryDirectory()
        let child = try start("fill", directory.path)
        child.waitUntilExit()
        #expect(child.terminationStatus == 0)
        let database = try ChainDatabase(existing: directory.database, isReadOnly: false)
        #expect(database.head.number > 2)
        _ = try database.verify()
    }

    /// A directory that may not be written to can be looked at, and is not changed.
    @Test(.enabled(if: isParent)) func readOnlyDirectory() throws {
        let directory = TemporaryDirectory()
        var model = ChainModel(seed: 8)
        do {
            let database = try ChainDatabase(directory: directory.database, genesis: model.genesis)
            for _ in 0..<5 { try database.commit(try model.extend()) }
        }
        let before = contents(directory.file)
        for name in ["chain.lock", "chain.mdb-lock"] { unlink(directory.database + "/" + name) }
        chmod(directory.file, 0o444)
        chmod(directory.database, 0o555)
        chmod(directory.path, 0o755)
        defer { chmod(directory.database, 0o755) }
        let child = try start("look", directory.path)
        child.waitUntilExit()
        #expect(child.terminationStatus == 0)
        #expect(contents(directory.file) == before)
    }

    private func start(_ role: String, _ folder: String) throws -> Process {
        let child = Process()
        child.executableURL = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        child.arguments = ["--testing-library", "swift-testing", "--filter", "DyingProcessTests.childProcess"]
        child.environment = ProcessInfo.processInfo.environment.merging([Self.role: role, Self.folder: folder]) { $1 }
        child.standardOutput = FileHandle.nullDevice
        child.standardError = FileHandle.nullDevice
        try child.run()
        return child
    }

    // MARK: In the child

    @Test(.enabled(if: !isParent)) func childProcess() throws {
        let environment = ProcessInfo.processInfo.environment
        let folder = try #require(environment[Self.folder])
        let model = ChainModel(seed: 8)
        if environment[Self.role] == "look" { return try look(folder, model.genesis) }
        let options = ChainDatabase.Options(history: 4)
        let database = try ChainDatabase(directory: folder + "/data", genesis: model.genesis, options: options)
        if environment[Self.role] == "commit" {
            let file = open(folder + "/acknowledged", O_WRONLY | O_CREAT, 0o644)
            while true {
                try commit(to: database)
                var number = database.head.number
                _ = pwrite(file, &number, 8, 0)
            }
        } else {
            try fill(database)
        }
    }

    private func look(_ folder: String, _ genesis: GenesisBlock) throws {
        // Root may write anywhere.
        if geteuid() == 0 { #expect(seteuid(65_534) == 0) }
        for path in [folder + "/data", folder + "/data/below"] {
            #expect { try ChainDatabase(directory: path, genesis: genesis) } throws: {
                ($0 as? StorageError)?.code == .readOnly
            }
        }
        let database = try ChainDatabase(existing: folder + "/data", isReadOnly: true)
        #expect(try database.verify().head.number == 5)
    }

    private func fill(_ database: ChainDatabase) throws {
        signal(SIGXFSZ, SIG_IGN)
        for _ in 0..<3 { try commit(to: database) }
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(1), &limit)
        let unlimited = limit
        limit.rlim_cur = rlim_t(database.fileSize + 40_000)
        setrlimit(__rlimit_resource_t(1), &limit)
        var failures = 0
        for _ in 0..<400 where failures < 3 {
            let head = database.head
            do {
                try commit(to: database)
            } catch let error as StorageError {
                #expect(error.code == .full)
                #expect(database.head == head)
                failures += 1
            }
        }
        #expect(failures == 3)
        _ = try database.verify()
        limit = unlimited
        setrlimit(__rlimit_resource_t(1), &limit)
        for _ in 0..<3 { try commit(to: database) }
    }

    /// Commits a block of 40 changes that its number decides.
    private func commit(to database: ChainDatabase) throws {
        let head = database.head
        var random = Random(state: head.number)
        var diff = StateDiff()
        for index in 0..<40 as Range<UInt64> {
            let first = diff.slots.count
            for slot in 0..<3 as Range<UInt64> {
                let value = UInt256(random.next() >> UInt64(random.below(65)))
                diff.slots.append(StateDiff.SlotChange(key: UInt256(slot * 7 + head.number % 5), value: value))
            }
            let address = Address(truncating: UInt256(random.next() % 2_000 * 40 + index) &* 0x9E37_79B9_7F4A_7C15)
            diff.accounts.append(
                StateDiff.AccountChange(
                    address: address, record: AccountRecord(nonce: head.number, balance: UInt256(random.next())),
                    slots: first..<diff.slots.count))
        }
        let root = try database.headState().root(after: diff)
        let header = BlockHeader(
            parentHash: head.hash, stateRoot: root, number: head.number + 1, gasLimit: 30_000_000)
        try database.commit(
            ExecutedBlock(block: Block(header: header), senders: [], receipts: [], stateDiff: diff))
    }

    private func acknowledged(_ path: String) -> UInt64 {
        contents(path).reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
}
