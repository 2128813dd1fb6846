import Sequencing
import Testing

@Suite("Blocks that are made late")
struct LateBlocksTests {
    @Test(
        "They have transactions as long as they are nearly on time and their data can come to L1",
        arguments: [
            (940 as UInt64, 100 as UInt64, false), (939, 100, true), (1_000, 85, false), (1_000, 84, true),
            (1_010, 200, false), (0, 0, true),
        ])
    func rule(timestamp: UInt64, origin: UInt64, isEmpty: Bool) {
        #expect(
            LateBlocks.isEmpty(timestamp: timestamp, now: 1_000, origin: origin, l1Head: 100, sequencingWindow: 20)
                == isEmpty)
    }
}
