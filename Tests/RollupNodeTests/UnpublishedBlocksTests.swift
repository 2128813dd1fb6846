import Testing

@testable import RollupNode

@Suite struct PromiseWatchTests {
    @Test func whatIsLeftOfAWindow() {
        #expect(PromiseWatch.blocksLeft(origin: 100, head: 100, window: 20) == 20)
        #expect(PromiseWatch.blocksLeft(origin: 100, head: 119, window: 20) == 1)
        #expect(PromiseWatch.blocksLeft(origin: 100, head: 500, window: 20) == 0)
        #expect(PromiseWatch.blocksLeft(origin: .max, head: 500, window: 20) == .max)
        #expect(PromiseWatch.message(dropped: []) == nil)
    }
}

@Suite struct UnpublishedBlocksTests {
    /// The same by adding everything up.
    private struct Model {
        var safe: UInt64
        var sizes: [UInt64: Int] = [:]

        var byteCount: Int { sizes.values.reduce(0, +) }

        mutating func follow(base: UInt64, added: [Int], safe: UInt64) {
            sizes = sizes.filter { $0.key <= base }
            for (index, size) in added.enumerated() { sizes[base + 1 + UInt64(index)] = size }
            sizes = sizes.filter { $0.key > safe }
            self.safe = safe
        }
    }

    @Test func countsWhatIsNotSafe() {
        var dice = SystemRandomNumberGenerator()
        for _ in 0..<50 {
            var blocks = UnpublishedBlocks(after: 100)
            var model = Model(safe: 100)
            for _ in 0..<200 {
                let base = max(blocks.safe, blocks.head - min(blocks.head, UInt64.random(in: 0...3, using: &dice)))
                let added = (0..<Int.random(in: 0...4, using: &dice)).map { _ in Int.random(in: 0...5_000, using: &dice)
                }
                let head = base + UInt64(added.count)
                let safe = UInt64.random(in: blocks.safe...max(blocks.safe, head), using: &dice)
                let follows = blocks.follow(base: base, added: added, safe: safe)
                #expect(follows)
                model.follow(base: base, added: added, safe: safe)
                #expect(blocks.byteCount == model.byteCount && blocks.safe == model.safe && blocks.head == head)
            }
        }
    }

    @Test func saysWhereItDoesNotFollow() {
        var blocks = UnpublishedBlocks(after: 10)
        _ = blocks.follow(base: 10, added: [1, 2, 3], safe: 11)
        #expect(blocks.byteCount == 5 && blocks.head == 13)
        // Safe blocks are none any more; the chain is another from before the safe block on; blocks are left out.
        for (base, safe) in [(13, 10), (9, 9), (20, 11), (11, 13)] as [(UInt64, UInt64)] {
            var copy = blocks
            let follows = copy.follow(base: base, added: [], safe: safe)
            #expect(!follows)
        }
    }
}
