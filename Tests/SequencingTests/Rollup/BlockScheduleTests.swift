import Sequencing
import Testing

@Suite struct BlockScheduleTests {
    @Test func refusesWhatIsOutOfRange() {
        #expect(BlockSchedule(blockTime: 0, subBlockTime: 100) == nil)
        #expect(BlockSchedule(blockTime: 2, subBlockTime: 9) == nil)
        #expect(BlockSchedule(blockTime: 2, subBlockTime: 251) == nil)
        #expect(BlockSchedule(blockTime: 1, subBlockTime: 10) != nil)
    }

    @Test func dividesTheTimeOfABlock() throws {
        let schedule = try #require(BlockSchedule(blockTime: 2, subBlockTime: 200, sealingTime: 50))
        #expect(schedule.subBlockCount == 10)
        #expect(schedule.phase(of: 100, at: 97_999) == .early(until: 98_000))
        #expect(schedule.phase(of: 100, at: 98_000) == .open(subBlock: 0, until: 98_200))
        #expect(schedule.phase(of: 100, at: 98_399) == .open(subBlock: 1, until: 98_400))
        #expect(schedule.phase(of: 100, at: 99_900) == .open(subBlock: 9, until: 99_950))
        #expect(schedule.phase(of: 100, at: 99_950) == .due)
        #expect(schedule.phase(of: 100, at: 500_000) == .due)
        #expect(schedule.phase(of: .max, at: 500_000) == .early(until: .max))
        #expect(schedule.phase(of: 1, at: 0) == .open(subBlock: 0, until: 200))
    }

    @Test(arguments: [10, 33, 100, 250] as [UInt64], [1, 2] as [UInt64])
    func sharesAddUp(subBlockTime: UInt64, blockTime: UInt64) throws {
        let schedule = try #require(BlockSchedule(blockTime: blockTime, subBlockTime: subBlockTime))
        for total in [0, 1, 30_000_000, UInt64.max] {
            var last: UInt64 = 0
            for subBlock in 0..<schedule.subBlockCount {
                let share = schedule.share(of: total, upTo: subBlock)
                #expect(share >= last && share <= total)
                last = share
            }
            #expect(last == total)
            #expect(schedule.share(of: total, upTo: .max - 1) == total)
        }
    }
}
