import Glibc
import Primitives
import StateTransition
import Storage
import Testing
import Trie

@Suite struct RefusalTests {
    private let directory = TemporaryDirectory()

    /// Makes a database of a few blocks and closes it.
    private func makeDatabase() throws -> ChainModel {
        var model = ChainModel(seed: 3)
        let database = try ChainDatabase(directory: directory.database, genesis: model.genesis)
        for _ in 0..<6 { try database.commit(try model.extend()) }
        return model
    }

    private func write(_ bytes: [UInt8]) {
        let file = open(directory.file, O_WRONLY | O_TRUNC | O_CREAT, 0o644)
        _ = Glibc.write(file, bytes, bytes.count)
        close(file)
    }

    /// Every way of opening must refuse the file and leave it as it is.
    private func expectRefusal(_ genesis: GenesisBlock, _ isExpected: (StorageError.Code) -> Bool) {
        let before = contents(directory.file)
        let openings: [() throws -> ChainDatabase] = [
            { try ChainDatabase(directory: directory.database, genesis: genesis) },
            { try ChainDatabase(existing: directory.database, isReadOnly: false) },
            { try ChainDatabase(existing: directory.database, isReadOnly: true) },
        ]
        for open in openings {
            do {
                _ = try open()
                Issue.record("it was opened")
            } catch {
                guard let refusal = error as? StorageError else {
                    Issue.record("another error: \(error)")
                    continue
                }
                #expect(isExpected(refusal.code), "\(refusal)")
                #expect(!refusal.remedy.isEmpty)
            }
            #expect(contents(directory.file) == before)
        }
    }

    @Test func otherFiles() throws {
        let model = ChainModel(seed: 3)
        mkdir(directory.database, 0o755)
        write(Array("not a database\n".utf8))
        expectRefusal(model.genesis) { $0 == .foreign }
        write([UInt8](repeating: 0, count: 100_000))
        expectRefusal(model.genesis) { $0 == .foreign }
    }

    @Test func databasesOfOthers() throws {
        let model = try makeDatabase()
        var bytes = contents(directory.file)
        let whole = bytes
        // The field that names the program is in every copy of its page.
        for place in places(of: Array("mayfly".utf8), in: bytes) { bytes[place] = 0x6E }
        write(bytes)
        expectRefusal(model.genesis) { $0 == .foreign }
        bytes = whole
        for place in places(of: Array("mayfly".utf8) + [0, 0, 0, 1], in: bytes) { bytes[place + 9] = 9 }
        write(bytes)
        expectRefusal(model.genesis) { $0 == .otherSchema(9) }
        write(whole)
        _ = try ChainDatabase(directory: directory.database, genesis: model.genesis)
    }

    @Test func anotherChain() throws {
        let model = try makeDatabase()
        let before = contents(directory.file)
        var other = model.genesis
        other.chainID = 7
        #expect(throws: StorageError.self) { try ChainDatabase(directory: directory.database, genesis: other) }
        #expect(contents(directory.file) == before)
        _ = try ChainDatabase(directory: directory.database, genesis: model.genesis)
    }

    @Test(arguments: [1, 4_096, 200_000]) func cutOffFiles(missing: Int) throws {
        let model = try makeDatabase()
        let bytes = contents(directory.file)
        // The file may be as long as its last page says, or no shorter than what is missing here.
        write(Array(bytes.dropLast(min(missing, bytes.count - 8_192))))
        let before = contents(directory.file)
        #expect(throws: StorageError.self) { try ChainDatabase(directory: directory.database, genesis: model.genesis) }
        #expect(contents(directory.file) == before)
        write(Array(bytes.prefix(5_000)))
        expectRefusal(model.genesis) { $0 == .damaged || $0 == .foreign }
    }

    /// Contents that are damaged are found by the verification, and a damaged node by whoever reads it.
    @Test func damagedContents() throws {
        let model = try makeDatabase()
        let whole = contents(directory.file)
        let state = try ChainDatabase(existing: directory.database, isReadOnly: true).headState()
        let address = Address(truncating: UInt256(0x9E37_79B9_7F4A_7C15 as UInt64))
        let rootNode = try #require(try state.proof(of: address, slots: []).nodes.first)
        for content in [Array(rootNode.suffix(40)), Array(model.blocks[2].block.header.encoded.suffix(60))] {
            var bytes = whole
            let found = places(of: content, in: bytes)
            #expect(!found.isEmpty)
            for place in found { bytes[place + 8] ^= 4 }
            write(bytes)
            let database = try ChainDatabase(existing: directory.database, isReadOnly: true)
            #expect(throws: StorageError.self) { try database.verify() }
        }
    }

    /// Whatever a disk makes of some pages: the file is refused, or is as good as it was.
    @Test func overwrittenPages() throws {
        let model = try makeDatabase()
        let whole = contents(directory.file)
        var random = Random(state: 11)
        var refusals = 0
        for round in 0..<300 {
            var bytes = whole
            for _ in 0..<1 + round % 3 {
                let page = Int(random.next() % UInt64(bytes.count / 4_096))
                let start = page * 4_096 + (round % 2 == 0 ? 0 : Int(random.next() % 4_000))
                let end = round % 2 == 0 ? start + 4_096 : start + 1 + Int(random.next() % 64)
                for place in start..<end { bytes[place] = UInt8(truncatingIfNeeded: random.next()) }
            }
            write(bytes)
            do throws(StorageError) {
                let database = try ChainDatabase(existing: directory.database, isReadOnly: true, checksPages: true)
                _ = try database.verify()
            } catch {
                refusals += 1
                #expect(!error.remedy.isEmpty)
            }
            #expect(contents(directory.file) == bytes)
        }
        #expect(refusals > 100)
        write(whole)
        let database = try ChainDatabase(existing: directory.database, isReadOnly: false, checksPages: true)
        #expect(try database.verify().head.number == UInt64(model.blocks.count - 1))
    }

    private func places(of part: [UInt8], in bytes: [UInt8]) -> [Int] {
        (0...bytes.count - part.count).filter {
            bytes[$0] == part[0] && bytes[$0..<$0 + part.count].elementsEqual(part)
        }
    }
}
