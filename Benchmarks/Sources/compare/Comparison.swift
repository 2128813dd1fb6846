import Foundation

/// An operation of Mayfly and the same by another library, timed in turns so that both meet the same machine.
struct Comparison {
    let name: String
    let ours: () -> Void
    let theirs: () -> Void

    /// The median processor time of one operation each, in nanoseconds, and the median of their ratio in each turn.
    func medians(turns: Int = 201, nanosecondsOfTurn: Double = 500_000) -> (ours: Double, theirs: Double, speed: Double)
    {
        func time(_ count: Int, _ body: () -> Void) -> Double {
            let start = processorNanoseconds()
            for _ in 0..<count { body() }
            return processorNanoseconds() - start
        }
        _ = time(1, theirs)
        var count = 1
        while time(count, ours) < nanosecondsOfTurn, count < 1 << 24 { count *= 2 }
        let samples = (0..<turns).map { _ in (ours: time(count, ours), theirs: time(count, theirs)) }
        func median(_ values: [Double]) -> Double { values.sorted()[turns / 2] }
        return (
            median(samples.map(\.ours)) / Double(count), median(samples.map(\.theirs)) / Double(count),
            median(samples.map { $0.theirs / $0.ours })
        )
    }
}

/// What the processor has spent on this process.
private func processorNanoseconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) * 1e9 + Double(time.tv_nsec)
}

/// Keeps the optimiser from dropping a result.
@inline(never)
func consume<Value>(_ value: Value) { withExtendedLifetime(value) {} }
