import Primitives
import StateTransition
import Storage
import Testing

@Suite struct ChainDatabaseTests {
    /// Random blocks, unwinds and reopenings: at every moment all kept states and all blocks are those of the model.
    @Test(arguments: 0..<12) func agreesWithTheModel(seed: Int) throws {
        let directory = TemporaryDirectory()
        var model = ChainModel(seed: UInt64(seed) + 1)
        let history: UInt64? = seed.isMultiple(of: 3) ? 6 : nil
        // With few nodes in memory the tries are pruned at every turn.
        let options = ChainDatabase.Options(history: history, nodeLimit: seed.isMultiple(of: 2) ? 4 : 200_000)
        var database = try ChainDatabase(directory: directory.database, genesis: model.genesis, options: options)
        for step in 0..<40 {
            let kept = try database.snapshot().oldestState
            switch model.random.below(10) {
            case 0:
                let target = Int(
                    max(kept, database.head.number - min(database.head.number, UInt64(model.random.below(6)))))
                try database.unwind(to: UInt64(target))
                model.unwind(to: target)
            case 1:
                try database.close()
                database = try reopened(consume database, directory, model.genesis, options)
            default:
                let block = try model.extend()
                if model.random.below(2) == 0 {
                    let root = try database.headState().root(after: block.stateDiff)
                    #expect(root == block.block.header.stateRoot)
                }
                if model.random.below(5) == 0 { _ = try database.headState().root(after: StateDiff()) }
                try database.commit(block)
            }
            #expect(database.head == model.head)
            guard step % 5 == 4 else { continue }
            let snapshot = try database.snapshot()
            for number in 0...Int(database.head.number) {
                let blockDifference = try model.difference(snapshot, block: number)
                #expect(blockDifference == nil)
                if number < snapshot.oldestState {
                    #expect(throws: StorageError.self) { _ = try snapshot.state(UInt64(number)) }
                } else {
                    let stateDifference = try model.difference(try snapshot.state(UInt64(number)), number)
                    #expect(stateDifference == nil)
                }
            }
        }
        if let history { #expect(try database.snapshot().oldestState + history >= database.head.number) }
        let report = try database.verify()
        #expect(report.head == model.head)
    }

    private func reopened(
        _ database: consuming ChainDatabase, _ directory: TemporaryDirectory, _ genesis: GenesisBlock,
        _ options: ChainDatabase.Options
    ) throws -> ChainDatabase {
        #expect(throws: StorageError.self) {
            try ChainDatabase(directory: directory.database, genesis: genesis, options: options)
        }
        _ = consume database
        return try ChainDatabase(directory: directory.database, genesis: genesis, options: options)
    }

    /// A snapshot stays as it was, whatever happens after it.
    @Test func snapshotsStay() throws {
        let directory = TemporaryDirectory()
        var model = ChainModel(seed: 77)
        let database = try ChainDatabase(directory: directory.database, genesis: model.genesis)
        for _ in 0..<5 { try database.commit(try model.extend()) }
        let snapshot = try database.snapshot()
        let before = model
        try database.unwind(to: 1)
        model.unwind(to: 1)
        for _ in 0..<5 { try database.commit(try model.extend()) }
        #expect(snapshot.head == before.head)
        #expect(try before.difference(try snapshot.headState(), 5) == nil)
        #expect(try model.difference(try database.headState(), 6) == nil)
        // What was undone can still be found by its hash.
        #expect(try database.snapshot().block(before.head) == before.blocks[5].block)
        #expect(try database.snapshot().isCanonical(before.head) == false)
    }

    /// What does not follow is refused, and nothing changes.
    @Test func refusesWrongBlocks() throws {
        let directory = TemporaryDirectory()
        var model = ChainModel(seed: 5)
        let database = try ChainDatabase(directory: directory.database, genesis: model.genesis)
        try database.commit(try model.extend())
        let next = try model.extend()
        var wrongRoot = next
        wrongRoot.block.header.stateRoot = Hash256(1)
        wrongRoot.hash = wrongRoot.block.header.hash
        #expect(throws: StorageError.self) { try database.commit(wrongRoot) }
        var wrongParent = next
        wrongParent.block.header.parentHash = Hash256(1)
        #expect(throws: StorageError.self) { try database.commit(wrongParent) }
        try database.commit(next)
        #expect(database.head == model.head)
        _ = try database.verify()
    }

    /// A copy is a database of its own.
    @Test func exports() throws {
        let directory = TemporaryDirectory()
        var model = ChainModel(seed: 9)
        let database = try ChainDatabase(directory: directory.database, genesis: model.genesis)
        for _ in 0..<10 { try database.commit(try model.extend()) }
        try database.mark(safe: model.blocks[5].reference, finalized: model.blocks[3].reference)
        try database.export(to: directory.database + "/copy")
        let copy = try ChainDatabase(existing: directory.database + "/copy", isReadOnly: false)
        #expect(copy.head == model.head)
        #expect(copy.safe == model.blocks[5].reference)
        #expect(copy.finalized == model.blocks[3].reference)
        _ = try copy.verify()
    }

    /// Where only the head's state is kept, the tables hold its nodes and entries and nothing else.
    @Test func forgetsAllThatIsStale() throws {
        let directory = TemporaryDirectory()
        var model = ChainModel(seed: 21, addressCount: 60)
        model.removesAccounts = false
        let options = ChainDatabase.Options(history: 0)
        let database = try ChainDatabase(directory: directory.database, genesis: model.genesis, options: options)
        for _ in 0..<60 { try database.commit(try model.extend()) }
        let report = try database.verify()
        var sizes: [String: Int] = [:]
        for size in try database.tableSizes() { sizes[size.table] = size.entries }
        #expect(sizes["accounts"] == report.accountCount)
        #expect(sizes["slots"] == report.slotCount)
        #expect((sizes["account-nodes"] ?? 0) + (sizes["storage-nodes"] ?? 0) == report.nodeCount)
        #expect(sizes["changes"] == 1)
    }
}
