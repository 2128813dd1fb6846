import Foundation

/// One operation to time. `makeBody` prepares the inputs once and returns what is timed.
struct Benchmark: Sendable {
    let name: String
    /// The gas that the operation costs, where gas per second is of interest.
    let gas: UInt64?
    let makeBody: @Sendable () -> () -> Void

    init(_ name: String, gas: UInt64? = nil, _ makeBody: @escaping @Sendable () -> () -> Void) {
        self.name = name
        self.gas = gas
        self.makeBody = makeBody
    }

    /// Times batches of about `batch` for about `total`, and gives the median nanoseconds of one operation: by the wall
    /// clock, and those that the processor spent on it, which other work on the machine disturbs less.
    func medianNanoseconds(
        total: Duration = .milliseconds(600), batch: Duration = .milliseconds(5)
    ) -> (wall: Double, processor: Double) {
        let body = makeBody()
        let clock = ContinuousClock()
        body()
        var count = 1
        while clock.measure({ for _ in 0..<count { body() } }) < batch, count < 1 << 24 { count *= 2 }
        var wall: [Double] = []
        var processor: [Double] = []
        let end = clock.now + total
        repeat {
            let start = processorNanoseconds()
            let time = clock.measure { for _ in 0..<count { body() } }
            processor.append((processorNanoseconds() - start) / Double(count))
            wall.append(nanoseconds(time) / Double(count))
        } while clock.now < end || wall.count < 3
        return (wall.sorted()[wall.count / 2], processor.sorted()[processor.count / 2])
    }
}

/// What the processor has spent on this process.
func processorNanoseconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) * 1e9 + Double(time.tv_nsec)
}

private func nanoseconds(_ duration: Duration) -> Double {
    let (seconds, attoseconds) = duration.components
    return Double(seconds) * 1e9 + Double(attoseconds) / 1e9
}

/// Keeps the optimiser from dropping a result.
@inline(never)
func consume<Value>(_ value: Value) { withExtendedLifetime(value) {} }
